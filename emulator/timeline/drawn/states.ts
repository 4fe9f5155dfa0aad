import type { StateTrack } from '../tracks.ts'
import type { Source } from './source.ts'
import { eachPiece } from './pieces.ts'

/** Between two pieces that are whole, the change is true. */
export interface StateDrawing {
  readonly kind: 'state'
  readonly states: readonly string[]
  readonly begins: Float64Array
  readonly ends: Float64Array
  /** Number of the state that each piece is in longest; of the busy ones where there is one. */
  readonly state: Int16Array
  /** What share of it is busy. */
  readonly busy: Float32Array
  /** 1 where it is in no other state. */
  readonly whole: Uint8Array
}

export function stateDrawing(sources: readonly Source<StateTrack>[], column: number): StateDrawing {
  const states: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = (name: string): number => {
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, states.length)
    return states.push(name) - 1
  }
  const begins: number[] = []
  const ends: number[] = []
  const state: number[] = []
  const busy: number[] = []
  const whole: number[] = []
  for (const { track, from, to } of sources) {
    const ours = track.states.map(numberOf)
    const isBusy = track.states.map((name) => track.isBusy(name))
    const spent = new Float64Array(track.states.length)
    eachPiece(track.steps, from, to, column, (begin, end) => {
      spent.fill(0)
      let [all, atWork, kinds] = [0, 0, 0]
      track.steps.keysIn(begin, end, (key, cycles) => {
        if (spent[key] === 0) kinds += 1
        spent[key] = (spent[key] ?? 0) + cycles
        all += cycles
        if (isBusy[key]) atWork += cycles
      })
      const key = longest(spent, isBusy, atWork > 0)
      const [number, share, isWhole] = [ours[key] ?? 0, all > 0 ? atWork / all : 0, kinds === 1 ? 1 : 0]
      const last = begins.length - 1
      if (ends[last] === begin && state[last] === number && busy[last] === share && whole[last] === isWhole) {
        ends[last] = end
        return
      }
      begins.push(begin)
      ends.push(end)
      state.push(number)
      busy.push(share)
      whole.push(isWhole)
    })
  }
  return {
    kind: 'state',
    states,
    begins: Float64Array.from(begins),
    ends: Float64Array.from(ends),
    state: Int16Array.from(state),
    busy: Float32Array.from(busy),
    whole: Uint8Array.from(whole),
  }
}

const longest = (spent: Float64Array, isBusy: readonly boolean[], ofBusy: boolean): number => {
  let found = -1
  spent.forEach((cycles, key) => {
    if (cycles > 0 && (!ofBusy || isBusy[key]) && cycles > (spent[found] ?? 0)) found = key
  })
  return Math.max(found, 0)
}
