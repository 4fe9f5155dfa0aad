import type { MeasuredCurrent } from '../import/measured-current.ts'
import { BOARD_CURRENT } from '../export/timeline-view.ts'
import type { LevelTrack, SpanPiece, TimelineView } from '../export/timeline-view.ts'
import type { RunReport } from '../report/run-report.ts'
import { UserError } from '../errors.ts'
import { overlaid, overlapOf, type Alignment } from './align.ts'
import { Cumulative } from './cumulative.ts'
import { regression } from './correlation.ts'
import { estimateInterval } from './estimate-interval.ts'

/** One stretch, or all passes of one phase, measured and estimated: averages in microamperes. */
export interface ComparedStretch {
  readonly what: string
  readonly passes: number
  readonly cycles: number
  readonly measured: number
  readonly estimated: number
  readonly low: number
  readonly high: number
  readonly isInside: boolean
}

export interface MeasuredComparison {
  readonly from: number
  readonly to: number
  readonly stretches: readonly ComparedStretch[]
  /** Measured is gain times estimated plus offset, as well as a line can say it; undefined where one is flat. */
  readonly line:
    | { readonly gain: number; readonly offsetMicroamps: number; readonly residualMicroamps: number }
    | undefined
}

/** Of both alike in the stretch of the view where both are. */
export const boardOf = (view: TimelineView): Cumulative => {
  const board = view.tracks.find(({ info }) => info.id === BOARD_CURRENT)
  if (board?.kind !== 'level') throw new UserError('the run has no current of the board: record it again.')
  return Cumulative.of(board.pieces(view.from, view.to))
}

const sums = new WeakMap<MeasuredCurrent, Cumulative>()

/** Made once: it goes through all samples. */
export function measuredOf(measured: MeasuredCurrent): Cumulative {
  let known = sums.get(measured)
  if (!known) {
    const { current, from, to } = measured
    sums.set(measured, (known = Cumulative.of(current.pieces(from, to))))
  }
  return known
}

const MOST_BINS = 2048
const SAMPLES_IN_BIN = 64
const PICO = 1e6

/** @throws UserError where the two do not lie over each other */
export function compareMeasured(
  view: TimelineView,
  report: RunReport,
  measured: Cumulative,
  samples: number,
  at: Alignment,
): MeasuredComparison {
  const estimate = boardOf(view)
  const { from, to } = overlapOf(estimate, measured, at)
  if (!(to - from >= 1)) throw new UserError('the measurement does not lie over that stretch of the run.')
  const interval = estimateInterval(view, report.power.coefficients)
  const stretch = (what: string, spans: readonly (readonly [number, number])[]): ComparedStretch => {
    const cycles = spans.reduce((sum, [begin, end]) => sum + end - begin, 0)
    const over = (average: (begin: number, end: number) => number): number =>
      spans.reduce((sum, [begin, end]) => sum + average(begin, end) * (end - begin), 0) / cycles / PICO
    const found = over((begin, end) =>
      measured.average((begin - at.offset) / at.scale, (end - at.offset) / at.scale),
    )
    const [low, high] = [over(interval.low), over(interval.high)]
    return {
      what,
      passes: spans.length,
      cycles,
      measured: found,
      estimated: over((begin, end) => estimate.average(begin, end)),
      low,
      high,
      isInside: found >= low && found <= high,
    }
  }
  const phases = [...passesIn(view, from, to)].map(([name, spans]) => stretch(name, spans))
  const bins = Math.max(8, Math.min(MOST_BINS, Math.floor(samples / SAMPLES_IN_BIN)))
  const both = overlaid(estimate, measured, at, bins)
  const { slope, intercept, residual } = regression(both.estimate, both.measured)
  return {
    from,
    to,
    stretches: [stretch('all of it', [[from, to]]), ...phases],
    line: Number.isFinite(slope)
      ? { gain: slope, offsetMicroamps: intercept / PICO, residualMicroamps: residual / PICO }
      : undefined,
  }
}

/** Passes that lie in the stretch, whole. */
function passesIn(
  { tracks }: TimelineView,
  from: number,
  to: number,
): ReadonlyMap<string, readonly (readonly [number, number])[]> {
  const passes = new Map<string, [number, number][]>()
  const phases = tracks.find(({ info }) => info.id === 'phases')
  if (phases?.kind !== 'spans') return passes
  const isWhole = (piece: {
    readonly kind: string
    readonly begin: number
    readonly end: number
  }): piece is SpanPiece =>
    piece.kind === 'span' && piece.begin >= from && piece.end <= to && piece.end > piece.begin
  for (const piece of phases.pieces(from, to)) {
    if (!isWhole(piece)) continue
    const known = passes.get(piece.name)
    if (known) known.push([piece.begin, piece.end])
    else passes.set(piece.name, [[piece.begin, piece.end]])
  }
  return passes
}

/** The measured level at its place on the run, to be drawn over the estimated one. */
export function onRun({ current }: MeasuredCurrent, { offset, scale }: Alignment): LevelTrack {
  const onRunAt = (cycle: number): number => Math.round(offset + scale * cycle)
  return {
    kind: 'level',
    info: current.info,
    *pieces(from, to) {
      const begin = Math.max(0, Math.floor((from - offset) / scale))
      const end = Math.max(0, Math.ceil((to - offset) / scale))
      let last = from
      for (const piece of current.pieces(begin, end)) {
        const [first, until] = [Math.max(last, onRunAt(piece.begin)), Math.min(to, onRunAt(piece.end))]
        if (first >= until) continue
        yield { ...piece, begin: first, end: until }
        last = until
      }
    },
  }
}
