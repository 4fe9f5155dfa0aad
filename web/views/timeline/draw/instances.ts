import { paintOf } from '../model/lanes.ts'
import type { Drawing } from '../../../../emulator/timeline/drawn/drawn.ts'

/** Of a quad: begin, end, lower and upper value, style. */
export const FLOATS = 5

/** How a quad is made of its values. */
export const Shape = {
  /** At least a pixel wide and high. */
  box: 0,
  /** A line along time: at its value, of a line's width. */
  level: 1,
  /** A line up and down, where it begins. */
  riser: 2,
  /** Where something truly changes. */
  dot: 3,
  /** A box that leaves a pixel to the next. */
  parted: 4,
} as const

type ShapeNumber = (typeof Shape)[keyof typeof Shape]

/** Colours by number: eight kinds, then these. */
export const Paint = { soft: 8, ground: 9, line: 10, accent: 11, sunken: 12 } as const
export const KINDS = 8

const styleOf = (shape: ShapeNumber, paint: number, alpha: number): number =>
  shape * 65_536 + paint * 256 + alpha

/**
 * Some quads of one row, by begin, for whoever draws them: time counts from `origin`, so that it has digits enough. All
 * of them are between two cycles, counted from there too.
 */
export interface Batch {
  readonly origin: number
  readonly from: number
  readonly to: number
  readonly quads: Float32Array<ArrayBuffer>
  readonly count: number
}

/** What is not in view is left out by so many. */
const QUADS_OF_BATCH = 1024

class Quads {
  #values: Float32Array<ArrayBuffer>
  #count = 0

  constructor(
    private readonly origin: number,
    room: number,
  ) {
    this.#values = new Float32Array(Math.max(room, 16) * FLOATS)
  }

