import type { Cycles } from '../cpu/bus.ts'
import type { Plain, Saved } from '../snapshot/saved.ts'
import { FoldedSpans } from './folded-spans.ts'
import type { SavedFoldedSpans, SpanBucket } from './folded-spans.ts'
import { effectiveEnd } from './span.ts'
import type { Span, SpanBegin, SpanEnd, SpanName } from './span.ts'
import type { SpanSums } from './span-sums.ts'
import { FURTHER, MOST_NAMES } from './track.ts'
import type { TrackLimits } from './track.ts'

export interface SavedSpans {
  readonly first: number
  readonly spans: readonly Plain[]
  readonly straddling: readonly Plain[]
  readonly names: readonly Plain[]
  readonly frontier: Cycles
  readonly newest: Cycles
  readonly folded: SavedFoldedSpans | undefined
}

const asPlain = ({ number, begin, end, kind, countsAs, value, text, data }: Span): Plain => [
  number,
  begin,
  end,
  kind,
  countsAs,
  value,
  text,
  data,
]

const fromPlain = (plain: Plain): Span => {
  const [number, begin, end, kind, countsAs, value, text, data] = plain as [
    number,
    number,
    number,
    number,
    number,
    number | undefined,
    string | undefined,
    Plain,
  ]
  return { number, begin, end, kind, countsAs, value, text, data }
}

/**
 * Spans, each in the lowest depth that is free while it lasts, and marks. The newest are kept one by one, by begin; what
 * was before is folded into buckets with exact counts and durations.
 */
export class Spans implements Saved<SavedSpans> {
  readonly names: SpanName[] = []
  readonly #kinds = new Map<string, number>()
  /** By begin; all that end behind the frontier and begin at it or behind. */
  #spans: Span[] = []
  /** Began before the frontier and had not ended there. */
  #straddling: Span[] = []
  #next = 0
  #frontier: Cycles
  #newest: Cycles
  /** Number of the open span at each depth. */
  readonly #open: (Span | undefined)[] = []
  #folded: FoldedSpans | undefined

  constructor(
    private readonly start: Cycles,
    private readonly limits: TrackLimits,
  ) {
    this.#frontier = start
    this.#newest = start
  }

  get frontier(): Cycles {
    return this.#frontier
  }

  /** A span begins. @returns its number, for its end */
  begin(name: string, cycle: Cycles, { value, nameData }: SpanBegin = {}): number {
    const free = this.#open.indexOf(undefined)
    const depth = free < 0 ? this.#open.length : free
    const span = this.#add(name, depth, this.#at(cycle), Infinity, nameData)
    span.value = value
    this.#open[depth] = span
    return span.number
  }

  /** A span that is open is over; nothing for one that is not. */
  end(number: number, cycle: Cycles, { name, value, text, data }: SpanEnd = {}): void {
    const depth = this.#open.findIndex((span) => span?.number === number)
    const span = this.#open[depth]
    if (!span) return
    this.#open[depth] = undefined
    span.end = this.#at(Math.max(cycle, span.begin))
    if (name !== undefined) span.countsAs = this.#kind(name, depth)
    if (value !== undefined) span.value = value
    span.text = text ?? span.text
    if (data !== undefined) span.data = data
  }

  mark(name: string, cycle: Cycles, { value, text, data }: SpanEnd = {}): void {
    const at = this.#at(cycle)
    const span = this.#add(name, 0, at, at)
    span.value = value
    span.text = text ?? span.text
    span.data = data
  }

  /** Those that are open, outermost first. */
  get open(): readonly Span[] {
    return this.#open.filter((span) => span !== undefined)
  }

  /** One before the newest begin or end counts from that. */
  #at(cycle: Cycles): Cycles {
    this.#newest = Math.max(this.#newest, cycle)
    return this.#newest
  }

  #add(name: string, depth: number, begin: Cycles, end: Cycles, nameData?: Plain): Span {
    if (this.#spans.length >= this.limits.recent) this.#fold()
    const kind = this.#kind(name, depth, nameData)
    const text = this.names[kind]?.name === FURTHER ? name : undefined
    const span: Span = {
      ...{ number: this.#next++, begin, end, kind, countsAs: kind },
      ...{ value: undefined, text, data: undefined },
    }
    this.#spans.push(span)
    return span
  }

  #kind(name: string, depth: number, data?: Plain): number {
    const key = `${depth} ${name}`
    const known = this.#kinds.get(key)
    if (known !== undefined) return known
    if (this.names.length >= MOST_NAMES && name !== FURTHER) return this.#kind(FURTHER, depth)
    this.names.push({ name, depth, ...(data !== undefined && { data }) })
    this.#kinds.set(key, this.names.length - 1)
    return this.names.length - 1
  }

  /** The older half goes into the buckets; all of one cycle stay together. */
  #fold(): void {
    const middle = this.#spans[this.#spans.length >> 1]?.begin ?? 0
    const to = this.#spans.findIndex(({ begin }) => begin >= middle)
    if (to <= 0) return
    const older = this.#spans.splice(0, to)
    const folded = (this.#folded ??= new FoldedSpans(this.start, this.limits))
    const ended = folded.book([...this.#straddling, ...older], this.#frontier, middle)
    this.#straddling = [...this.#straddling, ...older].filter((span) => !ended.has(span))
    this.#frontier = middle
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
    yield* this.#straddling
    yield* this.#spans
  }

  /** Spans and marks kept one by one that are there between two cycles, by begin. */
  *spansIn(from: Cycles, to: Cycles): Iterable<Span> {
    for (const span of this.#straddling) if (span.begin < to && effectiveEnd(span) > from) yield span
    for (const span of this.#spans) {
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
    return this.#folded?.bytes ?? 0
  }

  /** What is open, to go on with on an empty track. */
  present(): SavedSpans {
    return {
      first: this.#next,
      spans: [],
      straddling: this.open.map(asPlain),
      names: this.names.map((name) => ({ ...name })),
      frontier: this.#newest,
      newest: this.#newest,
      folded: undefined,
    }
  }

  save(): SavedSpans {
    return {
      first: this.#next,
      spans: this.#spans.map(asPlain),
      straddling: this.#straddling.map(asPlain),
      names: this.names.map((name) => ({ ...name })),
      frontier: this.#frontier,
      newest: this.#newest,
      folded: this.#folded?.save(),
    }
  }

  restore(saved: SavedSpans): void {
    this.#next = saved.first
    this.#spans = saved.spans.map(fromPlain)
    this.#straddling = saved.straddling.map(fromPlain)
    this.names.length = 0
    this.#kinds.clear()
    for (const plain of saved.names) {
      const name = plain as unknown as SpanName
      this.#kinds.set(`${name.depth} ${name.name}`, this.names.length)
      this.names.push(name)
    }
    this.#frontier = saved.frontier
    this.#newest = saved.newest
    this.#open.length = 0
    for (const span of this.#kept())
      if (span.end === Infinity) this.#open[this.names[span.kind]?.depth ?? 0] = span
    for (let i = 0; i < this.#open.length; i++) this.#open[i] ??= undefined
    this.#folded = undefined
    if (saved.folded) {
      this.#folded = new FoldedSpans(this.start, this.limits)
      this.#folded.restore(saved.folded)
    }
  }
}
