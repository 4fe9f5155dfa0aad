import type { Cycles } from '../cpu/bus.ts'
import type { Saved } from '../snapshot/saved.ts'
import { Grid } from './grid.ts'
import type { Column, Extreme, Extremes, SavedGrid } from './grid.ts'
import type { SpanSums } from './span-sums.ts'
import type { TrackLimits } from './track.ts'

/** Of one kind; what it carries beside its durations is there from the first that carries something. */
interface KindColumns {
  readonly count: Column
  readonly cycles: Column
  readonly covered: Column
  readonly lengths: Extremes
  carried?: { readonly count: Column; readonly sum: Column; readonly extremes: Extremes }
}

/** What spans of one kind have in a bucket. */
export interface SpanBucket {
  readonly begin: Cycles
  readonly end: Cycles
  readonly kind: number
  /** That ended in it. */
  readonly count: number
  readonly covered: Cycles
}

interface SavedKind {
  readonly kind: number
  /** Count, cycles, covered, then count and sum of what is carried. */
  readonly columns: readonly Float64Array[]
  /** Minima, then maxima; first of lengths, then of what is carried. */
  readonly extremes: readonly (readonly Float64Array[])[]
}

export interface SavedFoldedSpans {
  readonly grid: SavedGrid
  readonly busy: Float64Array
  readonly open: readonly number[]
  readonly kinds: readonly SavedKind[]
}

/**
 * Spans before a frontier, as sums. One counts in the bucket of its last cycle, with its whole duration; what it covers
 * is in each bucket that it is in.
 */
export class FoldedSpans implements Saved<SavedFoldedSpans> {
  readonly #grid: Grid
  readonly #busy: Column
  readonly #kinds = new Map<number, KindColumns>()
  /** Kinds of which one is open at the frontier: at one depth there is one at a time. */
  readonly #open = new Set<number>()

  constructor(start: Cycles, limits: TrackLimits, reach = start) {
    this.#grid = new Grid(limits.buckets, start, reach)
    this.#busy = this.#grid.column()
  }

  get width(): Cycles {
    return this.#grid.width
  }

  /** One begins that lasts. */
  begin(kind: number, cycle: Cycles): void {
    this.advance(cycle)
    this.#open.add(kind)
  }

  /** @param value NaN for none */
  mark(kind: number, cycle: Cycles, value: number): void {
    this.advance(cycle)
    this.#count(kind, 0, value)
  }

  /** One is over that lasted; before what begins at the same cycle is told. */
  end(kind: number, countsAs: number, begin: Cycles, end: Cycles, value: number): void {
    this.advance(end - 1)
    this.#count(countsAs, end - begin, value)
    this.advance(end)
    this.#open.delete(kind)
  }

  advance(to: Cycles): void {
    const grid = this.#grid
    while (grid.frontier < to) {
      const end = Math.min(to, grid.end)
      const cycles = end - grid.frontier
      if (this.#open.size > 0) this.#busy.add(cycles)
      for (const kind of this.#open) this.#kind(kind).covered.add(cycles)
      grid.advance(end)
    }
  }

  #count(kind: number, cycles: Cycles, value: number): void {
    const columns = this.#kind(kind)
    columns.count.add(1)
    columns.cycles.add(cycles)
    columns.lengths.include(cycles)
    if (Number.isNaN(value)) return
    const carried = (columns.carried ??= this.#carried())
    carried.count.add(1)
    carried.sum.add(value)
    carried.extremes.include(value)
  }

  #kind(kind: number): KindColumns {
    let columns = this.#kinds.get(kind)
    if (!columns) {
      const grid = this.#grid
      columns = {
        count: grid.column(),
        cycles: grid.column(),
        covered: grid.column(),
        lengths: grid.extreme(),
      }
      this.#kinds.set(kind, columns)
    }
    return columns
  }

  #carried(): NonNullable<KindColumns['carried']> {
    const grid = this.#grid
    return { count: grid.column(), sum: grid.column(), extremes: grid.extreme() }
  }

  exactFrom(cycle: Cycles): Cycles {
    return this.#isExact(cycle) ? cycle : this.#grid.cycleOf(this.#grid.placeAfter(cycle))
  }

  exactTo(cycle: Cycles): Cycles {
    return this.#isExact(cycle) ? cycle : this.#grid.cycleOf(this.#grid.placeBefore(cycle))
  }