  add(begin: number, end: number, low: number, high: number, style: number): void {
    let at = this.#count * FLOATS
    if (at === this.#values.length) {
      const larger = new Float32Array(2 * at)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[at++] = begin - this.origin
    this.#values[at++] = end - this.origin
    this.#values[at++] = low
    this.#values[at++] = high
    this.#values[at] = style
    this.#count += 1
  }

  made(): readonly Batch[] {
    const batches: Batch[] = []
    for (let first = 0; first < this.#count; first += QUADS_OF_BATCH) {
      const count = Math.min(QUADS_OF_BATCH, this.#count - first)
      const quads = this.#values.slice(first * FLOATS, (first + count) * FLOATS)
      let [from, to] = [Infinity, -Infinity]
      for (let at = 0; at < quads.length; at += FLOATS) {
        from = Math.min(from, quads[at] ?? 0)
        to = Math.max(to, quads[at + 1] ?? 0)
      }
      batches.push({ origin: this.origin, from, to, quads, count })
    }
    return batches
  }
}

export interface Look {
  /** Of a state that is busy, up to 255. */
  readonly alpha?: number
  /** Of a level, or of a state where it has one that is busy. */
  readonly paint: number
  /** Of the names of spans and of states. */
  readonly paintOf: (name: string) => number
  /** Filled down to nothing. */
  readonly isFilled: boolean
}

/** All that the row of a drawing shows, as quads. */
export function batchOf(drawing: Drawing, origin: number, look: Look): readonly Batch[] {
  if (drawing.kind === 'level') {
    const quads = new Quads(origin, drawing.begins.length * 4)
    addLevel(quads, drawing, look.paint, look.isFilled)
    return quads.made()
  }
  if (drawing.kind === 'lines') return linesBatch(drawing.lines, origin)
  return drawing.kind === 'state' ? stateBatch(drawing, origin, look) : spanBatch(drawing, origin, look)
}

/** Lines that are drawn to one axis. */
export function linesBatch(lines: readonly Levels[], origin: number): readonly Batch[] {
  const quads = new Quads(
    origin,
    lines.reduce((sum, { begins }) => sum + 4 * begins.length, 0),
  )
  lines.forEach((line, i) => addLevel(quads, line, paintOf(i), false))
  return quads.made()
}

interface Levels {
  readonly begins: Float64Array
  readonly ends: Float64Array
  readonly minimum: Float64Array
  readonly average: Float64Array
  readonly maximum: Float64Array
}

function addLevel(quads: Quads, drawn: Levels, paint: number, isFilled: boolean): void {
  const { begins, ends, minimum, average, maximum } = drawn
  const [fill, envelope] = [styleOf(Shape.box, paint, 34), styleOf(Shape.box, paint, 84)]
  const [level, riser, dot] = [
    styleOf(Shape.level, paint, 255),
    styleOf(Shape.riser, paint, 255),
    styleOf(Shape.dot, paint, 255),
  ]
  let [before, wasWhole] = [NaN, false]
  for (let i = 0; i < begins.length; i++) {
    const [begin = 0, end = 0] = [begins[i], ends[i]]
    const [least = 0, mean = 0, most = 0] = [minimum[i], average[i], maximum[i]]
    const isWhole = least === most
    if (isFilled) quads.add(begin, end, Math.min(mean, 0), Math.max(mean, 0), fill)
    if (!isWhole) quads.add(begin, end, least, most, envelope)
    quads.add(begin, end, mean, mean, level)
    if (!Number.isNaN(before) && before !== mean) {
      quads.add(begin, begin, Math.min(before, mean), Math.max(before, mean), riser)
      if (isWhole && wasWhole) quads.add(begin, begin, mean, mean, dot)
    }
    before = mean
    wasWhole = isWhole
  }
}

function stateBatch(
  drawing: Extract<Drawing, { kind: 'state' }>,
  origin: number,
  { paint, paintOf, alpha = 225 }: Look,
): readonly Batch[] {
  const { begins, ends, states, state, busy, whole } = drawing
  const quads = new Quads(origin, begins.length)
  const paints = states.map((name) => (paint >= 0 ? paint : paintOf(name)))
  const idle = styleOf(Shape.box, Paint.soft, 90)
  for (let i = 0; i < begins.length; i++) {
    const [begin = 0, end = 0, share = 0] = [begins[i], ends[i], busy[i]]
    if (share < 1) quads.add(begin, end, 0.44, 0.56, idle)
    if (share > 0)
      quads.add(
        begin,
        end,
        0,
        whole[i] === 1 ? 1 : Math.max(share, 0.12),
        styleOf(Shape.box, paints[state[i] ?? 0] ?? 0, alpha),
      )
  }
  return quads.made()
}

function spanBatch(
  drawing: Extract<Drawing, { kind: 'spans' | 'marks' }>,
  origin: number,
  { paintOf }: Look,
): readonly Batch[] {
  const { kind, begins, ends, name, depth, depths, names, folded } = drawing
  const quads = new Quads(origin, begins.length + folded.begins.length)
  const paints = names.map(paintOf)
  const lane = (at: number): readonly [low: number, high: number] => [
    1 - (at + 1) / depths + 0.04 / depths,
    1 - at / depths - 0.04 / depths,
  ]
  const most = Math.log2(2 + folded.count.reduce((a, b) => Math.max(a, b), 0))
  for (let i = 0; i < folded.begins.length; i++) {
    const [low, high] = lane(folded.depth[i] ?? 0)
    const [share = 0, count = 0] = [folded.share[i], folded.count[i]]
    const paint = paints[folded.name[i] ?? 0] ?? 0
    const alpha = share > 0 ? Math.round(70 + 150 * Math.min(share, 1)) : 150
    const height = share > 0 ? 1 : 0.25 + (0.75 * Math.log2(1 + count)) / most
    quads.add(
      folded.begins[i] ?? 0,
      folded.ends[i] ?? 0,
      low,
      low + (high - low) * height,
      styleOf(Shape.box, paint, alpha),
    )
  }
  for (let i = 0; i < begins.length; i++) {
    const [low, high] = lane(depth[i] ?? 0)
    const shape = kind === 'spans' || (ends[i] ?? 0) > (begins[i] ?? 0) ? Shape.parted : Shape.box
    quads.add(begins[i] ?? 0, ends[i] ?? 0, low, high, styleOf(shape, paints[name[i] ?? 0] ?? 0, 235))
  }
  return quads.made()
}
