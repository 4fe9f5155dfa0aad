import type { Cycles } from '../cpu/bus.ts'

/** Of a bucket before the first fold. */
const FIRST_WIDTH = 4096
/** Sums are held as high * 2^40 + low: whole numbers up to 2^93, where a day of current is 2^83 picoampere cycles. */
const HIGH = 2 ** 40
const HALF = 2 ** 20
/** A product of a half of a level and so many cycles is exact. */
const LONGEST = 2 ** 31

/** Sums from the beginning to each boundary of the grid, and to its tip. */
export class Column {
  constructor(
    readonly grid: Grid,
    public sums: Float64Array,
  ) {}

  /** Adds to the tip. */
  add(amount: number): void {
    const { tip } = this.grid
    this.sums[tip] = (this.sums[tip] ?? 0) + amount
  }

  /** At the tip: a value in place of a sum. */
  set(value: number): void {
    this.sums[this.grid.tip] = value
  }

  /** @param place a boundary's number, or the tip */
  at(place: number): number {
    return this.sums[place] ?? 0
  }

  between(from: number, to: number): number {
    return this.at(to) - this.at(from)
  }
}

/** A sum beyond 2^53, in two parts. */
export interface Wide {
  high: number
  low: number
}

/** Adds level times cycles, both whole, exactly: a level is within 2^41, or a picoampere sum of two amperes. */
export const addProduct = (sum: Wide, level: number, cycles: Cycles): void => {
  const product = level * cycles
  if (Number.isSafeInteger(product)) addTo(sum, product)
  else
    for (let left = cycles; left > 0; left -= LONGEST) {
      const part = Math.min(left, LONGEST)
      const half = Math.floor(level / HALF)
      const upper = half * part
      const carry = Math.floor(upper / HALF)
      sum.high += carry
      addTo(sum, (upper - carry * HALF) * HALF)
      addTo(sum, (level - half * HALF) * part)
    }
}

const addTo = (sum: Wide, amount: number): void => {
  const carry = Math.floor(amount / HIGH)
  sum.high += carry
  sum.low += amount - carry * HIGH
  if (sum.low < HIGH) return
  sum.low -= HIGH
  sum.high += 1
}

export const wideDifference = (to: Wide, from: Wide): bigint =>
  BigInt(to.high - from.high) * BigInt(HIGH) + BigInt(to.low - from.low)

/** The same, near enough to draw. */
export const roughDifference = (to: Wide, from: Wide): number =>
  (to.high - from.high) * HIGH + (to.low - from.low)

export interface Extreme {
  minimum: number
  maximum: number
}

/** Minimum and maximum of each bucket, of each two, of each four ...: any stretch of whole buckets in few steps. */
export class Extremes {
  /** Of buckets of 1, 2, 4 ... widths. */
  readonly minimum: Float64Array[] = []
  readonly maximum: Float64Array[] = []

  constructor(readonly grid: Grid) {
    for (let size = grid.capacity; size >= 1; size /= 2) {
      this.minimum.push(new Float64Array(size).fill(Infinity))
      this.maximum.push(new Float64Array(size).fill(-Infinity))
    }
  }

  /** In the bucket that the tip is in. */
  include(value: number): void {
    const { count } = this.grid
    const [minimum, maximum] = [this.minimum[0], this.maximum[0]]
    if (!minimum || !maximum) return
    if (value < (minimum[count] ?? Infinity)) minimum[count] = value
    if (value > (maximum[count] ?? -Infinity)) maximum[count] = value
  }

  /** Of one bucket; that of the last boundary is what the tip is in. */
  of(place: number): Readonly<Extreme> {
    return { minimum: this.minimum[0]?.[place] ?? Infinity, maximum: this.maximum[0]?.[place] ?? -Infinity }
  }

  /** Of the places from one up to another, the tip included where `to` is the tip. */
  between(from: number, to: number, into: Extreme): void {
    let i = from
    while (i < to) {
      let level = 0
      // The largest whole block that begins here; what the tip is in is in no larger one yet.
      while ((i & ((2 << level) - 1)) === 0 && i + (2 << level) <= Math.min(to, this.grid.count)) level += 1
      into.minimum = Math.min(into.minimum, this.minimum[level]?.[i >> level] ?? Infinity)
      into.maximum = Math.max(into.maximum, this.maximum[level]?.[i >> level] ?? -Infinity)
      i += 1 << level
    }
  }

