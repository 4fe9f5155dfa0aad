import { PAINTS } from './shader.ts'

/** Of the page, for what is drawn rather than styled. */
export interface Colours {
  readonly paints: Float32Array
  readonly css: Readonly<Record<CssColour, string>>
  /** Of the kinds, as text. */
  readonly kinds: readonly string[]
  readonly sans: string
  readonly mono: string
}

const CSS = [
  'ink',
  'ink-soft',
  'ground',
  'surface',
  'raised',
  'sunken',
  'line',
  'line-strong',
  'accent',
  'accent-soft',
  'bad',
  'warn',
] as const
type CssColour = (typeof CSS)[number]

/** In the order of `Paint`, after eight kinds. */
const PAINTED = [
  '--kind-1',
  '--kind-2',
  '--kind-3',
  '--kind-4',
  '--kind-5',
  '--kind-6',
  '--kind-7',
  '--kind-8',
  '--ink-soft',
  '--surface',
  '--line',
  '--accent',
  '--sunken',
]

export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement)
  const paints = new Float32Array(4 * PAINTS)
  PAINTED.forEach((name, i) => {
    paints.set(rgb(style.getPropertyValue(name)), 4 * i)
  })
  const css = Object.fromEntries(CSS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
  return {
    paints,
    css: css as Record<CssColour, string>,
    kinds: PAINTED.slice(0, 8).map((name) => style.getPropertyValue(name).trim()),
    sans: style.getPropertyValue('--sans'),
    mono: style.getPropertyValue('--mono'),
  }
}

/** `#rgb` or `#rrggbb`. */
const rgb = (text: string): readonly number[] => {
  const digits = text.trim().slice(1)
  const hex = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits
  const value = Number.parseInt(hex, 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255, 1]
}
