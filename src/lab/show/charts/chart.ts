/** The lab's plots as SVG. All geometry comes from the report, none from the machine. */
import { count, grouped } from '../../../../runs/report/show/format.ts'
import { printable } from '../../format.ts'
import type { Axis, Chart, DetailTable, Quantity } from '../../lab-report.ts'
import { drawBars, type Drawing } from './bars.ts'
import { categoriesFit, drawPoints, type PointsStyle } from './points.ts'
import { drawSvg } from './svg.ts'
import { axisTitle, SERIES_COLOURS } from './theme.ts'

export interface Size {
  readonly width: number
  /** Of points; bars take what they need. */
  readonly height: number
}

export const WIDE: Size = { width: 860, height: 420 }
export const NARROW: Size = { width: 340, height: 320 }
const NARROW_BELOW = 500

/** The id has to be unique in the page. Promise of an <svg> element. */
export function drawChart(chart: Chart, size: Size, id: string, style: PointsStyle = {}): Promise<string> {
  const { option, height } = drawing(plotted(chart), size, style)
  return drawSvg(option, { ...size, height, id, title: chart.title, description: describe(chart) })
}

function drawing(chart: Chart, { width, height }: Size, style: PointsStyle): Drawing {
  const narrow = width < NARROW_BELOW
  const upright = chart.kind === 'points' && (chart.x.scale !== 'category' || categoriesFit(chart, width))
  return upright ? drawPoints(chart, width, height, style) : drawBars(chart, width, narrow)
}

type Series = Chart['series']

function sumsByCategory(series: Series): ReadonlyMap<string | number, number> {
  const sums = new Map<string | number, number>()
  for (const { x, y } of series.flatMap(({ points }) => points)) sums.set(x, (sums.get(x) ?? 0) + y)
  return sums
}

/** A stack of more parts than there are colours: those with the largest share of any, and the rest as one. The table has all of them. */
export function plotted(chart: Chart): Chart {
  const { kind, series } = chart
  if (kind !== 'stacked-bars' || series.length <= SERIES_COLOURS) return chart
  const sumAt = sumsByCategory(series)
  const share = ({ points }: Series[number]): number =>
    Math.max(0, ...points.map(({ x, y }) => y / (sumAt.get(x) || 1)))
  const largest = series.toSorted((a, b) => share(b) - share(a)).slice(0, SERIES_COLOURS - 1)
  const rest = series.filter((one) => !largest.includes(one))
  const others = {
    name: `${grouped(rest.length)} others`,
    points: [...sumsByCategory(rest)].map(([x, y]) => ({ x, y })),
  }
  return { ...chart, series: [...largest, others] }
}

/** For those who do not see the plot; the figures themselves are in the table beside it. */
function describe({ kind, x, y, series }: Chart): string {
  const shape = { bars: 'Bars', points: 'Points', 'stacked-bars': 'Stacked bars' }[kind]
  const points = series.reduce((sum, one) => sum + one.points.length, 0)
  const intervals = series.some((one) => one.points.some(({ interval }) => interval !== undefined))
  const by = axisName(x) === '' ? '' : ` by ${axisName(x)}`
  return (
    `${shape}: ${axisName(y)}${by}. ${count(series.length, 'series').replace('seriess', 'series')}: ` +
    `${series.map(({ name }) => printable(name)).join('; ')}. ${count(points, 'figure')}` +
    `${intervals ? ', with error bars' : ''}; all of them in the table after it.`
  )
}

const axisName = (axis: Axis): string =>
  axisTitle(axis) + (axis.scale === 'log' && axisTitle(axis) !== '' ? ', logarithmic' : '')

/** The figures of a plot as a table. */
export function chartTable({ title, x, y, series }: Chart): DetailTable {
  const named = series.length > 1
  const labelled = series.some(({ points }) => points.some(({ label }) => label !== undefined))
  return {
    title,
    columns: [
      ...(named ? [{ title: 'series', number: false }] : []),
      ...(labelled ? [{ title: 'point', number: false }] : []),
      { title: x.title === '' ? 'what' : x.title, number: x.scale !== 'category' },
      { title: y.title, number: true },
    ],
    rows: series.flatMap(({ name, points }) =>
      points.map((point) => [
        ...(named ? [name] : []),
        ...(labelled ? [point.label ?? ''] : []),
        typeof point.x === 'number' && x.scale !== 'category'
          ? ({ value: point.x, unit: x.unit, interval: null } satisfies Quantity)
          : String(point.x),
        { value: point.y, unit: y.unit, interval: point.interval ?? null } satisfies Quantity,
      ]),
    ),
  }
}