  /** At the end of a bucket, or within one in which nothing begins and nothing ends. */
  #isExact(cycle: Cycles): boolean {
    const grid = this.#grid
    if (cycle >= grid.frontier || grid.placeOf(cycle) !== undefined) return true
    const place = grid.placeBefore(cycle)
    const width = grid.cycleOf(place + 1) - grid.cycleOf(place)
    const isWhole = (column: Column): boolean => {
      const covered = column.between(place, place + 1)
      return covered === 0 || covered === width
    }
    for (const { count, covered } of this.#kinds.values())
      if (count.between(place, place + 1) > 0 || !isWhole(covered)) return false
    return isWhole(this.#busy)
  }

  /** Of a stretch whose ends are exact. */
  totals(from: Cycles, to: Cycles, sums: SpanSums): void {
    const grid = this.#grid
    let first = grid.placeOf(from)
    if (first === undefined) {
      const before = grid.placeBefore(from)
      first = before + 1
      this.#hold(before, Math.min(to, grid.cycleOf(first)) - from, sums)
      if (to <= grid.cycleOf(first)) return
    }
    let last = grid.placeOf(to)
    if (last === undefined) {
      last = grid.placeBefore(to)
      this.#hold(last, to - grid.cycleOf(last), sums)
    }
    if (first < last) this.#addWhole(first, last, sums)
  }

  /** So many cycles of a bucket in which nothing begins or ends. */
  #hold(place: number, cycles: Cycles, sums: SpanSums): void {
    if (this.#busy.between(place, place + 1) > 0) sums.busyCycles += cycles
    for (const [kind, { covered }] of this.#kinds)
      if (covered.between(place, place + 1) > 0) sums.of(kind).coveredCycles += cycles
  }

  #addWhole(from: number, to: number, sums: SpanSums): void {
    sums.busyCycles += this.#busy.between(from, to)
    for (const [kind, columns] of this.#kinds) {
      const count = columns.count.between(from, to)
      const covered = columns.covered.between(from, to)
      if (count === 0 && covered === 0) continue
      const figures = sums.of(kind)
      figures.count += count
      figures.cycles += columns.cycles.between(from, to)
      figures.coveredCycles += covered
      const lengths: Extreme = { minimum: figures.shortest, maximum: figures.longest }
      columns.lengths.between(from, to, lengths)
      figures.shortest = lengths.minimum
      figures.longest = lengths.maximum
      if (!columns.carried) continue
      figures.values += columns.carried.count.between(from, to)
      figures.valueSum += columns.carried.sum.between(from, to)
      const carried: Extreme = { minimum: figures.least, maximum: figures.most }
      columns.carried.extremes.between(from, to, carried)
      figures.least = carried.minimum
      figures.most = carried.maximum
    }
  }

  /** What each kind has in the buckets around a stretch. */
  each(
    from: Cycles,
    to: Cycles,
    callback: (kind: number, covered: Cycles, count: number, cycles: Cycles) => void,
  ): void {
    const grid = this.#grid
    const [first, last] = [grid.placeBefore(from), grid.placeAfter(to)]
    const cycles = grid.cycleOf(last) - grid.cycleOf(first)
    for (const [kind, columns] of this.#kinds) {
      const covered = columns.covered.between(first, last)
      const count = columns.count.between(first, last)
      if (covered > 0 || count > 0) callback(kind, covered, count, cycles)
    }
  }

  /** The buckets that reach into a stretch, oldest first, and what each kind has in them. */
  *bucketsIn(from: Cycles, to: Cycles): Generator<SpanBucket> {
    const grid = this.#grid
    const end = Math.min(to, grid.frontier)
    for (let place = grid.placeBefore(Math.max(from, grid.start)); grid.cycleOf(place) < end; place++) {
      const stretch = { begin: grid.cycleOf(place), end: grid.cycleOf(place + 1) }
      for (const [kind, columns] of this.#kinds) {
        const covered = columns.covered.between(place, place + 1)
        const count = columns.count.between(place, place + 1)
        if (covered > 0 || count > 0) yield { ...stretch, kind, count, covered }
      }
    }
  }

  get bytes(): number {
    const { columns, extremes, capacity } = this.#grid
    return columns.reduce((sum, { sums }) => sum + sums.byteLength, 0) + extremes.length * 32 * capacity
  }

  save(): SavedFoldedSpans {
    const whole = ({ sums }: Column): Float64Array => sums.slice(0, this.#grid.tip + 1)
    return {
      grid: this.#grid.save(),
      busy: whole(this.#busy),
      open: [...this.#open],
      kinds: [...this.#kinds].map(([kind, { count, cycles, covered, lengths, carried }]) => ({
        kind,
        columns: [count, cycles, covered, ...(carried ? [carried.count, carried.sum] : [])].map(whole),
        extremes: [lengths, ...(carried ? [carried.extremes] : [])].flatMap(({ minimum, maximum }) => [
          minimum.map((level) => level.slice()),
          maximum.map((level) => level.slice()),
        ]),
      })),
    }
  }

  restore({ grid, busy, open, kinds }: SavedFoldedSpans): void {
    this.#grid.restore(grid)
    this.#busy.sums.set(busy)
    this.#open.clear()
    for (const kind of open) this.#open.add(kind)
    for (const saved of kinds) {
      const columns = this.#kind(saved.kind)
      if (saved.columns.length > 3) columns.carried = this.#carried()
      const { count, cycles, covered, lengths, carried } = columns
      ;[count, cycles, covered, ...(carried ? [carried.count, carried.sum] : [])].forEach((column, i) =>
        column.sums.set(saved.columns[i] ?? []),
      )
      ;[lengths, ...(carried ? [carried.extremes] : [])].forEach((one, i) => {
        saved.extremes[2 * i]?.forEach((level, k) => one.minimum[k]?.set(level))
        saved.extremes[2 * i + 1]?.forEach((level, k) => one.maximum[k]?.set(level))
      })
    }
  }
}
