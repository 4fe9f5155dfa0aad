import type { Cycles } from '../cpu/bus.ts'
import type { Saved } from '../snapshot/saved.ts'
import { addProduct, Grid, roughDifference, wideDifference } from './grid.ts'
import type { Column, Extremes, SavedGrid, Wide } from './grid.ts'
import { FIRST_ROOM, grown, lastAtOrBefore, roomAfter } from './track.ts'
import type { TrackLimits } from './track.ts'

/** What a step function did in a stretch. */
export interface StepTotals {
  readonly cycles: Cycles
  /** Sum of value times cycles, exactly. */
  readonly charge: bigint
  readonly minimum: number
  readonly maximum: number
  /** Cycles in which the value was not 0. */
  readonly busyCycles: Cycles
  /** Times at which it became another. */
  readonly changes: number
  /** Cycles by key: state or bin of a histogram. */
  readonly byKey: ReadonlyMap<number, Cycles>
}

/** What is drawn in one pixel. */
export interface StepPixel {
  minimum: number
  maximum: number
  average: number
  last: number
}

/** What is known of a stretch that is folded. */
export interface StepBucket {
  readonly begin: Cycles
  readonly end: Cycles
  readonly minimum: number
  readonly maximum: number
  readonly average: number
  /** Cycles by key, those that are not 0. */
  readonly keys: readonly (readonly [key: number, cycles: Cycles])[]
}

export interface SavedSteps {
  readonly before: number | undefined
  readonly firstIsChange: boolean
  readonly cycles: Float64Array
  readonly values: Float64Array
  readonly folded:
    | undefined
    | {
        readonly grid: SavedGrid
        readonly columns: readonly Float64Array[]
        readonly keys: readonly number[]
        readonly keyed: readonly Float64Array[]
        readonly minimum: readonly Float64Array[]
        readonly maximum: readonly Float64Array[]
      }
}

/** What is before the frontier: sums at the boundaries of a grid. */
class FoldedSteps {
  readonly high: Column
  readonly low: Column
  readonly busy: Column
  readonly changes: Column
  readonly value: Column
  readonly extremes: Extremes
  readonly keys = new Map<number, Column>()
  /** Those of `keys`, by key. */
  readonly #keyed: (Column | undefined)[] = []
  readonly #charge: Wide = { high: 0, low: 0 }

  constructor(
    readonly grid: Grid,
    private readonly keyOf: (value: number) => number,
  ) {
    this.high = grid.column()
    this.low = grid.column()
    this.busy = grid.column()
    this.changes = grid.column()
    this.value = grid.column()
    this.extremes = grid.extreme()
  }

  /** Changes from the frontier on: `count` values, each from its cycle up to that of the next. */
  book(values: Float64Array, cycles: Float64Array, count: number, firstIsChange: boolean): void {
    let i = 0
    while (i < count) i = this.#bookBucket(values, cycles, i, count, firstIsChange)
  }

  /** What is in the bucket that the frontier is in. @returns the first that goes on behind it */
  #bookBucket(
    values: Float64Array,
    cycles: Float64Array,
    first: number,
    count: number,
    firstIsChange: boolean,
  ): number {
    const { tip, end } = this.grid
    const charge = this.#charge
    charge.high = this.high.at(tip)
    charge.low = this.low.at(tip)
    let { frontier } = this.grid
    let busy = 0
    let changes = 0
    let minimum = Infinity
    let maximum = -Infinity
    let value = 0
    let i = first
    while (i < count && frontier < end) {
      const next = cycles[i + 1] ?? 0
      const to = next > end ? end : next
      value = values[i] ?? 0
      if (frontier === cycles[i] && (i > 0 || firstIsChange)) changes += 1
      const held = to - frontier
      addProduct(charge, value, held)
      if (value !== 0) busy += held
      if (value < minimum) minimum = value
      if (value > maximum) maximum = value
      this.#key(this.keyOf(value)).add(held)
      frontier = to
      if (to === next) i += 1
    }
    this.high.set(charge.high)
    this.low.set(charge.low)
    this.busy.add(busy)
    this.changes.add(changes)
    this.value.set(value)
    this.extremes.include(minimum)
    this.extremes.include(maximum)
    this.grid.advance(frontier)
    return i
  }

  #key(key: number): Column {
    return this.#keyed[key] ?? this.openKey(key)
  }

  openKey(key: number): Column {
    const column = this.grid.column()
    this.keys.set(key, column)
    while (this.#keyed.length <= key) this.#keyed.push(undefined)
    this.#keyed[key] = column
    return column
  }

  /** The value just before the frontier. */
  get newest(): number {
    return this.value.at(this.grid.tip)
  }

  charge(place: number): Wide {
    return { high: this.high.at(place), low: this.low.at(place) }
  }
}

