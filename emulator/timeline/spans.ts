import type { Cycles } from '../cpu/bus.ts'
import type { Plain, Saved } from '../snapshot/saved.ts'
import { FoldedSpans } from './folded-spans.ts'
import type { SavedFoldedSpans, SpanBucket } from './folded-spans.ts'
import { effectiveEnd } from './span.ts'
import type { Span, SpanBegin, SpanEnd, SpanName } from './span.ts'
import { SpanStore } from './span-store.ts'
import type { SavedSpanStore } from './span-store.ts'
import type { SpanSums } from './span-sums.ts'
import { FURTHER, MOST_NAMES } from './track.ts'
import type { TrackLimits } from './track.ts'

export interface SavedSpans {
  readonly store: SavedSpanStore
  readonly straddling: readonly Span[]
  readonly edges: readonly number[]
  readonly edgeCycles: readonly number[]
  readonly names: readonly SpanName[]
  readonly frontier: Cycles
  readonly newest: Cycles
  readonly folded: SavedFoldedSpans | undefined
}

/**
 * Spans, each in the lowest depth that is free while it lasts, and marks. The newest are kept one by one, by begin; what
 * was before is folded into buckets with exact counts and durations.
 */
export class Spans implements Saved<SavedSpans> {
  readonly names: SpanName[] = []
  /** Number of a name, by depth. Not saved: made of the names. */
  readonly #kinds: Map<string, number>[] = []
  /** Those that begin at the frontier or behind it. */
  readonly #store = new SpanStore()
  /** By number; those that began before the frontier and had not ended there. */
  readonly #straddling = new Map<number, Span>()
  /** Begins (twice the number) and ends (one more) behind the frontier, as they came, and their cycles. */
  #edges: number[] = []
  #edgeCycles: number[] = []
  #frontier: Cycles
  #newest: Cycles
  /** Number of the open span at each depth. Not saved: found from the spans. */
  readonly #open: (number | undefined)[] = []
  #folded: FoldedSpans | undefined

  constructor(
    private readonly start: Cycles,
    private readonly limits: TrackLimits,
    private readonly mostNames = MOST_NAMES,
  ) {
    this.#frontier = start
    this.#newest = start
  }

  get frontier(): Cycles {
    return this.#frontier
  }

  /** Cycles of a bucket of what is folded; 0 where nothing is. */
  get foldedWidth(): Cycles {
    return this.#folded?.width ?? 0
  }

  /** A span begins. @returns its number, for its end */
  begin(name: string, cycle: Cycles, { value = NaN, nameData }: SpanBegin = {}): number {
    const free = this.#open.indexOf(undefined)
    const depth = free < 0 ? this.#open.length : free
    const number = this.#add(name, depth, cycle, Infinity, value, nameData)
    this.#open[depth] = number
    return number
  }

  /** A span that is open is over; nothing for one that is not. */
  end(number: number, cycle: Cycles, { name, value, text, data }: SpanEnd = {}): void {
    const depth = this.#open.indexOf(number)
    if (depth < 0) return
    this.#open[depth] = undefined
    const end = this.#at(cycle)
    const countsAs = name === undefined ? undefined : this.#kind(name, depth)
    this.#edge(2 * number + 1, end)
    const span = this.#straddling.get(number)
    if (span) {
      span.end = end
      span.countsAs = countsAs ?? span.countsAs
      span.value = value ?? span.value
      span.text = text ?? span.text
      span.data = data ?? span.data
      return
    }
    const store = this.#store
    store.end(number, end)
    if (countsAs !== undefined) store.setCountsAs(number, countsAs)
    if (value !== undefined) store.setValue(number, value)
    if (text !== undefined) store.setText(number, text)
    if (data !== undefined) store.setData(number, data)
  }

  mark(name: string, cycle: Cycles, { value = NaN, text, data }: SpanEnd = {}): void {
    const number = this.#add(name, 0, cycle, cycle, value)
    if (text !== undefined) this.#store.setText(number, text)
    if (data !== undefined) this.#store.setData(number, data)
  }

