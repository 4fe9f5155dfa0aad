import type { Cycles } from '../../cpu/bus.ts'
import type { PartAccount, StateAccount } from '../../power/account.ts'
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
  readonly isCpu: boolean
  level: number
  state: StateAccount | undefined
}

interface SumTracks {
  readonly board: LevelTrack
  readonly chip: LevelTrack
  readonly processor: StateTrack
}

interface Change {
  readonly cycle: Cycles
  readonly by: number
  readonly isOfChip: boolean
}

/**
 * Currents and states of all parts, the processor's among them, as the ledger books them. A part's change can be told
 * some cycles late, behind a later one of another part: sums wait until nothing earlier can come.
 * Not saved: the ledger has the present.
 */
export class CurrentsRecorder {
  readonly #parts = new Map<string, Part>()
  #waiting: Change[] = []
  #board = 0
  #chip = 0
  #sums: SumTracks

  constructor(
    private readonly context: RecordingContext,
    private readonly ledger: ChargeLedger,
  ) {
    this.#sums = this.#made()
  }

  attach(): void {
    this.begin()
    this.ledger.listener = (part) => this.#moved(part)
  }

  detach(): void {
    this.ledger.listener = undefined
  }

  /** Takes what the ledger has at present. */
  begin(): void {
    const { now } = this.context
    this.#sums = this.#made()
    this.#parts.clear()
    this.#waiting = []
    for (const account of this.ledger.parts.values()) {
      const part = this.#part(account)
      if (part) this.#update(part, account)
    }
    const sum = (parts: readonly Part[]): number => parts.reduce((total, { level }) => total + level, 0)
    const parts = [...this.#parts.values()]
    this.#board = sum(parts)
    this.#chip = sum(parts.filter(({ isOfChip }) => isOfChip))
    this.#sums.board.set(this.#board, now)
    this.#sums.chip.set(this.#chip, now)
  }

  #made(): SumTracks {
    const { timeline } = this.context
    return {
      board: timeline.level(BOARD),
      chip: timeline.level(CHIP),
      processor: timeline.state(PROCESSOR),
    }
  }

  /** What was before a cycle is all told. */
  settle(until: Cycles): void {
    const waiting = this.#waiting
    let done = 0
    for (; done < waiting.length; done++) {
      const change = waiting[done]
      if (!change || change.cycle > until) break
      this.#change(change.by, change.cycle, change.isOfChip)
    }
    if (done > 0) waiting.splice(0, done)
  }

  #change(by: number, cycle: Cycles, isOfChip: boolean): void {
    const sums = this.#sums
    this.#board += by
    sums.board.set(this.#board, cycle)
    if (!isOfChip) return
    this.#chip += by
    sums.chip.set(this.#chip, cycle)
  }

  #moved(account: PartAccount): void {
    const part = this.#parts.get(account.name) ?? this.#part(account)
    if (!part) return
    const { since, level } = account
    const by = level - part.level
    this.#update(part, account)
    if (by === 0) return
    const until = this.context.settledUntil
    if (this.#waiting.length > 0) this.settle(until)
    if (this.#waiting.length === 0 && since <= until) this.#change(by, since, part.isOfChip)
    else this.#add({ cycle: since, by, isOfChip: part.isOfChip })
  }

  #update(part: Part, { level, since, state }: PartAccount): void {
    if (state !== part.state) {
      const name = state?.state ?? 'off'
      part.states.enter(name, since)
      if (part.isCpu) this.#sums.processor.enter(processorState(name), since)
      part.state = state
    }
    if (level === part.level) return
    part.current.set(level, since)
    part.level = level
  }

  /** Undefined for one that has never been in a state. */
  #part({ name, currents, level, state }: PartAccount): Part | undefined {
    if (level === 0 && state === undefined) return undefined
    const { timeline } = this.context
    const place = currents.group === 'chip' ? 'chip' : 'board'
    const current = { id: `current/${name}`, name, group: `current of the ${place}`, unit: 'pA' }
    const states = { id: `state/${name}`, name, group: `parts of the ${place}`, unit: '' }
    const part: Part = {
      current: timeline.level(current),
      states: timeline.state({ ...states, first: 'off', idle: IDLE }),
      isOfChip: currents.group === 'chip',
      isCpu: name === CPU,
      level: 0,
      state: undefined,
    }
    this.#parts.set(name, part)
    return part
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
