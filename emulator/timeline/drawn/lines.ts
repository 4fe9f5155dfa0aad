import type { Cycles } from '../../cpu/bus.ts'
import { SpanSums } from '../span-sums.ts'
import type { SpanTrack } from '../tracks.ts'
import type { Source } from './source.ts'
import { eachColumn } from './pieces.ts'

/** Samples of a sensor's channel, in its unit. */
export interface LineDrawing {
  readonly name: string
  readonly begins: Float64Array
  readonly ends: Float64Array
  readonly minimum: Float64Array
  readonly average: Float64Array
  readonly maximum: Float64Array
}

export interface LinesDrawing {
  readonly kind: 'lines'
  readonly lines: readonly LineDrawing[]
}

/** Each sample holds until the next of its channel, or to the end of the stretch. */
export function linesDrawing(sources: readonly Source<SpanTrack>[], column: Cycles): LinesDrawing {
  const lines = new Map<string, Line>()
  for (const { track, from, to } of sources) {
    const { spans } = track
    const ours = spans.names.map(({ name, data }) => {
      const { channel = name, sensitivity = 1 } = (data ?? {}) as { channel?: string; sensitivity?: number }
      let line = lines.get(channel)
      if (!line) lines.set(channel, (line = new Line(channel)))
      return { line, sensitivity }
    })
    const border = Math.max(from, Math.min(to, spans.frontier))
    if (from < border)
      eachColumn(from, border, Math.max(column, spans.foldedWidth), border, (begin, end) => {
        const sums = new SpanSums()
        spans.totals(spans.exactTo(begin), spans.exactFrom(end), sums)
        for (const [kind, { values, valueSum, least, most }] of sums.byKind) {
          const known = ours[kind]
          if (!known || values === 0) continue
          const { line, sensitivity } = known
          line.add(begin, least * sensitivity, (valueSum / values) * sensitivity, most * sensitivity)
        }
      })
    // What was sampled before the stretch still holds in it.
    const before = new Map<Line, number>()
    for (const { begin, kind, value } of spans.spansIn(0, to)) {
      const known = ours[kind]
      if (!known || value === undefined) continue
      if (begin < border) before.set(known.line, value * known.sensitivity)
      else {
        open(before, border, from)
        known.line.sample(begin, value * known.sensitivity, column)
      }
    }
    open(before, border, from)
  }
  const end = sources.at(-1)?.to ?? 0
  return { kind: 'lines', lines: [...lines.values()].map((line) => line.made(end)) }
}

/** Where nothing is folded in front of it. */
const open = (before: Map<Line, number>, border: Cycles, from: Cycles): void => {
  if (border === from) for (const [line, value] of before) line.sample(from, value, 1)
  before.clear()
}

class Line {
  readonly #begins: Cycles[] = []
  readonly #minimum: number[] = []
  readonly #average: number[] = []
  readonly #maximum: number[] = []
  /** Samples in the last piece, which has room for more until it ends; 0 for a piece that is what it is. */
  #count = 0

  constructor(private readonly name: string) {}

  add(begin: Cycles, minimum: number, average: number, maximum: number): void {
    this.#count = 0
    this.#begins.push(begin)
    this.#minimum.push(minimum)
    this.#average.push(average)
    this.#maximum.push(maximum)
  }

  /** Those of one column are one piece. */
  sample(cycle: Cycles, value: number, column: Cycles): void {
    const last = this.#begins.length - 1
    const begin = this.#begins[last] ?? 0
    if (this.#count === 0 || Math.floor(begin / column) !== Math.floor(cycle / column)) {
      this.add(cycle, value, value, value)
      this.#count = 1
      return
    }
    this.#count += 1
    this.#minimum[last] = Math.min(this.#minimum[last] ?? value, value)
    this.#maximum[last] = Math.max(this.#maximum[last] ?? value, value)
    this.#average[last] = (this.#average[last] ?? 0) + (value - (this.#average[last] ?? 0)) / this.#count
  }

  made(end: Cycles): LineDrawing {
    const begins = Float64Array.from(this.#begins)
    return {
      name: this.name,
      begins,
      ends: begins.map((_, i) => begins[i + 1] ?? Math.max(end, begins[i] ?? 0)),
      minimum: Float64Array.from(this.#minimum),
      average: Float64Array.from(this.#average),
      maximum: Float64Array.from(this.#maximum),
    }
  }
}
