import { printable } from '../format.ts'
import type { Chart, ChartPoint } from '../lab-report.ts'
import { afterAxis, categoriesOf, shown, tickText, type Frame } from './chart-data.ts'
import { placeLabels, segment, textWidth, type Box, type LabelRequest, type PlacedLabel } from './labels.ts'
import { scaleFor, type Scale } from './scale.ts'

/** Room for the names of points at the top. */
export const HEAD = 26
const FOOT = 46
const TICK_HEIGHT = 44
const TICK_ROOM = 58
const DODGE = 7

export interface Placed {
  readonly point: ChartPoint
  readonly x: number
  readonly y: number
  readonly ends: readonly [low: number, high: number] | null
  /** In the axis's own figures. */
  readonly value: readonly [number, number]
}

/** Where everything of a plot of points stands, in pixels; whoever draws it does no more than draw. */
export interface PointsLayout {
  readonly x: Scale
  readonly y: Scale
  /** Along the bottom, where there are no numbers; else null. */
  readonly categories: readonly string[] | null
  readonly frame: Frame
  /** Of each series. */
  readonly placed: readonly (readonly Placed[])[]
  readonly labels: readonly PlacedLabel[]
}

/** @param whiskers series whose error bars are drawn; all of them unless said @param head room above */
export function layOutPoints(
  chart: Chart,
  width: number,
  height: number,
  whiskers: readonly boolean[] = [],
  head = HEAD,
): PointsLayout {
  const categories = chart.x.scale === 'category' ? categoriesOf(chart) : null
  const yValues = chart.series.flatMap(({ points }, index) =>
    points.flatMap(({ y, interval = [] }) => [y, ...(whiskers[index] === false ? [] : interval)]),
  )
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
  return { x, y, categories, frame, placed, labels: labels(placed, chart, frame, whiskers) }
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

function labels(
  placed: readonly (readonly Placed[])[],
  chart: Chart,
  frame: Frame,
  whiskers: readonly boolean[],
): readonly PlacedLabel[] {
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
  return placeLabels(requests, obstacles, roof)
}
