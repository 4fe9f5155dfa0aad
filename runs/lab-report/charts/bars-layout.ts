import { numberText, printable } from '../format.ts'
import type { Axis, Chart } from '../lab-report.ts'
import { afterAxis, beforeAxis, categoriesOf, drawnAsDots, totals, type Frame } from './chart-data.ts'
import { textWidth } from './labels.ts'
import { scaleFor, type Scale } from './scale.ts'

const BAR = 13
const STACKED_BAR = 22
export const GAP = 4
const BETWEEN = 14
export const LINE = 14
export const MOST_LABEL = 220
const FOOT = 46
const HEAD = 8
const TICK_ROOM = 64

/** Where everything of bars stands, in pixels: categories down the side. */
export interface BarsLayout {
  readonly chart: Chart
  readonly categories: readonly string[]
  readonly scale: Scale
  readonly frame: Frame
  readonly slot: (category: number, series: number) => number
  readonly dots: boolean
  readonly bar: number
  readonly stacked: boolean
  readonly axis: Axis
  readonly height: number
}

/** @param narrow names stand above their bars */
export function layOutBars(chart: Chart, width: number, narrow: boolean): BarsLayout {
  const categories = categoriesOf(chart)
  const stacked = chart.kind === 'stacked-bars'
  const axis = stacked ? { ...chart.y, scale: 'linear' as const } : chart.y
  const values = stacked ? totals(chart, categories) : extremes(chart)
  const dots = drawnAsDots(chart)
  const room = Math.max(
    0,
    ...chart.series.flatMap(({ points }) => points.map((one) => textWidth(figure(chart, one.y)))),
  )
  const names = categories.map((name) => textWidth(printable(name)))
  const beside = narrow ? 10 : Math.min(Math.max(0, ...names), MOST_LABEL) + 14
  const wanted = Math.max(2, Math.floor((width - beside - room) / TICK_ROOM))
  const scale = scaleFor(values, axis, { zero: !dots, ticks: wanted })
  const left = Math.max(beside, beforeAxis(scale))
  const plot = width - left - Math.max(room + 8, afterAxis(scale))
  const bar = stacked ? STACKED_BAR : BAR
  const slots = (stacked ? 1 : chart.series.length) + (narrow ? 1 : 0)
  const lines = narrow || names.every((name) => name <= MOST_LABEL) ? 1 : 2
  const band = Math.max(slots * (bar + GAP) - GAP, lines * LINE) + BETWEEN
  const frame: Frame = { left, top: HEAD, width: plot, height: band * categories.length }
  const slot = (category: number, index: number): number =>
    frame.top + (category + 0.5) * band + (index + (narrow ? 1 : 0) - (slots - 1) / 2) * (bar + GAP)
  return {
    ...{ chart, categories, scale, frame, slot, dots, bar, stacked, axis },
    height: frame.top + frame.height + FOOT,
  }
}

const extremes = ({ series }: Chart): readonly number[] =>
  series.flatMap(({ points }) => points.flatMap(({ y, interval = [] }) => [y, ...interval]))

export const figure = ({ y }: Chart, value: number): string => numberText(value, y.unit, 'fine')

/** Where a value ends, within the frame. */
export const pixel = ({ scale, frame }: BarsLayout, value: number): number =>
  frame.left +
  frame.width * Math.min(Math.max(scale.share(scale.log ? Math.max(value, scale.min) : value), 0), 1)
