import type { Axis } from '../../../../runs/lab-report/lab-report.ts'
import {
  SERIES_COLOURS,
  symbols,
  tickText,
  titleWithin,
  type Frame,
  type Symbol,
} from '../../../../runs/lab-report/charts/chart-data.ts'
import type { Scale } from '../../../../runs/lab-report/charts/scale.ts'

/** Colours are those of the page's style sheet, so that they follow its light and dark. */
export const colour = {
  text: 'var(--text)',
  muted: 'var(--muted)',
  grid: 'var(--grid)',
  panel: 'var(--panel)',
} as const

/** How one series is told from the others: by its colour, and points by their shape as well. */
export interface SeriesStyle {
  readonly color: string
  readonly symbol: Symbol
}

export const seriesStyle = (index: number): SeriesStyle => ({
  color: `var(--series-${(index % SERIES_COLOURS) + 1})`,
  symbol: symbols[index % symbols.length] ?? 'circle',
})

export const FONT_SIZE = 11

const nameStyle = { color: colour.muted, fontSize: FONT_SIZE, fontFamily: 'sans-serif' } as const

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
