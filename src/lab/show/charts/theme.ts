import { numberText, printable } from '../../format.ts'
import type { Axis } from '../../lab-report.ts'
import { cut, textWidth } from './labels.ts'
import type { Scale } from './scale.ts'

/** Colours are those of the page's style sheet, so that they follow its light and dark. */
export const colour = {
  text: 'var(--text)',
  muted: 'var(--muted)',
  grid: 'var(--grid)',
  panel: 'var(--panel)',
} as const

export type Symbol = 'circle' | 'rect' | 'triangle' | 'diamond'

/** How one series is told from the others: by its colour, and points by their shape as well. */
export interface SeriesStyle {
  readonly color: string
  readonly symbol: Symbol
}

const symbols: readonly Symbol[] = ['circle', 'rect', 'triangle', 'diamond']
export const SERIES_COLOURS = 6

export const seriesStyle = (index: number): SeriesStyle => ({
  color: `var(--series-${(index % SERIES_COLOURS) + 1})`,
  symbol: symbols[index % symbols.length] ?? 'circle',
})

export const FONT_SIZE = 11

/** Grid in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

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

const nameStyle = { color: colour.muted, fontSize: FONT_SIZE, fontFamily: 'sans-serif' } as const

/** The name is cut where there is no room, never the unit. */
export function titleWithin(axis: Axis, room: number): string {
  const whole = axisTitle(axis)
  if (textWidth(whole) <= room) return whole
  const name = printable(axis.title)
  const unit = whole.startsWith(`${name}, `) ? whole.slice(name.length) : ''
  return cut(name, room - textWidth(unit)) + unit
}

/** An axis of numbers whose ends and ticks are ours. */
export const numberAxis = (
  axis: Axis,
  scale: Scale,
  { gap, room }: { readonly gap: number; readonly room: number },
): object => ({
  type: scale.log ? 'log' : 'value',
  min: scale.min,
  max: scale.max,
  name: titleWithin(axis, room),
  nameLocation: 'middle',
  nameGap: gap,
  nameTextStyle: nameStyle,
  axisLine: { show: false },
  axisTick: { show: false, customValues: scale.ticks },
  axisLabel: {
    customValues: scale.ticks,
    hideOverlap: true,
    formatter: tickText,
    ...nameStyle,
  },
  splitLine: { show: true, lineStyle: { color: colour.grid, width: 1 } },
})

type Shapes = readonly object[]

/** An error bar with caps, along x or along y. */
export function whisker(
  from: readonly [number, number],
  to: readonly [number, number],
  color: string,
  /** Above a bar's fill, where one end lies in it. */
  z = 1,
  lineWidth = 1.25,
): Shapes {
  const cap = 3
  const across = from[1] === to[1] ? [0, cap] : [cap, 0]
  const [dx = 0, dy = 0] = across
  const line = (a: readonly [number, number], b: readonly [number, number]): object => ({
    type: 'line',
    shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] },
    style: { stroke: color, lineWidth, opacity: z > 1 ? 1 : 0.75 },
    z,
    silent: true,
  })
  const ends = [from, to].map(([x, y]) => line([x - dx, y - dy], [x + dx, y + dy]))
  return [line(from, to), ...ends]
}

export const textShape = (
  x: number,
  y: number,
  text: string,
  { align = 'left', color: fill = colour.text, size = FONT_SIZE, halo = true } = {},
): object => ({
  type: 'text',
  x,
  y,
  z: 10,
  silent: true,
  style: {
    text,
    fill,
    align,
    verticalAlign: 'middle',
    font: `${size}px sans-serif`,
    ...(halo && { stroke: colour.panel, lineWidth: 3 }),
  },
})

/** echarts would shrink the plot to hold the labels, and our shapes would miss it. */
export const fixedGrid = (frame: Frame): object => ({ ...frame, outerBoundsMode: 'none' })

/** Half of the outermost ticks' labels stands out over the ends of the axis. */
const half = (tick: number | undefined): number => 4 + textWidth(tickText(tick ?? 0)) / 2
export const afterAxis = ({ ticks }: Scale): number => half(ticks.at(-1))
export const beforeAxis = ({ ticks }: Scale): number => half(ticks[0])

/** As the series' points are drawn, around a middle. */
export function symbolShape(x: number, y: number, { color, symbol }: SeriesStyle): object {
  const corners = {
    rect: [-4, -4, 4, -4, 4, 4, -4, 4],
    triangle: [0, -4, 4, 4, -4, 4],
    diamond: [0, -5, 5, 0, 0, 5, -5, 0],
  }
  const common = { x, y, z: 10, silent: true, style: { fill: color } }
  if (symbol === 'circle') return { ...common, type: 'circle', shape: { cx: 0, cy: 0, r: 4 } }
  const flat = corners[symbol]
  const points = flat.flatMap((px, index) => (index % 2 === 0 ? [[px, flat[index + 1] ?? 0]] : []))
  return { ...common, type: 'polygon', shape: { points } }
}