  /** Bucket `index` is complete. */
  complete(index: number): void {
    for (let level = 1; ((index + 1) & ((1 << level) - 1)) === 0 && level < this.minimum.length; level++) {
      const [finer, coarser] = [this.minimum[level - 1], this.minimum[level]]
      const [finerMaximum, coarserMaximum] = [this.maximum[level - 1], this.maximum[level]]
      const i = index >> level
      if (coarser) coarser[i] = Math.min(finer?.[2 * i] ?? Infinity, finer?.[2 * i + 1] ?? Infinity)
      if (coarserMaximum)
        coarserMaximum[i] = Math.max(
          finerMaximum?.[2 * i] ?? -Infinity,
          finerMaximum?.[2 * i + 1] ?? -Infinity,
        )
    }
  }

  /** Two buckets become one. */
  double(): void {
    for (const [levels, nothing] of [
      [this.minimum, Infinity],
      [this.maximum, -Infinity],
    ] as const)
      for (let level = 0; level < levels.length; level++) {
        const coarser = levels[level + 1]
        levels[level]?.fill(nothing, coarser?.length ?? 0)
        if (coarser) levels[level]?.set(coarser)
      }
  }
}

export interface SavedGrid {
  readonly capacity: number
  readonly width: Cycles
  readonly count: number
  readonly frontier: Cycles
}

/**
 * Buckets of equal width from cycle 0 on, all whole but the one that the frontier is in. When there are as many as the
 * grid holds, two become one. Places are boundaries by number, and the tip, one more than the last: the frontier.
 */
export class Grid {
  width: Cycles = FIRST_WIDTH
  /** Complete buckets; also the number of the last boundary. */
  count = 0
  /** What is before it is in the buckets. */
  frontier: Cycles
  readonly columns: Column[] = []
  readonly extremes: Extremes[] = []

  /**
   * @param capacity a power of two
   * @param reach what is to be folded at once: it fills half of the buckets at most
   */
  constructor(
    readonly capacity: number,
    readonly start: Cycles,
    reach = start,
  ) {
    while (reach >= (capacity / 2) * this.width) this.width *= 2
    this.count = Math.floor(start / this.width)
    this.frontier = start
  }

  get tip(): number {
    return this.count + 1
  }

  /** End of the bucket that the frontier is in. */
  get end(): Cycles {
    return (this.count + 1) * this.width
  }

  column(): Column {
    const column = new Column(this, new Float64Array(this.capacity + 2))
    this.columns.push(column)
    return column
  }

  extreme(): Extremes {
    const extremes = new Extremes(this)
    this.extremes.push(extremes)
    return extremes
  }

  /** Moves the frontier on, at most to the end of its bucket; sums and extremes up to there are in. */
  advance(cycle: Cycles): void {
    this.frontier = cycle
    if (cycle !== this.end) return
    for (const one of this.extremes) one.complete(this.count)
    this.count += 1
    for (const { sums } of this.columns) sums[this.tip] = sums[this.count] ?? 0
    if (this.count === this.capacity) this.#double()
  }

  /** Number of the boundary at a cycle, or the tip; undefined where neither is. The start counts as one. */
  placeOf(cycle: Cycles): number | undefined {
    if (cycle === this.frontier) return this.tip
    if (cycle === this.start) return this.placeBefore(cycle)
    const place = cycle / this.width
    return Number.isInteger(place) && place <= this.count ? place : undefined
  }

  /** The last place at or before a cycle before the frontier. */
  placeBefore(cycle: Cycles): number {
    return Math.floor(cycle / this.width)
  }

  /** The first place at or after a cycle before the frontier. */
  placeAfter(cycle: Cycles): number {
    const place = Math.ceil(cycle / this.width)
    return place > this.count ? this.tip : place
  }

  cycleOf(place: number): Cycles {
    return place > this.count ? this.frontier : Math.max(place * this.width, this.start)
  }

  save(): SavedGrid {
    const { capacity, width, count, frontier } = this
    return { capacity, width, count, frontier }
  }

  restore({ width, count, frontier }: SavedGrid): void {
    this.width = width
    this.count = count
    this.frontier = frontier
  }

  #double(): void {
    const half = this.capacity / 2
    for (const { sums } of this.columns) {
      for (let i = 0; i <= half; i++) sums[i] = sums[2 * i] ?? 0
      sums[half + 1] = sums[half] ?? 0
      sums.fill(0, half + 2)
    }
    for (const one of this.extremes) one.double()
    this.width *= 2
    this.count = half
  }
}
