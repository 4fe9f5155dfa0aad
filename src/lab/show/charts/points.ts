import type { Frame } from '../../../../runs/lab-report/charts/chart-data.ts'
import { textWidth } from '../../../../runs/lab-report/charts/labels.ts'
import { HEAD, layOutPoints, type PointsLayout } from '../../../../runs/lab-report/charts/points-layout.ts'
import type { Scale } from '../../../../runs/lab-report/charts/scale.ts'
import { printable } from '../../../../runs/lab-report/format.ts'
import type { Chart } from '../../../../runs/lab-report/lab-report.ts'
import type { Drawing } from './bars.ts'
import {
  colour,
  fixedGrid,
  FONT_SIZE,
  numberAxis,
  seriesStyle,
  symbolShape,
  textShape,
  whisker,
  type SeriesStyle,
} from './theme.ts'

const LEGEND = 24
const LEGEND_AT = 14

export interface PointsStyle {
  readonly styles?: readonly SeriesStyle[]
  /** Series whose error bars are drawn; all of them unless said. */
  readonly whiskers?: readonly boolean[]
  /** Drawn over the plot, where nothing beside it says what is what. */
  readonly legend?: boolean
}

/** Points by two figures, or by a category along the bottom where its names are short. */
export function drawPoints(
  chart: Chart,
  width: number,
  height: number,
  { styles = [], whiskers = [], legend = false }: PointsStyle = {},
): Drawing {
  const head = HEAD + (legend ? LEGEND : 0)
  const layout = layOutPoints(chart, width, height, whiskers, head)
  const { categories, x, y, frame, placed } = layout
  const styleOf = (index: number): SeriesStyle => styles[index] ?? seriesStyle(index)
  const series = chart.series.map(({ line }, index) => ({
    type: line ? 'line' : 'scatter',
    symbol: styleOf(index).symbol,
    symbolSize: styleOf(index).symbol === 'diamond' ? 13 : 8,
    itemStyle: { color: styleOf(index).color, opacity: 1 },
    ...(line && { lineStyle: { color: styleOf(index).color, width: 1.75 }, showAllSymbol: true }),
    z: styleOf(index).symbol === 'diamond' ? 5 : 3,
    clip: false,
    data: placed[index]?.map(({ value }) => [...value]) ?? [],
  }))
  const bars = placed.flatMap((points, index) =>
    whiskers[index] === false
      ? []
      : points.flatMap((one) =>
          one.ends ? whisker([one.x, one.ends[0]], [one.x, one.ends[1]], styleOf(index).color) : [],
        ),
  )
  return {
    height,
    option: {
      grid: fixedGrid(frame),
      xAxis: categories
        ? categoryAxis(chart, categories, x, frame)
        : numberAxis(chart.x, x, { gap: 28, room: frame.width }),
      yAxis: numberAxis(chart.y, y, { gap: frame.left - 16, room: frame.height }),
      series: series,
      graphic: [...(legend ? legendShapes(chart, styleOf, frame.left) : []), ...bars, ...labels(layout)],
    },
  }
}

const categoryAxis = (
  chart: Chart,
  categories: readonly string[],
  scale: Scale,
  { width }: Frame,
): object => ({
  ...numberAxis(chart.x, scale, { gap: 28, room: width }),
  splitLine: { show: false },
  axisLine: { show: true, onZero: false, lineStyle: { color: colour.muted } },
  axisLabel: {
    customValues: scale.ticks,
    formatter: (index: number) => printable(categories[index] ?? ''),
    color: colour.text,
    fontSize: FONT_SIZE,
  },
})

const labels = ({ labels: placed }: PointsLayout): readonly object[] =>
  placed.flatMap(({ text, box, leader }) => [
    ...(leader
      ? [
          {
            type: 'line',
            shape: { x1: leader[0], y1: leader[1], x2: leader[2], y2: leader[3] },
            style: { stroke: colour.muted, lineWidth: 0.75 },
            z: 2,
            silent: true,
          },
        ]
      : []),
    textShape(box.left + box.width / 2, box.top + box.height / 2, text, { align: 'center' }),
  ])

function legendShapes(
  chart: Chart,
  styleOf: (index: number) => SeriesStyle,
  left: number,
): readonly object[] {
  let x = left + 6
  return chart.series.flatMap(({ name }, index) => {
    const shown = printable(name)
    const shapes = [symbolShape(x, LEGEND_AT, styleOf(index)), textShape(x + 9, LEGEND_AT, shown)]
    x += 9 + textWidth(shown) + 22
    return shapes
  })
}
