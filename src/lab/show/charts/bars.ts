import { numberText, printable } from '../../format.ts'
import type { Chart, ChartPoint } from '../../lab-report.ts'
import { cutMiddle, inLines, textWidth } from './labels.ts'
import { scaleFor, type Scale } from './scale.ts'
import {
  afterAxis,
  beforeAxis,
  colour,
  FONT_SIZE,
  numberAxis,
  seriesStyle,
  textShape,
  whisker,
  type Frame,
  fixedGrid,
} from './theme.ts'

/** An echarts option. */
export type Plot = Readonly<Record<string, unknown>>

export interface Drawing {
  readonly option: Plot
  readonly height: number
}

const BAR = 13
const STACKED_BAR = 22
const GAP = 4
const BETWEEN = 14
const LINE = 14
const MOST_LABEL = 220
const FOOT = 46
const HEAD = 8
const TICK_ROOM = 64
/** Bars from zero show nothing where all are nearly as long. */
const ALIKE = 0.5

/** Categories down the side, so that names of any length fit; bars where lengths can be compared, dots elsewhere. */
export function drawBars(chart: Chart, width: number, narrow: boolean): Drawing {
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
  const common = { chart, categories, scale, frame, slot, dots, bar }
  return {
    height: frame.top + frame.height + FOOT,
    option: {
      grid: fixedGrid(frame),
      xAxis: numberAxis(axis, scale, { gap: 28, room: plot }),
      yAxis: {
        type: 'category',
        inverse: true,
        data: categories.map((name) => inLines(printable(name), MOST_LABEL, 2).join('\n')),
        axisTick: { show: false },
        axisLine: { show: !dots, lineStyle: { color: colour.muted } },
        splitLine: { show: false },
        axisLabel: {
          show: !narrow,
          interval: 0,
          color: colour.text,
          fontSize: FONT_SIZE,
          lineHeight: LINE - 1,
        },
      },
      series: [
        ...(narrow && !dots ? [emptySlot(bar)] : []),
        ...chart.series.map((series, index) => seriesOption(common, series, index, stacked)),
      ],
      graphic: [
        ...(narrow
          ? categories.map((name, index) =>
              textShape(left, slot(index, -1), cutMiddle(printable(name), width - left - 8)),
            )
          : []),
        ...(stacked
          ? totalShapes(common)
          : chart.series.flatMap((series, index) => figures(common, series.points, index))),
      ],
    },
  }
}

interface Common {
  readonly chart: Chart
  readonly categories: readonly string[]
  readonly scale: Scale
  readonly frame: Frame
  readonly slot: (category: number, series: number) => number
  readonly dots: boolean
  readonly bar: number
}

export const categoriesOf = ({ series }: Chart): readonly string[] => [
  ...new Set(series.flatMap(({ points }) => points.map(({ x }) => String(x)))),
]

const extremes = ({ series }: Chart): readonly number[] =>
  series.flatMap(({ points }) => points.flatMap(({ y, interval = [] }) => [y, ...interval]))

const totals = ({ series }: Chart, categories: readonly string[]): readonly number[] =>
  categories.map((category) =>
    series.reduce((sum, { points }) => sum + (points.find(({ x }) => String(x) === category)?.y ?? 0), 0),
  )

/** Where a length from zero would say nothing, or cannot be drawn. */
export function drawnAsDots({ kind, y, series }: Chart): boolean {
  if (kind === 'stacked-bars') return false
  if (kind === 'points' || y.scale === 'log') return true
  const values = series.flatMap(({ points }) => points.map(({ y }) => y))
  return values.length > 1 && Math.min(...values) > ALIKE * Math.max(...values)
}

const figure = ({ y }: Chart, value: number): string => numberText(value, y.unit, 'fine')

/** Keeps a line free above the bars for the category's name. */
const emptySlot = (bar: number): object => ({ type: 'bar', barWidth: bar, data: [], stack: 'name' })

function seriesOption(
  { categories, dots, bar, scale, slot, frame }: Common,
  { points }: Chart['series'][number],
  index: number,
  stacked: boolean,
): object {
  const { color, symbol } = seriesStyle(index)
  const at = (category: string): ChartPoint | undefined => points.find(({ x }) => String(x) === category)
  const values = categories.map((category) => at(category)?.y ?? null)
  if (!dots)
    return {
      type: 'bar',
      barWidth: bar,
      barGap: `${(100 * GAP) / bar}%`,
      ...(stacked && { stack: 'all', itemStyle: { color, borderColor: colour.panel, borderWidth: 1 } }),
      ...(!stacked && { itemStyle: { color, borderRadius: [0, 2, 2, 0] } }),
      data: values,
    }
  const band = frame.height / categories.length
  return {
    type: 'scatter',
    symbol,
    symbolSize: 8,
    symbolOffset: [0, slot(0, index) - frame.top - band / 2],
    itemStyle: { color, opacity: 1 },
    data: values.map((value, category) =>
      value === null || !shown(scale, value) ? [null, category] : [value, category],
    ),
  }
}

/** What is not positive has no place on a logarithmic axis. */
export const shown = (scale: Scale, value: number): boolean => !scale.log || value > 0

const pixel = ({ scale, frame }: Common, value: number): number =>
  frame.left +
  frame.width * Math.min(Math.max(scale.share(scale.log ? Math.max(value, scale.min) : value), 0), 1)

const OVER_BARS = 6

/** Over a bar of any colour: dark on a light edge, in the fill as beside it. */
const errorBar = (
  from: readonly [number, number],
  to: readonly [number, number],
  color: string | null,
): readonly object[] =>
  color === null
    ? [...whisker(from, to, colour.panel, OVER_BARS, 3.5), ...whisker(from, to, colour.text, OVER_BARS + 1)]
    : whisker(from, to, color)

function figures(common: Common, points: readonly ChartPoint[], index: number): readonly object[] {
  const { chart, categories, scale, slot } = common
  const { color } = seriesStyle(index)
  return points.flatMap(({ x, y, interval }) => {
    const row = slot(categories.indexOf(String(x)), index)
    if (!shown(scale, y)) return [textShape(common.frame.left + 4, row, figure(chart, y))]
    const right = Math.max(pixel(common, y), ...(interval ?? []).map((end) => pixel(common, end)))
    const ends = interval
      ? errorBar(
          [pixel(common, interval[0]), row],
          [pixel(common, interval[1]), row],
          common.dots ? color : null,
        )
      : []
    return [...ends, textShape(right + (common.dots && !interval ? 9 : 7), row, figure(chart, y))]
  })
}

const totalShapes = (common: Common): readonly object[] =>
  totals(common.chart, common.categories).map((total, category) =>
    textShape(pixel(common, total) + 7, common.slot(category, 0), figure(common.chart, total)),
  )