  /** What all of a name have in common, before the first of them. */
  name(name: string, depth: number, data: Plain): void {
    this.#kind(name, depth, data)
  }

  /** Those that are open, outermost first. */
  get open(): readonly Span[] {
    return this.#open.flatMap((number) =>
      number === undefined ? [] : [this.#straddling.get(number) ?? this.#store.get(number)],
    )
  }

  #edge(edge: number, cycle: Cycles): void {
    if (this.limits.recent === Infinity) return
    this.#edges.push(edge)
    this.#edgeCycles.push(cycle)
  }

  /** One before the newest begin or end counts from that. */
  #at(cycle: Cycles): Cycles {
    if (cycle > this.#newest) this.#newest = cycle
    return this.#newest
  }

  #add(name: string, depth: number, cycle: Cycles, end: Cycles, value: number, nameData?: Plain): number {
    if (this.#store.length >= this.limits.recent) this.#fold()
    const begin = this.#at(cycle)
    const kind = this.#kind(name, depth, nameData)
    const number = this.#store.add(begin, end === Infinity ? end : begin, kind, value)
    this.#edge(2 * number, begin)
    if (this.names[kind]?.name === FURTHER) this.#store.setText(number, name)
    return number
  }

  #kind(name: string, depth: number, data?: Plain): number {
    const kinds = (this.#kinds[depth] ??= new Map<string, number>())
    const known = kinds.get(name)
    if (known !== undefined) return known
    if (this.names.length >= this.mostNames && name !== FURTHER) return this.#kind(FURTHER, depth)
    this.names.push({ name, depth, ...(data !== undefined && { data }) })
    kinds.set(name, this.names.length - 1)
    return this.names.length - 1
  }

  /** The older half goes into the buckets; all that begin at one cycle stay together. */
  #fold(): void {
    const store = this.#store
    const to = store.beginOf(store.first + (store.length >> 1))
    if (to <= store.beginOf(store.first)) return
    const folded = (this.#folded ??= new FoldedSpans(this.start, this.limits, to))
    const hasEnded = new Uint8Array(store.length)
    this.#foldEdges(folded, to, hasEnded)
    let kept = store.first
    for (; store.beginOf(kept) < to; kept++)
      if (hasEnded[kept - store.first] === 0) this.#straddling.set(kept, store.get(kept))
    store.drop(kept)
    this.#frontier = to
  }

  /**
   * What happens up to a cycle, but what begins at it.
   * @param hasEnded becomes 1 for each that is over, from the store's first
   */
  #foldEdges(folded: FoldedSpans, to: Cycles, hasEnded: Uint8Array): void {
    const [edges, cycles] = [this.#edges, this.#edgeCycles]
    const left: number[] = []
    let i = 0
    while (i < edges.length) {
      const cycle = cycles[i] ?? 0
      if (cycle > to) break
      let next = i
      // Of what happens at one cycle the ends come first: their last cycle is the one before.
      for (; next < edges.length && cycles[next] === cycle; next++) {
        const edge = edges[next] ?? 0
        if (edge % 2 === 1) this.#foldEnd(folded, (edge - 1) / 2, hasEnded)
      }
      for (; i < next; i++) {
        const edge = edges[i] ?? 0
        if (edge % 2 === 1) continue
        if (cycle === to) left.push(edge)
        else this.#foldBegin(folded, edge / 2, hasEnded)
      }
    }
    folded.advance(to)
    edges.splice(0, i, ...left)
    cycles.splice(0, i, ...left.map(() => to))
  }

  #foldBegin(folded: FoldedSpans, number: number, hasEnded: Uint8Array): void {
    const store = this.#store
    const begin = store.beginOf(number)
    if (store.endOf(number) > begin) folded.begin(store.kindOf(number), begin)
    else {
      folded.mark(store.countsAsOf(number), begin, store.valueOf(number))
      hasEnded[number - store.first] = 1
    }
  }

  #foldEnd(folded: FoldedSpans, number: number, hasEnded: Uint8Array): void {
    const store = this.#store
    const span = this.#straddling.get(number)
    if (span) {
      folded.end(span.kind, span.countsAs, span.begin, span.end, span.value ?? NaN)
      this.#straddling.delete(number)
      return
    }
    const [begin, end] = [store.beginOf(number), store.endOf(number)]
    // One of no length is a mark where it began.
    if (end === begin) return
    folded.end(store.kindOf(number), store.countsAsOf(number), begin, end, store.valueOf(number))
    hasEnded[number - store.first] = 1
  }

  exactFrom(cycle: Cycles): Cycles {
    return this.#folded?.exactFrom(cycle) ?? cycle
  }

  exactTo(cycle: Cycles): Cycles {
    return this.#folded?.exactTo(cycle) ?? cycle
  }

  /** Adds up a stretch whose ends are exact. */
  totals(from: Cycles, to: Cycles, sums: SpanSums): void {
    const border = Math.max(from, Math.min(to, this.#frontier))
    if (from < border) this.#folded?.totals(from, border, sums)
    if (border < to) sums.addAll(this.#kept(), border, to)
  }

  *#kept(): Iterable<Span> {
    yield* this.#straddling.values()
    yield* this.#store
  }

  /** Spans and marks kept one by one that are there between two cycles, by begin. */
  *spansIn(from: Cycles, to: Cycles): Iterable<Span> {
    for (const span of this.#kept()) {
      if (span.begin >= to) return
      if (effectiveEnd(span) > from) yield span
    }
  }

  /** Calls back with what each name has between two cycles of what is folded, of the buckets around them. */
  foldedIn(
    from: Cycles,
    to: Cycles,
    callback: (kind: number, covered: Cycles, count: number, cycles: Cycles) => void,
  ): void {
    this.#folded?.each(from, Math.min(to, this.#frontier), callback)
  }

  /** What is folded, in the buckets that reach into a stretch, oldest first. */
  bucketsIn(from: Cycles, to: Cycles): Iterable<SpanBucket> {
    return this.#folded?.bucketsIn(from, to) ?? []
  }

  get bytes(): number {
    return this.#store.bytes + (this.#folded?.bytes ?? 0)
  }

  /** What is open, to go on with on an empty track. */
  present(): SavedSpans {
    const store = new SpanStore()
    store.first = this.#store.first + this.#store.length
    return {
      store: store.save(),
      straddling: this.open.map((span) => ({ ...span })),
      edges: [],
      edgeCycles: [],
      names: [...this.names],
      frontier: this.#newest,
      newest: this.#newest,
      folded: undefined,
    }
  }

  save(): SavedSpans {
    return {
      store: this.#store.save(),
      straddling: [...this.#straddling.values()].map((span) => ({ ...span })),
      edges: [...this.#edges],
      edgeCycles: [...this.#edgeCycles],
      names: [...this.names],
      frontier: this.#frontier,
      newest: this.#newest,
      folded: this.#folded?.save(),
    }
  }

  restore(saved: SavedSpans): void {
    this.#store.restore(saved.store)
    this.#straddling.clear()
    for (const span of saved.straddling) this.#straddling.set(span.number, { ...span })
    this.#edges = [...saved.edges]
    this.#edgeCycles = [...saved.edgeCycles]
    this.names.splice(0, Infinity, ...saved.names)
    this.#kinds.length = 0
    this.names.forEach(({ name, depth }, number) => {
      const kinds = (this.#kinds[depth] ??= new Map<string, number>())
      kinds.set(name, number)
    })
    this.#frontier = saved.frontier
    this.#newest = saved.newest
    this.#open.length = 0
    for (const span of this.#kept()) {
      const depth = this.names[span.kind]?.depth ?? 0
      while (this.#open.length <= depth) this.#open.push(undefined)
      if (span.end === Infinity) this.#open[depth] = span.number
    }
    // As where they were never deeper: what is free behind the deepest is not there.
    while (this.#open.length > 0 && this.#open.at(-1) === undefined) this.#open.pop()
    this.#folded = undefined
    if (saved.folded) {
      this.#folded = new FoldedSpans(this.start, this.limits)
      this.#folded.restore(saved.folded)
    }
  }
}
