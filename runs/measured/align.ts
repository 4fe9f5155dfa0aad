import { correlation, correlations } from './correlation.ts'
import type { Cumulative } from './cumulative.ts'

/** Where a measurement lies on a run: a moment t of it, in cycles since its first sample, is the run's offset + scale t. */
export interface Place {
  readonly offset: number
  /** Cycles of the run in one of the measurement: above 1 the board's clock is the faster one. */
  readonly scale: number
}

export interface Alignment extends Place {
  /** The clocks were compared; else the scale is taken to be 1. */
  readonly isScaleKnown: boolean
  /** Of both currents, where they lie over each other; 1 the same but for gain and offset. */
  readonly correlation: number
  /** Another place that fits nearly as well, where there is one: what goes on in both repeats. */
  readonly rival: { readonly offset: number; readonly correlation: number } | undefined
}

/** Clocks of boards and probes: an RC oscillator is off by 1.5 % at most (nRF52840 PS, HFINT). */
const MOST_DRIFT = 0.02
const BINS = 2048
/** Of the shorter one, how much has to lie over the other. */
const LEAST_OVERLAP = 0.5
/** Below, the two have nothing in common. */
const LEAST_CORRELATION = 0.3
/** A place as good as that is as good as the best. */
const AS_GOOD = 0.02
/** Places that are looked at closely, and of those the ones that are followed to the end. */
const MOST_PEAKS = 96
const MOST_CANDIDATES = 6
/** Parts of a bin by which a place is moved to look at it closely: what repeats often fits best where its bins happen to. */
const PARTS = 8
const SEGMENTS = 24
const MOST_IN_SEGMENT = 1 << 13
const MOST_FINE_BINS = 1 << 19
/** As far as the alignment before can be off, in bins: what repeats soon after is not to be taken for it. */
const REACH = 3

const lengthOf = ({ from, to }: Cumulative): number => to - from

/** Over each other where they are most alike; undefined where they are nowhere. */
export function alignByShape(estimate: Cumulative, measured: Cumulative): Alignment | undefined {
  const [best, ...others] = candidates(estimate, measured)
    .map((rough) => {
      const { offset, scale } = refined(estimate, measured, rough)
      const alike = correlationAt(estimate, measured, offset, scale)
      return {
        offset,
        scale,
        correlation: alike,
        score: alike * shareOf(estimate, measured, { offset, scale }),
      }
    })
    .sort((one, other) => other.score - one.score)
  if (!best || best.correlation < LEAST_CORRELATION) return undefined
  const { offset, scale, correlation: alike } = best
  const rival = others.find(
    (one) => one.correlation > alike - AS_GOOD && Math.abs(one.offset - offset) > lengthOf(estimate) / BINS,
  )
  return { offset, scale, isScaleKnown: true, correlation: alike, rival }
}

/** What repeats fits in several places: where more of it does is the likelier one. */
const preference = (share: number): number => share ** 0.2

const shareOf = (estimate: Cumulative, measured: Cumulative, at: Place): number => {
  const { from, to } = overlapOf(estimate, measured, at)
  return preference(Math.max(0, to - from) / Math.min(lengthOf(estimate), lengthOf(measured)))
}

/** The best place, to about a bin, and others that fit at the same difference of clocks. */
function candidates(estimate: Cumulative, measured: Cumulative): readonly Rough[] {
  const width = Math.max(lengthOf(estimate), lengthOf(measured)) / BINS
  const shorter = Math.min(lengthOf(estimate), lengthOf(measured))
  const least = Math.max(8, Math.floor((LEAST_OVERLAP * shorter) / width))
  const a = smooth(estimate.bins(estimate.from, width, Math.floor(lengthOf(estimate) / width)))
  let found: readonly (Rough & { readonly score: number })[] = []
  for (const scale of scales(width / shorter)) {
    const count = Math.floor((lengthOf(measured) * scale) / width)
    const b = smooth(measured.bins(measured.from, width / scale, count))
    const peaks = correlations(a, b, least)
      .map(({ shift, overlap, correlation: alike }) => ({
        offset: estimate.from + shift * width - measured.from * scale,
        scale,
        width,
        isAnchored: false,
        score: alike * preference((overlap * width) / shorter),
      }))
      .filter(({ score }, i, all) => score > (all[i - 1]?.score ?? -1) && score >= (all[i + 1]?.score ?? -1))
      .sort((one, other) => other.score - one.score)
    if ((peaks[0]?.score ?? -1) > (found[0]?.score ?? -1)) found = peaks.slice(0, MOST_PEAKS)
  }
  return found
    .map((one) => closer(estimate, measured, one))
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST_CANDIDATES)
}