/** Sums of a stretch, while they are added up. */
class Sums {
  cycles = 0
  minimum = Infinity
  maximum = -Infinity
  busyCycles = 0
  changes = 0
  readonly byKey = new Map<number, Cycles>()
  readonly #held: Wide = { high: 0, low: 0 }
  #whole = 0n

  get charge(): bigint {
    return this.#whole + wideDifference(this.#held, { high: 0, low: 0 })
  }

  addCharge(charge: bigint): void {
    this.#whole += charge
  }

  hold(value: number, key: number, cycles: Cycles): void {
    if (cycles <= 0) return
    this.cycles += cycles
    addProduct(this.#held, value, cycles)
    this.minimum = Math.min(this.minimum, value)
    this.maximum = Math.max(this.maximum, value)
    if (value !== 0) this.busyCycles += cycles
    this.addKey(key, cycles)
  }

  addKey(key: number, cycles: Cycles): void {
    if (cycles > 0) this.byKey.set(key, (this.byKey.get(key) ?? 0) + cycles)
  }
}

export const mergeSteps = (parts: readonly StepTotals[]): StepTotals => {
  const sums = new Sums()
  for (const part of parts) {
    sums.cycles += part.cycles
    sums.addCharge(part.charge)
    sums.minimum = Math.min(sums.minimum, part.minimum)
    sums.maximum = Math.max(sums.maximum, part.maximum)
    sums.busyCycles += part.busyCycles
    sums.changes += part.changes
    for (const [key, cycles] of part.byKey) sums.addKey(key, cycles)
  }
  return sums
}

/**
 * A step function of whole numbers through time. The newest changes are kept one by one; what was before is folded into
 * buckets whose sums are exact. A value that lasts no time does not exist.
 */
export class Steps implements Saved<SavedSteps> {
  /** Changes since the frontier; the first is the value there. */
  #cycles = new Float64Array(FIRST_ROOM)
  #values = new Float64Array(FIRST_ROOM)
  #count = 1
  /** The first of them is a change, and not what has been since the frontier or the beginning. */
  #firstIsChange = false
  #folded: FoldedSteps | undefined

  /**
   * @param keyOf what time is summed by, beside the sums: a small whole number
   * @param before the value just before the start, where that is known: another from the start on is a change
   */
  constructor(
    private readonly start: Cycles,
    value: number,
    private readonly keyOf: (value: number) => number,
    private readonly limits: TrackLimits,
    private before?: number,
  ) {
    this.#cycles[0] = start
    this.#values[0] = value
  }

  /** Changes from here on are kept one by one. */
  get frontier(): Cycles {
    return this.#cycles[0] ?? 0
  }

  /** Cycles of a bucket of what is folded; 0 where nothing is. */
  get foldedWidth(): Cycles {
    return this.#folded?.grid.width ?? 0
  }

  get value(): number {
    return this.#values[this.#count - 1] ?? 0
  }

