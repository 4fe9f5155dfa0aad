import type { Cycles } from '../../cpu/bus.ts'
import { effectiveEnd } from '../span.ts'
import type { Span } from '../span.ts'
import { spanText } from '../span-text.ts'
import { FURTHER } from '../track.ts'
import type { SpanTrack } from '../tracks.ts'
import type { Source } from './source.ts'
import { eachColumn } from './pieces.ts'

/** Spans one by one up to so many, and their texts up to fewer. */
const MOST_SPANS = 6000
const MOST_TEXTS = 1500

export interface SpansDrawing {
  readonly kind: 'spans' | 'marks'
  readonly names: readonly string[]
  /** One more than the deepest. */
  readonly depths: number
  /** Those that are drawn one by one, by begin. One that is open ends with the stretch; a mark ends where it begins. */
  readonly begins: Float64Array
  readonly ends: Float64Array
  readonly name: Int32Array
  readonly depth: Uint8Array
  /** Of a mark, or what its span carries beside its duration; NaN for none. */
  readonly value: Float64Array
  /** What each says; empty where there are too many to say it of each. */
  readonly texts: readonly string[]
  /** Pieces in which several are known only together. */
  readonly folded: FoldedPieces
}

export interface FoldedPieces {
  readonly begins: Float64Array
  readonly ends: Float64Array
  /** The name that covers most of it, or of marks comes most often. */
  readonly name: Int32Array
  readonly depth: Uint8Array
  /** Share that is covered. */
  readonly share: Float32Array
  /** That ended in it. */
  readonly count: Float64Array
}

export function spansDrawing(sources: readonly Source<SpanTrack>[], column: number): SpansDrawing {
  const drawn = new Drawn()
  for (const source of sources) drawn.add(source, column)
  return drawn.made(sources[0]?.track.info.kind ?? 'spans')
}

class Drawn {
  readonly #names: string[] = []
  readonly #numbers = new Map<string, number>()
  #depths = 1
  readonly #spans: { readonly span: Span; readonly end: Cycles; readonly track: SpanTrack }[] = []
  readonly #folded = new Folded()

  add({ track, from, to }: Source<SpanTrack>, column: number): void {
    const { spans } = track
    for (const { depth, name } of spans.names) {
      this.#number(name)
      this.#depths = Math.max(this.#depths, depth + 1)
    }
    const number = (kind: number): number => this.#number(spans.names[kind]?.name ?? '')
    if (from < spans.frontier)
      eachColumn(
        from,
        Math.min(to, spans.frontier),
        Math.max(column, spans.foldedWidth),
        Math.min(to, spans.frontier),
        (begin, end) => {
          const depths = new Depths()
          spans.foldedIn(begin, end, (kind, covered, count, cycles) =>
            depths.add(spans.names[kind]?.depth ?? 0, kind, covered / cycles, count),
          )
          depths.each((depth, kind, share, count) =>
            this.#folded.push(begin, end, number(kind), depth, share, count),
          )
        },
      )
    const kept: Span[] = []
    for (const span of spans.spansIn(from, to)) if (effectiveEnd(span) > spans.frontier) kept.push(span)
    if (kept.length <= MOST_SPANS) this.#push(track, kept, to)
    else {
      this.#push(
        track,
        kept.filter(({ begin, end }) => end - begin >= column),
        to,
      )
      this.#foldShort(track, kept, from, to, column)
    }
  }

  #push(track: SpanTrack, spans: readonly Span[], to: Cycles): void {
    for (const span of spans)
      this.#spans.push({ span, track, end: span.end === Infinity ? Math.max(to, span.begin) : span.end })
  }

  /** Those shorter than a column, by the column that they begin in. */
  #foldShort(
    { spans: { names } }: SpanTrack,
    spans: readonly Span[],
    from: Cycles,
    to: Cycles,
    column: Cycles,
  ): void {
    let [begin, end] = [0, 0]
    let depths = new Depths()
    const close = (): void => {
      depths.each((depth, kind, share, count) =>
        this.#folded.push(begin, end, this.#number(names[kind]?.name ?? ''), depth, share, count),
      )
      depths = new Depths()
    }
    for (const span of spans) {
      if (span.end - span.begin >= column) continue
      const at = Math.max(span.begin, from)
      if (at >= end) {
        close()
        begin = Math.max(Math.floor(at / column) * column, from)
        end = Math.min((Math.floor(at / column) + 1) * column, to)
      }
      const covered = Math.min(span.end, end) - at
      depths.add(names[span.kind]?.depth ?? 0, span.kind, Math.max(covered, 0) / (end - begin), 1)
    }
    close()
  }

  #number(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  made(kind: 'spans' | 'marks'): SpansDrawing {
    const spans = this.#spans.sort((a, b) => a.span.begin - b.span.begin)
    const names = ({ span, track }: (typeof spans)[number]): number => {
      const name = track.spans.names[span.countsAs]?.name ?? ''
      return this.#number(name === FURTHER && span.text !== undefined ? span.text : name)
    }
    const name = Int32Array.from(spans, names)
    return {
      kind,
      names: this.#names,
      depths: this.#depths,
      begins: Float64Array.from(spans, ({ span }) => span.begin),
      ends: Float64Array.from(spans, ({ end }) => end),
      name,
      depth: Uint8Array.from(spans, ({ span, track }) => track.spans.names[span.kind]?.depth ?? 0),
      value: Float64Array.from(spans, ({ span }) => span.value ?? NaN),
      texts: spans.length <= MOST_TEXTS ? spans.map(({ span, track }) => spanText(track, span)) : [],
      folded: this.#folded.made(),
    }
  }
}

/** What one piece has at each depth. */
class Depths {
  readonly #at: { kind: number; most: number; share: number; count: number }[] = []

  add(depth: number, kind: number, share: number, count: number): void {
    const weight = share > 0 ? 1 + share : count / (count + 1)
    const known = this.#at[depth]
    if (!known) {
      this.#at[depth] = { kind, most: weight, share: Math.min(share, 1), count }
      return
    }
    known.share = Math.min(known.share + share, 1)
    known.count += count
    if (weight <= known.most) return
    known.most = weight
    known.kind = kind
  }

  each(callback: (depth: number, kind: number, share: number, count: number) => void): void {
    this.#at.forEach(({ kind, share, count }, depth) => callback(depth, kind, share, count))
  }
}

class Folded {
  readonly #begins: number[] = []
  readonly #ends: number[] = []
  readonly #name: number[] = []
  readonly #depth: number[] = []
  readonly #share: number[] = []
  readonly #count: number[] = []

  push(begin: Cycles, end: Cycles, name: number, depth: number, share: number, count: number): void {
    this.#begins.push(begin)
    this.#ends.push(end)
    this.#name.push(name)
    this.#depth.push(depth)
    this.#share.push(share)
    this.#count.push(count)
  }

  made(): FoldedPieces {
    return {
      begins: Float64Array.from(this.#begins),
      ends: Float64Array.from(this.#ends),
      name: Int32Array.from(this.#name),
      depth: Uint8Array.from(this.#depth),
      share: Float32Array.from(this.#share),
      count: Float64Array.from(this.#count),
    }
  }
}