/** The same place to a part of a bin. */
function closer(
  estimate: Cumulative,
  measured: Cumulative,
  rough: Rough,
): Rough & { readonly score: number } {
  let best = { ...rough, score: -Infinity }
  for (let part = -PARTS; part <= PARTS; part++) {
    const offset = rough.offset + (part / PARTS) * rough.width
    const at = { offset, scale: rough.scale }
    const score = correlationAt(estimate, measured, offset, rough.scale) * shareOf(estimate, measured, at)
    if (score > best.score) best = { ...rough, offset, score }
  }
  return best
}

/** Narrow bursts are found though they lie otherwise in the bins of the other. */
const smooth = (values: Float64Array): Float64Array =>
  values.map((value, i) => ((values[i - 1] ?? value) + 2 * value + (values[i + 1] ?? value)) / 4)

/** From a moment that is known: only the clocks are compared, where the currents are alike enough for that. */
export function alignAt(estimate: Cumulative, measured: Cumulative, offset: number): Alignment {
  const width = Math.max(lengthOf(estimate), lengthOf(measured)) / BINS
  const shorter = Math.min(lengthOf(estimate), lengthOf(measured))
  let best = { offset, scale: 1, correlation: correlationAt(estimate, measured, offset, 1) }
  for (const scale of scales(width / shorter)) {
    const alike = correlationAt(estimate, measured, offset, scale)
    if (alike > best.correlation) best = { offset, scale, correlation: alike }
  }
  const isScaleKnown = best.correlation >= LEAST_CORRELATION
  const { scale } = isScaleKnown
    ? refined(estimate, measured, { ...best, width, isAnchored: true })
    : { scale: 1 }
  return {
    offset,
    scale,
    isScaleKnown,
    correlation: correlationAt(estimate, measured, offset, scale),
    rival: undefined,
  }
}

/** Of either clock; the smallest differences first. */
function scales(step: number): readonly number[] {
  const steps = Math.ceil(MOST_DRIFT / step)
  return Array.from({ length: 2 * steps + 1 }, (_, i) => (i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2)).map(
    (n) => 1 + Math.max(-MOST_DRIFT, Math.min(MOST_DRIFT, n * step)),
  )
}

/** The stretch of the run where both are. */
export function overlapOf(
  estimate: Cumulative,
  measured: Cumulative,
  { offset, scale }: Place,
): { readonly from: number; readonly to: number } {
  return {
    from: Math.max(estimate.from, offset + scale * measured.from),
    to: Math.min(estimate.to, offset + scale * measured.to),
  }
}

/** Both in bins where they lie over each other. */
export function overlaid(
  estimate: Cumulative,
  measured: Cumulative,
  at: Place,
  bins: number,
): { readonly estimate: Float64Array; readonly measured: Float64Array } {
  const { from, to } = overlapOf(estimate, measured, at)
  const width = (to - from) / bins
  return {
    estimate: estimate.bins(from, width, bins),
    measured: measured.bins((from - at.offset) / at.scale, width / at.scale, bins),
  }
}

function correlationAt(estimate: Cumulative, measured: Cumulative, offset: number, scale: number): number {
  const { from, to } = overlapOf(estimate, measured, { offset, scale })
  if (!(from < to)) return 0
  const both = overlaid(estimate, measured, { offset, scale }, BINS)
  return correlation(both.estimate, both.measured)
}

