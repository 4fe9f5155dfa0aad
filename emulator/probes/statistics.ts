import { Tally, type SavedTally } from '../snapshot/tally.ts'

/** Of many cycle counts. The median of an even number of values is the lower of the middle two: an observed value. */
export interface CycleStatistics {
  readonly count: number
  readonly totalCycles: number
  readonly minimumCycles: number
  readonly medianCycles: number
  readonly maximumCycles: number
  /** The true median is no further from `medianCycles`; only given when it was not kept exactly. */
  readonly medianErrorCycles?: number
}

/** Distinct values that are counted one by one. */
const MOST_VALUES = 8192
/** Values that are not counted one by one keep so many leading bits, at first: 0.02 % of the value. */
const LEADING_BITS = 13
const EXACT = 53

export interface SavedHistogram {
  readonly count: number
  readonly total: number
  /** Infinity of none. */
  readonly minimum: number
  readonly maximum: number
  readonly counts: SavedTally
  readonly bits: number
}

/**
 * Cycle counts, folded: how often each value came. Count, total, minimum and maximum are exact, and so is the median
 * while there are no more than 8192 distinct values; beyond, near values are counted together.
 */
export class CycleHistogram {
  #count = 0
  #total = 0
  #minimum = Infinity
  #maximum = 0
  readonly #counts = new Tally()
  #bits = EXACT
  /** The value that came last, and how often since another one did: not in `#counts` yet. Not saved: put there before. */
  #latest = -1
  #repeats = 0

  get count(): number {
    return this.#count
  }

  add(cycles: number): void {
    this.#count += 1
    this.#total += cycles
    if (cycles < this.#minimum) this.#minimum = cycles
    if (cycles > this.#maximum) this.#maximum = cycles
    if (cycles !== this.#latest) {
      this.#countLatest()
      this.#latest = cycles
    }
    this.#repeats += 1
  }

  #countLatest(): void {
    const [latest, repeats] = [this.#latest, this.#repeats]
    this.#repeats = 0
    if (repeats === 0) return
    const key = this.#bits === EXACT ? latest : latest - (latest % stepOf(latest, this.#bits))
    this.#counts.add(key, repeats)
    while (this.#counts.size > MOST_VALUES) this.#coarsen()
  }

  save(): SavedHistogram {
    this.#countLatest()
    return {
      count: this.#count,
      total: this.#total,
      minimum: this.#minimum,
      maximum: this.#maximum,
      counts: this.#counts.save(),
      bits: this.#bits,
    }
  }

  restore({ count, total, minimum, maximum, counts, bits }: SavedHistogram): void {
    this.#count = count
    this.#total = total
    this.#minimum = minimum
    this.#maximum = maximum
    this.#counts.restore(counts)
    this.#bits = bits
    this.#repeats = 0
  }

  statistics(): CycleStatistics {
    const { median, error } = this.#median()
    return {
      count: this.#count,
      totalCycles: this.#total,
      minimumCycles: this.#count === 0 ? 0 : this.#minimum,
      medianCycles: median,
      maximumCycles: this.#maximum,
      ...(error > 0 && { medianErrorCycles: error }),
    }
  }

  #median(): { median: number; error: number } {
    this.#countLatest()
    const rank = (this.#count + 1) >> 1
    let seen = 0
    for (const [key, count] of this.#counts.entries().sort(([a], [b]) => a - b)) {
      seen += count
      if (seen < rank) continue
      const first = Math.max(key, this.#minimum)
      const last = Math.min(key + stepOf(key, this.#bits) - 1, this.#maximum)
      const median = first + Math.floor((last - first) / 2)
      return { median, error: last - median }
    }
    return { median: 0, error: 0 }
  }

  #coarsen(): void {
    this.#bits = this.#bits === EXACT ? LEADING_BITS : this.#bits - 1
    this.#counts.merge((value) => value - (value % stepOf(value, this.#bits)))
  }
}

/** Distance of values of so many significant bits, near a value. */
function stepOf(value: number, bits: number): number {
  if (bits === EXACT) return 1
  const high = Math.floor(value / 2 ** 32)
  const length = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value)
  return length <= bits ? 1 : 2 ** (length - bits)
}

export function statistics(samples: readonly number[]): CycleStatistics {
  const histogram = new CycleHistogram()
  for (const sample of samples) histogram.add(sample)
  return histogram.statistics()
}
