import type { Axis } from '../lab-report.ts'

/** One axis in pixels: its ends, its ticks, and where a value lies. */
export interface Scale {
  readonly min: number
  readonly max: number
  readonly log: boolean
  readonly ticks: readonly number[]
  /** 0 at min, 1 at max. */
  share(value: number): number
  /** The value at a share. */
  at(share: number): number
}

export interface ScaleOptions {
  /** Bars begin at zero. */
  readonly zero: boolean
  /** Ticks that there is room for. */
  readonly ticks: number
}

const LEAST_SPAN = 1e-9
/** On an axis of less than a decade ticks may stand closer. */
const FEW_TICKS = 3

/** Round ends and ticks around the values; on a logarithmic axis only positive ones count. */
export function scaleFor(values: readonly number[], axis: Axis, options: ScaleOptions): Scale {
  const finite = values.filter((value) => Number.isFinite(value))
  if (axis.scale === 'log') {
    const positive = finite.filter((value) => value > 0)
    return positive.length === 0 ? logarithmic([1, 10], options.ticks) : logarithmic(positive, options.ticks)
  }
  return linear(options.zero ? [...finite, 0] : finite, axis, options.ticks)
}

function linear(values: readonly number[], { unit }: Axis, wanted: number): Scale {
  const nothing = values.every((value) => value === 0)
  const [low, high] = nothing ? [0, 1] : [Math.min(...values), Math.max(...values)]
  const span = high - low > LEAST_SPAN ? high - low : Math.abs(high) || 1
  const step = niceStep(span / Math.max(wanted, 1))
  const from = Math.floor(low / step + LEAST_SPAN)
  const ends = Math.ceil(high / step - LEAST_SPAN)
  const until = ends === from ? from + 1 : ends
  const most = unit === '%' && high <= 100 ? Math.min(until * step, 100) : until * step
  const ticks = Array.from({ length: until - from + 1 }, (_, index) => clean((from + index) * step))
  const min = clean(from * step)
  return {
    min,
    max: most,
    log: false,
    ticks: ticks.filter((tick) => tick <= most),
    share: (value) => (value - min) / (most - min),
    at: (share) => min + share * (most - min),
  }
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const times = [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - LEAST_SPAN)) ?? 10
  return clean(times * power)
}

const clean = (value: number): number => Number(value.toPrecision(12))

function logarithmic(values: readonly number[], wanted: number): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const marks = (factors: readonly number[]): readonly number[] => {
    const decades = []
    for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; power++)
      decades.push(...factors.map((factor) => clean(factor * 10 ** power)))
    return decades
  }
  const fine = marks([1, 2, 5])
  const ends = marks([1, 1.5, 2, 3, 4, 5, 6, 8])
  const min = ends.findLast((mark) => mark <= low) ?? low
  const max = ends.find((mark) => mark >= high && mark > min) ?? high
  const inside = (all: readonly number[]): readonly number[] =>
    all.filter((mark) => mark >= min && mark <= max)
  const candidates = [fine, marks([1, 3]), marks([1])].map(inside)
  const enough = candidates.find(({ length }) => length <= wanted) ?? candidates.at(-1) ?? []
  const few = enough.length < FEW_TICKS && inside(ends).length <= wanted
  const ticks = few ? inside(ends) : enough
  const span = Math.log(max) - Math.log(min)
  return {
    min,
    max,
    log: true,
    ticks: ticks.length >= 2 ? ticks : [min, max],
    share: (value) => (Math.log(value) - Math.log(min)) / span,
    at: (share) => min * Math.exp(share * span),
  }
}
