import { grouped } from '../report/show/format.ts'
import { current, life } from '../report/show/words/power.ts'

/** What a figure is counted in. */
export type Unit = 'cycles' | 'B' | 'uA' | 'uC' | 'uJ' | 'h' | '%' | 's' | ''

/** Names of a unit's multiples, each with how many of the unit it is. */
const MULTIPLES: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  cycles: { cycles: 1, cycle: 1 },
  B: { B: 1, kB: 1024, KiB: 1024, MB: 1024 * 1024, MiB: 1024 * 1024 },
  uA: { uA: 1, nA: 1e-3, mA: 1e3, A: 1e6 },
  uC: { uC: 1, nC: 1e-3, mC: 1e3 },
  uJ: { uJ: 1, nJ: 1e-3, mJ: 1e3 },
  h: { h: 1, min: 1 / 60, days: 24, day: 24, d: 24, years: 24 * 365.25, year: 24 * 365.25 },
  '%': { '%': 1, points: 1 },
  s: { s: 1, ms: 1e-3, us: 1e-6, min: 60 },
  '': {},
}

const TIMES: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1 }

/** A limit as it was written. */
export interface Quantity {
  readonly bound: '<=' | '>=' | undefined
  /** A change that is allowed, against the baseline. */
  readonly isChange: boolean
  /** In the figure's unit, or of a change in percent of the baseline. */
  readonly value: number
  readonly isPercent: boolean
}

/** `40 000 cycles`, `<= 64 kB`, `+1 %`. @returns why not, where it is no such thing */
export function parseQuantity(text: string, unit: Unit, clockHz: number): Quantity | string {
  const [, bound = '', sign = '', digits = '', name = ''] =
    /^\s*(<=|>=|≤|≥)?\s*([+-])?\s*(\d[\d _']*(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-zA-Zµ%]*)\s*$/.exec(text) ?? []
  const value = Number(digits.replace(/[ _']/g, ''))
  if (digits === '' || !Number.isFinite(value)) return `"${text}" is no limit. ${examples(unit)}`
  if (sign === '-')
    return `"${text}": say how much worse than the baseline it may be, such as +1 %, or +0 for not at all`
  const isChange = sign === '+'
  if (isChange && bound !== '') return `"${text}": a change has no ${bound} in front`
  const known = name.replace('µ', 'u')
  const isPercent = isChange && known === '%' && unit !== '%'
  const times = isPercent ? 1 : timesOf(known, unit, clockHz)
  if (times === undefined) return `"${text}": ${known} is no unit of it. ${examples(unit)}`
  return {
    bound: bound === '' ? undefined : bound === '<=' || bound === '≤' ? '<=' : '>=',
    isChange,
    value: value * times,
    isPercent,
  }
}

function timesOf(name: string, unit: Unit, clockHz: number): number | undefined {
  if (name === '') return 1
  const own = MULTIPLES[unit][name]
  if (own !== undefined) return own
  const seconds = unit === 'cycles' ? TIMES[name] : undefined
  return seconds === undefined ? undefined : seconds * clockHz
}

const examples = (unit: Unit): string => {
  const names = [...Object.keys(MULTIPLES[unit]), ...(unit === 'cycles' ? Object.keys(TIMES) : [])]
  return `Give a number${names.length === 0 ? '' : ` with ${names.join(', ')} or nothing behind it`}, or +1 % against the baseline.`
}

/** With its unit: "36 507 cycles". */
export function quantity(value: number, unit: Unit): string {
  if (unit === 'h') return life(value)
  if (unit === 'uA' || unit === 'uC' || unit === 'uJ') return `${current(value)} ${unit}`
  if (unit === '%') return `${value.toFixed(1)} %`
  if (unit === 's') return `${Number(value.toPrecision(6))} s`
  const text = grouped(value, Number.isInteger(value) ? 0 : 1)
  return unit === '' ? text : `${text} ${unit}`
}

/** "+310 cycles", "-2.1 %". */
export function change(difference: number, unit: Unit): string {
  if (difference === 0) return 'the same'
  const text = quantity(Math.abs(difference), unit)
  return `${difference > 0 ? '+' : '-'}${/[1-9]/.test(text) ? text : `less than ${text.replace(/0(?!.*0)/, '1')}`}`
}

/** Of `base`: "+8.8 %"; empty where it is nothing. */
export function percentOf(difference: number, base: number): string {
  if (base === 0 || difference === 0) return ''
  const percent = (100 * difference) / Math.abs(base)
  const size = Math.abs(percent)
  const text = grouped(size, size < 1 ? 2 : 1)
  return /[1-9]/.test(text) ? `${percent > 0 ? '+' : '-'}${text} %` : `${percent > 0 ? '+' : '-'}<0.01 %`
}
