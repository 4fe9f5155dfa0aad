import type { Cycles } from '../cpu/bus.ts'
import type { EventAccount, StateAccount } from './account.ts'
import { LevelDistribution, type SavedLevelDistribution } from './level-distribution.ts'

export interface SavedPhaseAccount {
  readonly name: string
  readonly count: number
  readonly cycles: Cycles
  readonly distribution: SavedLevelDistribution
  readonly weighted: Float64Array
  readonly events: Float64Array
  readonly weightedBefore: Float64Array
  readonly eventsBefore: Float64Array
  readonly begin: Cycles | null
}

/** What the stretches of one name drew together: time in each state, and events, between their begins and ends. */
export class PhaseAccount {
  count = 0
  cycles: Cycles = 0
  /** Of the board's current while the phase was under way. */
  readonly distribution = new LevelDistribution()
  /** Cycles times amount by DC/DC and by LDO, two for each state, and counts of events: as the ledger numbers them. */
  readonly #weighted: number[] = []
  readonly #events: number[] = []
  /** The same as they stood at the begin of the stretch under way. */
  readonly #weightedBefore: number[] = []
  readonly #eventsBefore: number[] = []
  #begin: Cycles | undefined

  /** While nothing has changed since. */
  #saved: SavedPhaseAccount | undefined

  constructor(readonly name: string) {}

  save(): SavedPhaseAccount {
    if (this.#saved && !this.isOpen) return this.#saved
    this.#saved = {
      name: this.name,
      count: this.count,
      cycles: this.cycles,
      distribution: this.distribution.save(),
      weighted: floats(this.#weighted),
      events: floats(this.#events),
      weightedBefore: floats(this.#weightedBefore),
      eventsBefore: floats(this.#eventsBefore),
      begin: this.#begin ?? null,
    }
    return this.#saved
  }

  restore(saved: SavedPhaseAccount): void {
    this.count = saved.count
    this.cycles = saved.cycles
    this.distribution.restore(saved.distribution)
    fill(this.#weighted, saved.weighted)
    fill(this.#events, saved.events)
    fill(this.#weightedBefore, saved.weightedBefore)
    fill(this.#eventsBefore, saved.eventsBefore)
    this.#begin = saved.begin ?? undefined
    this.#saved = saved
  }

  get isOpen(): boolean {
    return this.#begin !== undefined
  }

  /** The ledger is up to date at `cycle`. */
  begin(cycle: Cycles, states: readonly StateAccount[], events: readonly EventAccount[]): void {
    this.#begin = cycle
    this.#saved = undefined
    for (const { index, weighted } of states) {
      this.#weightedBefore[2 * index] = weighted.dcdc
      this.#weightedBefore[2 * index + 1] = weighted.ldo
    }
    for (const { index, count } of events) this.#eventsBefore[index] = count
  }

  end(cycle: Cycles, states: readonly StateAccount[], events: readonly EventAccount[]): void {
    if (this.#begin === undefined) return
    this.count += 1
    this.cycles += cycle - this.#begin
    this.#begin = undefined
    this.#saved = undefined
    for (const { index, weighted } of states) {
      book(this.#weighted, this.#weightedBefore, 2 * index, weighted.dcdc)
      book(this.#weighted, this.#weightedBefore, 2 * index + 1, weighted.ldo)
    }
    for (const { index, count } of events) book(this.#events, this.#eventsBefore, index, count)
  }

  /** What has begun counts for nothing. */
  abandon(): void {
    this.#saved = undefined
    this.#begin = undefined
  }

  /** Cycles times amount that a state had in this phase. */
  weightedOf({ index }: StateAccount): { readonly dcdc: number; readonly ldo: number } {
    return { dcdc: this.#weighted[2 * index] ?? 0, ldo: this.#weighted[2 * index + 1] ?? 0 }
  }

  countOf({ index }: EventAccount): number {
    return this.#events[index] ?? 0
  }
}

/** Places that were never written count as 0. */
function floats(numbers: readonly number[]): Float64Array {
  const all = new Float64Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) all[i] = numbers[i] ?? 0
  return all
}

function fill(numbers: number[], from: Float64Array): void {
  numbers.length = 0
  numbers.push(...from)
}

function book(sums: number[], before: readonly number[], i: number, now: number): void {
  sums[i] = (sums[i] ?? 0) + now - (before[i] ?? 0)
}
