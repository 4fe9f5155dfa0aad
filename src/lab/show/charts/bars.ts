import {
  GAP,
  figure,
  layOutBars,
  LINE,
  MOST_LABEL,
  pixel,
  type BarsLayout,
} from '../../../../runs/lab-report/charts/bars-layout.ts'
import { shown, totals } from '../../../../runs/lab-report/charts/chart-data.ts'
import { cutMiddle, inLines } from '../../../../runs/lab-report/charts/labels.ts'
import { printable } from '../../../../runs/lab-report/format.ts'
import type { Chart, ChartPoint } from '../../../../runs/lab-report/lab-report.ts'
import { colour, fixedGrid, FONT_SIZE, numberAxis, seriesStyle, textShape, whisker } from './theme.ts'

/** An echarts option. */
export type Plot = Readonly<Record<string, unknown>>

export interface Drawing {
  readonly option: Plot
  readonly height: number
}

/** Categories down the side, so that names of any length fit; bars where lengths can be compared, dots elsewhere. */
export function drawBars(chart: Chart, width: number, narrow: boolean): Drawing {
  const common = layOutBars(chart, width, narrow)
  const { categories, scale, frame, slot, dots, bar, stacked, axis, height } = common
  return {
    height,
    option: {
      grid: fixedGrid(frame),
      xAxis: numberAxis(axis, scale, { gap: 28, room: frame.width }),
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
              textShape(frame.left, slot(index, -1), cutMiddle(printable(name), width - frame.left - 8)),
            )
          : []),
        ...(stacked
          ? totalShapes(common)
          : chart.series.flatMap((series, index) => figures(common, series.points, index))),
      ],
    },
  }
}

/** Keeps a line free above the bars for the category's name. */
const emptySlot = (bar: number): object => ({ type: 'bar', barWidth: bar, data: [], stack: 'name' })

function seriesOption(
  { categories, dots, bar, scale, slot, frame }: BarsLayout,
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

function figures(common: BarsLayout, points: readonly ChartPoint[], index: number): readonly object[] {
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

const totalShapes = (common: BarsLayout): readonly object[] =>
  totals(common.chart, common.categories).map((total, category) =>
    textShape(pixel(common, total) + 7, common.slot(category, 0), figure(common.chart, total)),
  )
