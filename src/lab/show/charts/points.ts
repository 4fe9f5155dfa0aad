import { printable } from '../../format.ts'
import type { Chart, ChartPoint } from '../../lab-report.ts'
import { categoriesOf, shown, type Drawing } from './bars.ts'
import { placeLabels, segment, textWidth, type Box, type LabelRequest } from './labels.ts'
import { scaleFor, type Scale } from './scale.ts'
import {
  afterAxis,
  colour,
  FONT_SIZE,
  fixedGrid,
  numberAxis,
  seriesStyle,
  textShape,
  tickText,
  symbolShape,
  whisker,
  type Frame,
  type SeriesStyle,
} from './theme.ts'

/** Room for the names of points at the top. */
const HEAD = 26
const FOOT = 46
const TICK_HEIGHT = 44
const TICK_ROOM = 58
const DODGE = 7
const LEGEND = 24
const LEGEND_AT = 14

interface Placed {
  readonly point: ChartPoint
  readonly x: number
  readonly y: number
  readonly ends: readonly [low: number, high: number] | null
  /** In the axis's own figures. */
  readonly value: readonly [number, number]
}

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
  const categories = chart.x.scale === 'category' ? categoriesOf(chart) : null
  const yValues = chart.series.flatMap(({ points }, index) =>
    points.flatMap(({ y, interval = [] }) => [y, ...(whiskers[index] === false ? [] : interval)]),
  )
  const head = HEAD + (legend ? LEGEND : 0)
  const plotHeight = height - head - FOOT
  const y = scaleFor(yValues, chart.y, { zero: false, ticks: Math.floor(plotHeight / TICK_HEIGHT) })
  const left = Math.max(...y.ticks.map((tick) => textWidth(tickText(tick)))) + 34
  const x = categories
    ? categoryScale(categories.length)
    : scaleFor(
        chart.series.flatMap(({ points }) => points.map((point) => Number(point.x))),
        chart.x,
        { zero: false, ticks: Math.max(2, Math.floor((width - left) / TICK_ROOM)) },
      )
  const right = categories ? 8 : afterAxis(x)
  const frame: Frame = { left, top: head, width: width - left - right, height: plotHeight }
  const dodged = sharesX(chart)
  const placed = chart.series.map(({ points, line }, index) => {
    const offset = dodged ? (index - (chart.series.length - 1) / 2) * DODGE : 0
    const own = points
      .filter((point) => shown(y, point.y) && (categories !== null || shown(x, Number(point.x))))
      .map((point) => place(point, { x, y, frame, categories, offset }))
    return line ? own.toSorted((a, b) => a.x - b.x) : own
  })
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
      yAxis: numberAxis(chart.y, y, { gap: left - 16, room: frame.height }),
      series: series,
      graphic: [
        ...(legend ? legendShapes(chart, styleOf, frame.left) : []),
        ...bars,
        ...labels(placed, chart, frame, whiskers),
      ],
    },
  }
}

interface Geometry {
  readonly x: Scale
  readonly y: Scale
  readonly frame: Frame
  readonly categories: readonly string[] | null
  readonly offset: number
}

function place(point: ChartPoint, { x, y, frame, categories, offset }: Geometry): Placed {
  const along = categories ? categories.indexOf(String(point.x)) : Number(point.x)
  const down = (value: number): number =>
    frame.top + frame.height * (1 - Math.min(Math.max(y.share(y.log ? Math.max(value, y.min) : value), 0), 1))
  const pixel = frame.left + frame.width * x.share(along) + offset
  return {
    point,
    x: pixel,
    y: down(point.y),
    ends: point.interval ? [down(point.interval[0]), down(point.interval[1])] : null,
    value: [x.at((pixel - frame.left) / frame.width), point.y],
  }
}

/** Two series at one x would hide each other's error bars. */
function sharesX({ series }: Chart): boolean {
  const all = series.flatMap(({ points }) => [
    ...new Set(points.filter((one) => one.interval).map(({ x }) => x)),
  ])
  return new Set(all).size < all.length
}

function categoryScale(count: number): Scale {
  return {
    min: -0.5,
    max: count - 0.5,
    log: false,
    ticks: Array.from({ length: count }, (_, index) => index),
    share: (value) => (value + 0.5) / count,
    at: (share) => share * count - 0.5,
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

/** Do the names of the categories fit side by side? */
export function categoriesFit(chart: Chart, width: number): boolean {
  const names = categoriesOf(chart)
  const widest = Math.max(0, ...names.map((name) => textWidth(printable(name))))
  return names.length * (widest + 10) <= width - 70
}

function labels(
  placed: readonly (readonly Placed[])[],
  chart: Chart,
  frame: Frame,
  whiskers: readonly boolean[],
): readonly object[] {
  const obstacles: readonly Box[] = placed.flatMap((points, index) => [
    ...points.map(({ x, y }) => ({ left: x - 5, top: y - 5, width: 10, height: 10 })),
    ...(whiskers[index] === false
      ? []
      : points.flatMap(({ x, ends }) => (ends ? segment(x, ends[0], x, ends[1], 16) : []))),
    ...(chart.series[index]?.line
      ? points.slice(1).flatMap((point, at) => {
          const before = points[at]
          return before ? segment(before.x, before.y, point.x, point.y, 24) : []
        })
      : []),
  ])
  const requests: readonly LabelRequest[] = placed.flatMap((points) =>
    points.flatMap(({ point, x, y }) =>
      point.label === undefined ? [] : [{ text: printable(point.label), x, y }],
    ),
  )
  const roof = { ...frame, top: frame.top - HEAD + 2, height: frame.height + HEAD - 2 }
  return placeLabels(requests, obstacles, roof).flatMap(({ text, box, leader }) => [
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
}

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
