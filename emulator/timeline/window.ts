import type { Cycles } from '../cpu/bus.ts'
import { effectiveEnd } from './span.ts'
import type { Span } from './span.ts'
import type { StepPixel } from './steps.ts'
import { LevelTrack, StateTrack } from './tracks.ts'
import type { SpanTrack, Track } from './tracks.ts'

/** A stretch of the timeline, and in how many columns it is drawn: `cyclesPerPixel` is (to - from) / pixels. */
export interface View {
  readonly from: Cycles
  readonly to: Cycles
  readonly pixels: number
}

interface Drawn {
  readonly kind: 'level' | 'state' | 'spans'
  /** From here on nothing is folded. Before, a pixel shows the buckets around it. */
  readonly foldedBefore: Cycles
}

/** In each pixel; the average never leaves minimum and maximum. */
export interface LevelWindow extends Drawn {
  readonly kind: 'level'
  readonly minimum: Float64Array
  readonly maximum: Float64Array
  readonly average: Float64Array
  readonly last: Float64Array
  /** True changes, where they are no more than pixels and none is folded. */
  readonly changes: { readonly cycles: Float64Array; readonly values: Float64Array } | undefined
}

export interface StateWindow extends Drawn {
  readonly kind: 'state'
  /** Names of the numbers. */
  readonly states: readonly string[]
  /** The state that each pixel is in longest, and what share of it. */
  readonly longest: Int16Array
  readonly share: Float32Array
}

/** Spans and marks of one depth that are too short or too old to be drawn one by one. */
export interface SpanLane {
  readonly depth: number
  /** Number of the name that covers most of each pixel, or of marks comes most often; -1 for none. */
  readonly name: Int16Array
  /** Share of each pixel that is covered. */
  readonly share: Float32Array
  /** That ended in the pixel, in what is folded in the buckets around it. */
  readonly count: Float64Array
}

export interface SpanWindow extends Drawn {
  readonly kind: 'spans'
  /** Names of the numbers, with their depths. */
  readonly names: SpanTrack['spans']['names']
  /** Those of at least a pixel, and all where they are no more than pixels. */
  readonly spans: readonly Span[]
  readonly lanes: readonly SpanLane[]
}

export type Window = LevelWindow | StateWindow | SpanWindow

/**
 * What to draw of a track: work and size go with the pixels, and with what is kept one by one in the stretch, which is
 * bounded. @throws RangeError for a stretch that is empty or of no pixels
 */
export const windowOf = (track: Track, view: View): Window => {
  if (!(view.from < view.to) || view.from < 0 || !(view.pixels >= 1))
    throw new RangeError(`nothing to draw: cycles ${view.from} to ${view.to} in ${view.pixels} pixels`)
  if (track instanceof LevelTrack) return levelWindow(track, view)
  if (track instanceof StateTrack) return stateWindow(track, view)
  return spanWindow(track, view)
}

/** Where pixel `i` begins; each is at least a cycle wide. */
const edge = ({ from, to, pixels }: View, i: number): Cycles => from + Math.floor(((to - from) * i) / pixels)

const eachPixel = (view: View, draw: (i: number, from: Cycles, to: Cycles) => void): void => {
  for (let i = 0; i < view.pixels; i++) {
    const from = edge(view, i)
    draw(i, from, Math.max(edge(view, i + 1), from + 1))
  }
}

const levelWindow = ({ steps }: LevelTrack, view: View): LevelWindow => {
  const [minimum, maximum, average, last] = [0, 1, 2, 3].map(() => new Float64Array(view.pixels))
  const pixel: StepPixel = { minimum: 0, maximum: 0, average: 0, last: 0 }
  eachPixel(view, (i, from, to) => {
    steps.pixel(from, to, pixel)
    if (minimum) minimum[i] = pixel.minimum
    if (maximum) maximum[i] = pixel.maximum
    if (average) average[i] = pixel.average
    if (last) last[i] = pixel.last
  })
  const none = new Float64Array()
  const changes = view.from >= steps.frontier ? steps.changesIn(view.from, view.to) : undefined
  return {
    kind: 'level',
    foldedBefore: steps.frontier,
    minimum: minimum ?? none,
    maximum: maximum ?? none,
    average: average ?? none,
    last: last ?? none,
    changes: changes && changes.cycles.length <= view.pixels ? changes : undefined,
  }
}

const stateWindow = ({ steps, states }: StateTrack, view: View): StateWindow => {
  const longest = new Int16Array(view.pixels)
  const share = new Float32Array(view.pixels)
  const spent = new Float64Array(states.length)
  eachPixel(view, (i, from, to) => {
    spent.fill(0)
    steps.keysIn(from, to, (key, cycles) => (spent[key] = (spent[key] ?? 0) + cycles))
    let [most, all] = [0, 0]
    spent.forEach((cycles, state) => {
      all += cycles
      if (cycles > (spent[most] ?? 0)) most = state
    })
    longest[i] = most
    share[i] = (spent[most] ?? 0) / all
  })
  return { kind: 'state', foldedBefore: steps.frontier, states, longest, share }
}

/** One depth, while it is drawn: of each pixel the name that covers most, or of marks comes most often. */
class Lane {
  readonly name: Int16Array
  readonly share: Float32Array
  readonly count: Float64Array
  readonly #most: Float64Array

  constructor(
    readonly depth: number,
    pixels: number,
  ) {
    this.name = new Int16Array(pixels).fill(-1)
    this.share = new Float32Array(pixels)
    this.count = new Float64Array(pixels)
    this.#most = new Float64Array(pixels)
  }

  add(pixel: number, name: number, share: number, count: number): void {
    const weight = share > 0 ? 1 + share : count / (count + 1)
    this.share[pixel] = Math.min((this.share[pixel] ?? 0) + share, 1)
    this.count[pixel] = (this.count[pixel] ?? 0) + count
    if (weight <= (this.#most[pixel] ?? 0)) return
    this.#most[pixel] = weight
    this.name[pixel] = name
  }
}

const spanWindow = ({ spans }: SpanTrack, view: View): SpanWindow => {
  const { from, to, pixels } = view
  const width = (to - from) / pixels
  const lanes = new Map<number, Lane>()
  const lane = (name: number): Lane => {
    const depth = spans.names[name]?.depth ?? 0
    let found = lanes.get(depth)
    if (!found) lanes.set(depth, (found = new Lane(depth, pixels)))
    return found
  }
  const { frontier } = spans
  if (from < frontier)
    eachPixel(view, (i, begin, end) => {
      if (begin >= frontier) return
      spans.foldedIn(begin, end, (name, covered, count, cycles) =>
        lane(name).add(i, name, covered / cycles, count),
      )
    })
  const kept = [...spans.spansIn(from, to)]
  const [drawn, short] = [[] as Span[], [] as Span[]]
  for (const span of kept)
    if (kept.length <= pixels || span.end - span.begin >= width) drawn.push(span)
    else short.push(span)
  for (const span of short) {
    const at = Math.max(Math.floor((Math.max(span.begin, from) - from) / width), 0)
    const covered = Math.min(span.end, to) - Math.max(span.begin, from)
    if (effectiveEnd(span) > frontier)
      lane(span.kind).add(Math.min(at, pixels - 1), span.kind, covered / width, 1)
  }
  return {
    kind: 'spans',
    foldedBefore: frontier,
    names: spans.names,
    spans: drawn,
    lanes: [...lanes.values()].sort((a, b) => a.depth - b.depth),
  }
}