interface Rough {
  readonly offset: number
  readonly scale: number
  readonly width: number
  /** The offset is known. */
  readonly isAnchored: boolean
}

/** Segment by segment, how far the measurement lies beside the estimate; a line through it; and again, finer. */
function refined(
  estimate: Cumulative,
  measured: Cumulative,
  { offset, scale, width, isAnchored }: Rough,
): Place {
  let at = { offset, scale }
  const finest = Math.max(measured.shortestStep * scale, lengthOf(estimate) / MOST_FINE_BINS)
  for (let bin = width; ; bin = Math.max(bin / 4, finest)) {
    const rounds = bin <= finest ? 4 : 2
    for (let round = 0; round < rounds; round++) at = moved(at, lags(estimate, measured, at, bin), isAnchored)
    if (bin <= finest) return at
  }
}

interface Lag {
  /** Middle of the segment, in cycles of the run since the measurement began. */
  readonly time: number
  readonly cycles: number
  readonly weight: number
}

function lags(estimate: Cumulative, measured: Cumulative, at: Place, bin: number): readonly Lag[] {
  const { from, to } = overlapOf(estimate, measured, at)
  const each = (to - from) / SEGMENTS
  // Of a segment only as much as is soon done.
  const bins = Math.min(Math.floor(each / bin), MOST_IN_SEGMENT)
  if (bins < 8 * REACH) return []
  return Array.from({ length: SEGMENTS }, (_, n) => n).flatMap((n): Lag[] => {
    const begin = from + n * each + (each - bins * bin) / 2
    const a = estimate.bins(begin - REACH * bin, bin, bins + 2 * REACH)
    const b = measured.bins((begin - at.offset) / at.scale, bin / at.scale, bins)
    const found = Array.from({ length: 2 * REACH + 1 }, (_, shift) =>
      correlation(a.subarray(shift, shift + bins), b),
    )
    const peak = found.indexOf(Math.max(...found))
    const [before, top, after] = [found[peak - 1], found[peak], found[peak + 1]]
    if (before === undefined || top === undefined || after === undefined) return []
    if (top < LEAST_CORRELATION) return []
    const bend = before - 2 * top + after
    const between = bend < 0 ? (before - after) / (2 * bend) : 0
    const time = begin + (bins * bin) / 2 - at.offset
    return [{ time, cycles: (peak - REACH + between) * bin, weight: top ** 2 }]
  })
}

/** By a line through the lags; what lies far from it the first time is left out the second. */
function moved(at: Place, found: readonly Lag[], isAnchored: boolean): Place {
  let kept = found
  for (let round = 0; ; round++) {
    if (kept.length < 2) return at
    const { constant, slope } = line(kept, isAnchored)
    const errors = kept.map(({ time, cycles }) => Math.abs(cycles - constant - slope * time))
    const usual = [...errors].sort((a, b) => a - b)[kept.length >> 1] ?? 0
    if (round === 2) return { offset: at.offset + constant, scale: at.scale * (1 + slope) }
    kept = kept.filter((_, i) => (errors[i] ?? 0) <= 3 * usual)
  }
}

function line(
  lags: readonly Lag[],
  isAnchored: boolean,
): { readonly constant: number; readonly slope: number } {
  const sum = (of: (lag: Lag) => number): number =>
    lags.reduce((total, lag) => total + lag.weight * of(lag), 0)
  const weight = sum(() => 1)
  const middle = isAnchored ? 0 : sum(({ time }) => time) / weight
  const height = isAnchored ? 0 : sum(({ cycles }) => cycles) / weight
  const spread = sum(({ time }) => (time - middle) ** 2)
  const slope = spread === 0 ? 0 : sum(({ time, cycles }) => (time - middle) * (cycles - height)) / spread
  return { constant: height - slope * middle, slope }
}
