import type { Cycles } from '../cpu/bus.ts'
import { CYCLES_PER_SECOND } from '../time/ratio-clock.ts'

export interface KeeperOptions {
  /** Simulated time between snapshots while there is room. */
  readonly interval?: Cycles
  /** Of what snapshots hold in typed arrays, shared ones once. */
  readonly mostBytes?: number
  /** Snapshots, whatever they hold. */
  readonly most?: number
}

/** A snapshot, when it was taken and how much had been executed by then: what going on from it saves. */
export interface Kept<Snapshot> {
  readonly cycle: Cycles
  readonly instructions: number
  readonly snapshot: Snapshot
}

type Bytes = Uint8Array | Int32Array | Uint32Array | Float64Array | BigUint64Array

/**
 * Snapshots of a run, in order. When they hold too much, one goes whose neighbours have the fewest instructions between
 * them: running from the one before it instead costs the least. The first and the newest stay.
 */
export class SnapshotKeeper<Snapshot> {
  readonly #kept: Kept<Snapshot>[] = []
  readonly #interval: Cycles
  readonly #mostBytes: number
  readonly #most: number
  /** How many of those kept hold an array. */
  readonly #holders = new Map<Bytes, number>()
  readonly #arraysOf: (snapshot: Snapshot) => Iterable<Bytes>
  #bytes = 0

  /** @param arraysOf what of a snapshot may be shared with others, and is large */
  constructor(arraysOf: (snapshot: Snapshot) => Iterable<Bytes>, options: KeeperOptions = {}) {
    this.#arraysOf = arraysOf
    this.#interval = options.interval ?? CYCLES_PER_SECOND
    this.#mostBytes = options.mostBytes ?? 2 ** 28
    this.#most = Math.max(options.most ?? 8192, 2)
  }

  get kept(): readonly Kept<Snapshot>[] {
    return this.#kept
  }

  /** In typed arrays, shared ones once. */
  get bytes(): number {
    return this.#bytes
  }

  /** Cycle from which on another is wanted. */
  get nextDue(): Cycles {
    const newest = this.#kept.at(-1)
    return newest ? (Math.floor(newest.cycle / this.#interval) + 1) * this.#interval : 0
  }

  /** @throws RangeError for one that is not later than all others */
  add(one: Kept<Snapshot>): void {
    const newest = this.#kept.at(-1)
    if (newest && one.cycle <= newest.cycle)
      throw new RangeError(`a snapshot of cycle ${one.cycle} after one of ${newest.cycle}`)
    this.#kept.push(one)
    this.#hold(one.snapshot)
    while (this.#kept.length > 2 && (this.#bytes > this.#mostBytes || this.#kept.length > this.#most))
      this.#drop(this.#cheapest())
  }

  /** The last at or before a cycle. */
  nearest(cycle: Cycles): Kept<Snapshot> | undefined {
    let [low, high] = [0, this.#kept.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#kept[middle]?.cycle ?? Infinity) <= cycle) low = middle + 1
      else high = middle
    }
    return this.#kept[low - 1]
  }

  #cheapest(): number {
    const executed = (i: number): number => this.#kept[i]?.instructions ?? 0
    let best = 1
    for (let i = 2; i < this.#kept.length - 1; i++)
      if (executed(i + 1) - executed(i - 1) < executed(best + 1) - executed(best - 1)) best = i
    return best
  }

  #hold(snapshot: Snapshot): void {
    for (const array of this.#arraysOf(snapshot)) {
      const holders = this.#holders.get(array) ?? 0
      this.#holders.set(array, holders + 1)
      if (holders === 0) this.#bytes += array.byteLength
    }
  }

  #drop(index: number): void {
    const [one] = this.#kept.splice(index, 1)
    if (!one) return
    for (const array of this.#arraysOf(one.snapshot)) {
      const holders = (this.#holders.get(array) ?? 1) - 1
      if (holders > 0) this.#holders.set(array, holders)
      else {
        this.#holders.delete(array)
        this.#bytes -= array.byteLength
      }
    }
  }
}
