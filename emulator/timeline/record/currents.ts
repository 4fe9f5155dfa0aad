import type { Cycles } from '../../cpu/bus.ts'
import type { PartAccount } from '../../power/account.ts'
import type { ChargeLedger } from '../../power/ledger.ts'
import type { LevelTrack, StateTrack } from '../tracks.ts'
import type { RecordingContext } from './source.ts'

/** States in which a part is not at work. */
const IDLE = [
  'off',
  'idle',
  'stopped',
  'powerDown',
  'sleep',
  'asleep',
  'asleep, cache on',
  'standby',
  'deep power-down',
  'gyroscope asleep',
  'systemOff',
]
const ASLEEP = new Set(['asleep', 'asleep, cache on'])
const CPU = 'CPU'

/** `run`, `sleep` or `off`, by the state of the processor's account. */
const processorState = (state: string): string =>
  state === 'off' ? 'off' : ASLEEP.has(state) ? 'sleep' : 'run'

interface Part {
  readonly current: LevelTrack
  readonly states: StateTrack
  readonly isOfChip: boolean
  level: number
}

interface Change {
  readonly cycle: Cycles
  readonly by: number
  readonly isOfChip: boolean
}

/**
 * Currents and states of all parts, the processor's among them, as the ledger books them. A part's change can be told
 * some cycles late, behind a later one of another part: sums wait until nothing earlier can come.
 */
export class CurrentsRecorder {
  readonly #parts = new Map<string, Part>()
  #waiting: Change[] = []
  #board = 0
  #chip = 0

  constructor(
    private readonly context: RecordingContext,
    private readonly ledger: ChargeLedger,
  ) {}

  attach(): void {
    this.begin()
    this.ledger.listener = (part) => {
      this.#moved(part)
      this.settle(this.context.settledUntil)
    }
  }

  detach(): void {
    this.ledger.listener = undefined
  }

  /** Takes what the ledger has at present. */
  begin(): void {
    const { timeline, now } = this.context
    this.#parts.clear()
    this.#waiting = []
    for (const part of this.ledger.parts.values()) this.#moved(part)
    const sum = (parts: readonly Part[]): number => parts.reduce((total, { level }) => total + level, 0)
    const parts = [...this.#parts.values()]
    this.#waiting = []
    this.#board = sum(parts)
    this.#chip = sum(parts.filter(({ isOfChip }) => isOfChip))
    timeline.level(BOARD).set(this.#board, now)
    timeline.level(CHIP).set(this.#chip, now)
  }

  /** What was before a cycle is all told. */
  settle(until: Cycles): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    const { timeline } = this.context
    let done = 0
    for (; done < waiting.length; done++) {
      const change = waiting[done]
      if (!change || change.cycle > until) break
      this.#board += change.by
      timeline.level(BOARD).set(this.#board, change.cycle)
      if (!change.isOfChip) continue
      this.#chip += change.by
      timeline.level(CHIP).set(this.#chip, change.cycle)
    }
    if (done > 0) waiting.splice(0, done)
  }

  #moved(account: PartAccount): void {
    const { level, since } = account
    const state = account.state?.state ?? 'off'
    let part = this.#parts.get(account.name)
    if (!part) {
      if (level === 0 && account.state === undefined) return
      this.#parts.set(account.name, (part = this.#part(account)))
    }
    part.states.enter(state, since)
    if (account.name === CPU) this.context.timeline.state(PROCESSOR).enter(processorState(state), since)
    if (level === part.level) return
    part.current.set(level, since)
    this.#add({ cycle: since, by: level - part.level, isOfChip: part.isOfChip })
    part.level = level
  }

  #part({ name, currents }: PartAccount): Part {
    const { timeline } = this.context
    const place = currents.group === 'chip' ? 'chip' : 'board'
    const current = { id: `current/${name}`, name, group: `current of the ${place}`, unit: 'pA' }
    const states = { id: `state/${name}`, name, group: `parts of the ${place}`, unit: '' }
    return {
      current: timeline.level(current),
      states: timeline.state({ ...states, first: 'off', idle: IDLE }),
      isOfChip: currents.group === 'chip',
      level: 0,
    }
  }

  /** By cycle; of one cycle in the order in which they were told. */
  #add(change: Change): void {
    const waiting = this.#waiting
    let at = waiting.length
    while (at > 0 && (waiting[at - 1]?.cycle ?? 0) > change.cycle) at -= 1
    if (at === waiting.length) waiting.push(change)
    else waiting.splice(at, 0, change)
  }
}

export const BOARD = { id: 'current/board', name: 'board', group: 'current', unit: 'pA' }
export const CHIP = { id: 'current/chip', name: 'chip', group: 'current', unit: 'pA' }
export const PROCESSOR = {
  id: 'processor',
  name: 'processor',
  group: 'processor',
  unit: '',
  first: 'run',
  idle: ['sleep', 'off'],
}
