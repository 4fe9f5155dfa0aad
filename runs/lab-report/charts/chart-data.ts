import { count, grouped } from '../../report/show/format.ts'
import { numberText, printable } from '../format.ts'
import type { Axis, Chart, DetailTable, Quantity } from '../lab-report.ts'
import { cut, textWidth } from './labels.ts'
import type { Scale } from './scale.ts'

export type Symbol = 'circle' | 'rect' | 'triangle' | 'diamond'

export const symbols: readonly Symbol[] = ['circle', 'rect', 'triangle', 'diamond']
export const SERIES_COLOURS = 6

export const categoriesOf = ({ series }: Chart): readonly string[] => [
  ...new Set(series.flatMap(({ points }) => points.map(({ x }) => String(x)))),
]

/** Of each category. */
export const totals = ({ series }: Chart, categories: readonly string[]): readonly number[] =>
  categories.map((category) =>
    series.reduce((sum, { points }) => sum + (points.find(({ x }) => String(x) === category)?.y ?? 0), 0),
  )

/** Bars from zero show nothing where all are nearly as long. */
const ALIKE = 0.5

/** Where a length from zero would say nothing, or cannot be drawn. */
export function drawnAsDots({ kind, y, series }: Chart): boolean {
  if (kind === 'stacked-bars') return false
  if (kind === 'points' || y.scale === 'log') return true
  const values = series.flatMap(({ points }) => points.map(({ y }) => y))
  return values.length > 1 && Math.min(...values) > ALIKE * Math.max(...values)
}

/** What is not positive has no place on a logarithmic axis. */
export const shown = (scale: Scale, value: number): boolean => !scale.log || value > 0

/** "inference, µs". */
export function axisTitle({ title, unit }: Axis): string {
  const name = { us: 'µs', uA: 'µA', uJ: 'µJ' }[unit as string] ?? unit
  const told = name === '' || title.toLowerCase().includes(name.toLowerCase().replace('/', ' per '))
  return printable(title === '' ? name : told ? title : `${title}, ${name}`)
}

export const tickText = (value: number): string =>
  numberText(
    Number(value.toPrecision(6)),
    '',
    'fine',
    false,
    Math.max(0, -Math.floor(Math.log10(leastDigit(value)))),
  )

/** 0.1 of 12.5, 1 of 12, 0.01 of 0.25. */
function leastDigit(value: number): number {
  const fraction = String(Number(Math.abs(value).toPrecision(6))).split('.')[1]
  return 10 ** -(fraction?.length ?? 0)
}

/** The name is cut where there is no room, never the unit. */
export function titleWithin(axis: Axis, room: number): string {
  const whole = axisTitle(axis)
  if (textWidth(whole) <= room) return whole
  const name = printable(axis.title)
  const unit = whole.startsWith(`${name}, `) ? whole.slice(name.length) : ''
  return cut(name, room - textWidth(unit)) + unit
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
export function describe({ kind, x, y, series }: Chart): string {
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

/** Do the names of the categories fit side by side? */
export function categoriesFit(chart: Chart, width: number): boolean {
  const names = categoriesOf(chart)
  const widest = Math.max(0, ...names.map((name) => textWidth(printable(name))))
  return names.length * (widest + 10) <= width - 70
}

/** Grid in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Half of the outermost ticks' labels stands out over the ends of the axis. */
const half = (tick: number | undefined): number => 4 + textWidth(tickText(tick ?? 0)) / 2
export const afterAxis = ({ ticks }: Scale): number => half(ticks.at(-1))
export const beforeAxis = ({ ticks }: Scale): number => half(ticks[0])