  /** From a cycle on; one before the newest change counts from that one. */
  set(value: number, cycle: Cycles): void {
    const last = this.#count - 1
    if (value === this.#values[last]) return
    const newest = this.#cycles[last] ?? 0
    if (cycle <= newest) {
      this.#values[last] = value
      if (last === 0) this.#firstIsChange = this.#isChange(value)
      if (last > 0 && this.#values[last - 1] === value) this.#count = last
      return
    }
    if (this.#count === this.#cycles.length) this.#makeRoom()
    this.#cycles[this.#count] = cycle
    this.#values[this.#count] = value
    this.#count += 1
  }

  /** Whether a value at the frontier is another than just before. */
  #isChange(value: number): boolean {
    const before = this.#folded ? this.#folded.newest : this.before
    return before !== undefined && value !== before
  }

  #makeRoom(): void {
    const { recent } = this.limits
    if (this.#count < recent) {
      const length = Math.min(roomAfter(this.#count), recent)
      this.#cycles = grown(this.#cycles, length)
      this.#values = grown(this.#values, length)
    } else this.#fold(this.#count >> 1)
  }

  /** What is before change number `to` goes into the buckets. */
  #fold(to: number): void {
    const folded = (this.#folded ??= new FoldedSteps(
      new Grid(this.limits.buckets, this.start, this.#cycles[to]),
      this.keyOf,
    ))
    folded.book(this.#values, this.#cycles, to, this.#firstIsChange)
    this.#cycles.copyWithin(0, to, this.#count)
    this.#values.copyWithin(0, to, this.#count)
    this.#count -= to
    this.#firstIsChange = true
  }

  /** The nearest cycle at or after one from which on all is known. */
  exactFrom(cycle: Cycles): Cycles {
    const grid = this.#folded?.grid
    return !grid || this.#isExact(cycle) ? cycle : grid.cycleOf(grid.placeAfter(cycle))
  }

  /** The nearest cycle at or before one until which all is known. */
  exactTo(cycle: Cycles): Cycles {
    const grid = this.#folded?.grid
    return !grid || this.#isExact(cycle) ? cycle : grid.cycleOf(grid.placeBefore(cycle))
  }

  /** At the end of a bucket, or within one in which nothing changes. */
  #isExact(cycle: Cycles): boolean {
    if (!this.#folded) return true
    const { grid, extremes } = this.#folded
    if (cycle >= grid.frontier || grid.placeOf(cycle) !== undefined) return true
    const place = grid.placeBefore(cycle)
    const only = { minimum: Infinity, maximum: -Infinity }
    extremes.between(place, place + 1, only)
    return only.minimum === only.maximum
  }

  /** Of a stretch whose ends are exact: `exactFrom(from) === from`, `exactTo(to) === to`. */
  totals(from: Cycles, to: Cycles): StepTotals {
    const sums = new Sums()
    const border = Math.max(from, Math.min(to, this.frontier))
    if (from < border) this.#addFolded(from, border, sums)
    if (border < to) this.#addRecent(border, to, sums)
    return sums
  }

  #addFolded(from: Cycles, to: Cycles, sums: Sums): void {
    if (!this.#folded) return
    const { grid } = this.#folded
    let first = grid.placeOf(from)
    if (first === undefined) {
      // Within a bucket in which nothing changes.
      const before = grid.placeBefore(from)
      first = before + 1
      this.#hold(before, Math.min(to, grid.cycleOf(first)) - from, sums)
      if (to <= grid.cycleOf(first)) return
    }
    let last = grid.placeOf(to)
    if (last === undefined) {
      last = grid.placeBefore(to)
      this.#hold(last, to - grid.cycleOf(last), sums)
      sums.changes += this.#folded.changes.between(last, last + 1)
    }
    this.#addWhole(this.#folded, first, last, sums)
  }

  /** So many cycles of a bucket in which nothing changes. */
  #hold(place: number, cycles: Cycles, sums: Sums): void {
    const value = this.#folded?.value.at(place + 1) ?? 0
    sums.hold(value, this.keyOf(value), cycles)
  }

  #addWhole(folded: FoldedSteps, from: number, to: number, sums: Sums): void {
    const { grid } = folded
    if (from >= to) return
    sums.cycles += grid.cycleOf(to) - grid.cycleOf(from)
    sums.addCharge(wideDifference(folded.charge(to), folded.charge(from)))
    sums.busyCycles += folded.busy.between(from, to)
    sums.changes += folded.changes.between(from, to)
    folded.extremes.between(from, to, sums)
    for (const [key, column] of folded.keys) sums.addKey(key, column.between(from, to))
  }

  #addRecent(from: Cycles, to: Cycles, sums: Sums): void {
    let i = this.#indexAt(from)
    for (; i < this.#count && (this.#cycles[i] ?? 0) < to; i++) {
      const begin = this.#cycles[i] ?? 0
      if (begin >= from && (i > 0 || this.#firstIsChange)) sums.changes += 1
      const value = this.#values[i] ?? 0
      sums.hold(value, this.keyOf(value), Math.min(to, this.#endOf(i)) - Math.max(from, begin))
    }
  }

  #indexAt(cycle: Cycles): number {
    return Math.max(lastAtOrBefore(this.#cycles, 0, this.#count, cycle), 0)
  }

  #endOf(i: number): Cycles {
    return i + 1 < this.#count ? (this.#cycles[i + 1] ?? Infinity) : Infinity
  }

  /** The value at a cycle; in what is folded, the last of its bucket. */
  valueAt(cycle: Cycles): number {
    if (cycle >= this.frontier || !this.#folded) return this.#values[this.#indexAt(cycle)] ?? 0
    const { grid, value } = this.#folded
    return value.at(Math.min(grid.placeBefore(cycle) + 1, grid.tip))
  }

  /**
   * What to draw from one cycle up to another; in what is folded, of the buckets around them, so that an average never
   * leaves its extremes.
   */
  pixel(from: Cycles, to: Cycles, into: StepPixel): void {
    into.minimum = Infinity
    into.maximum = -Infinity
    const border = Math.max(from, Math.min(to, this.frontier))
    let [charge, cycles] = [0, 0]
    if (from < border && this.#folded) {
      const { grid, extremes, value } = this.#folded
      const [first, last] = [grid.placeBefore(from), grid.placeAfter(border)]
      extremes.between(first, last, into)
      charge += roughDifference(this.#folded.charge(last), this.#folded.charge(first))
      cycles += grid.cycleOf(last) - grid.cycleOf(first)
      into.last = value.at(last)
    }
    for (let i = this.#indexAt(border); border < to && i < this.#count; i++) {
      const begin = Math.max(this.#cycles[i] ?? 0, border)
      if (begin >= to) break
      const value = this.#values[i] ?? 0
      const held = Math.min(to, this.#endOf(i)) - begin
      into.minimum = Math.min(into.minimum, value)
      into.maximum = Math.max(into.maximum, value)
      charge += value * held
      cycles += held
      into.last = value
    }
    into.average = Math.max(into.minimum, Math.min(into.maximum, charge / cycles))
  }

  /** Calls back with cycles by key, as `pixel` sees them. */
  keysIn(from: Cycles, to: Cycles, callback: (key: number, cycles: Cycles) => void): void {
    const border = Math.max(from, Math.min(to, this.frontier))
    if (from < border && this.#folded) {
      const { grid, keys } = this.#folded
      const [first, last] = [grid.placeBefore(from), grid.placeAfter(border)]
      for (const [key, column] of keys) {
        const cycles = column.between(first, last)
        if (cycles > 0) callback(key, cycles)
      }
    }
    for (let i = this.#indexAt(border); border < to && i < this.#count; i++) {
      const begin = Math.max(this.#cycles[i] ?? 0, border)
      if (begin >= to) break
      callback(this.keyOf(this.#values[i] ?? 0), Math.min(to, this.#endOf(i)) - begin)
    }
  }

  /** What is folded, in the buckets that reach into a stretch, oldest first. */
  *bucketsIn(from: Cycles, to: Cycles): Generator<StepBucket> {
    if (!this.#folded) return
    const { grid, extremes, keys } = this.#folded
    const end = Math.min(to, grid.frontier)
    for (let place = grid.placeBefore(Math.max(from, this.start)); grid.cycleOf(place) < end; place++) {
      const [begin, next] = [grid.cycleOf(place), grid.cycleOf(place + 1)]
      const { minimum, maximum } = extremes.of(place)
      const charge = roughDifference(this.#folded.charge(place + 1), this.#folded.charge(place))
      yield {
        begin,
        end: next,
        minimum,
        maximum,
        average: Math.max(minimum, Math.min(maximum, charge / (next - begin))),
        keys: [...keys].flatMap(([key, column]) => {
          const cycles = column.between(place, place + 1)
          return cycles > 0 ? [[key, cycles] as const] : []
        }),
      }
    }
  }

  /** Changes kept one by one that are in a stretch, oldest first. */
  changesIn(from: Cycles, to: Cycles): { readonly cycles: Float64Array; readonly values: Float64Array } {
    const [begin, last] = this.#changes(from, to)
    return { cycles: this.#cycles.slice(begin, last), values: this.#values.slice(begin, last) }
  }

  /** How many they are. */
  countIn(from: Cycles, to: Cycles): number {
    const [begin, last] = this.#changes(from, to)
    return last - begin
  }

  #changes(from: Cycles, to: Cycles): readonly [begin: number, end: number] {
    const first = lastAtOrBefore(this.#cycles, 0, this.#count, from - 1) + 1
    const last = Math.max(lastAtOrBefore(this.#cycles, 0, this.#count, to - 1) + 1, first)
    return [first === 0 && !this.#firstIsChange ? Math.min(1, last) : first, last]
  }

  /** Bytes held in typed arrays. */
  get bytes(): number {
    const grid = this.#folded?.grid
    const columns = (grid?.columns ?? []).reduce((sum, { sums }) => sum + sums.byteLength, 0)
    const extremes = (grid?.extremes ?? []).length * 2 * 2 * 8 * this.limits.buckets
    return this.#cycles.byteLength + this.#values.byteLength + columns + extremes
  }

  save(): SavedSteps {
    const folded = this.#folded
    return {
      before: this.before,
      firstIsChange: this.#firstIsChange,
      cycles: this.#cycles.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
      folded: folded && {
        grid: folded.grid.save(),
        columns: [folded.high, folded.low, folded.busy, folded.changes, folded.value].map(({ sums }) =>
          sums.slice(0, folded.grid.tip + 1),
        ),
        keys: [...folded.keys.keys()],
        keyed: [...folded.keys.values()].map(({ sums }) => sums.slice(0, folded.grid.tip + 1)),
        minimum: folded.extremes.minimum.map((level) => level.slice()),
        maximum: folded.extremes.maximum.map((level) => level.slice()),
      },
    }
  }

  restore(saved: SavedSteps): void {
    this.#count = saved.cycles.length
    const room = Math.max(FIRST_ROOM, this.#count)
    this.#cycles = grown(saved.cycles, room)
    this.#values = grown(saved.values, room)
    this.before = saved.before
    this.#firstIsChange = saved.firstIsChange
    this.#folded = undefined
    if (!saved.folded) return
    const { grid: savedGrid, columns, keys, keyed, minimum, maximum } = saved.folded
    const grid = new Grid(savedGrid.capacity, this.start)
    grid.restore(savedGrid)
    const folded = new FoldedSteps(grid, this.keyOf)
    ;[folded.high, folded.low, folded.busy, folded.changes, folded.value].forEach((column, i) =>
      column.sums.set(columns[i] ?? []),
    )
    keys.forEach((key, i) => {
      folded.openKey(key).sums.set(keyed[i] ?? [])
    })
    minimum.forEach((level, i) => folded.extremes.minimum[i]?.set(level))
    maximum.forEach((level, i) => folded.extremes.maximum[i]?.set(level))
    this.#folded = folded
  }
}
