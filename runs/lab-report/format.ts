import { grouped } from '../report/show/format.ts'
import type {
  Comparison,
  Configuration,
  LabReport,
  DetailTable,
  Quantity,
  TechniqueReport,
  Unit,
} from './lab-report.ts'

/** ascii: as terminal and Markdown have it. fine: with the signs that a page can have. */
export type Typography = 'ascii' | 'fine'

const fineUnits: Partial<Record<Unit, string>> = { us: 'µs', uJ: 'µJ', uA: 'µA', x: '×' }
const unitName = (unit: Unit, typography: Typography): string =>
  typography === 'fine' ? (fineUnits[unit] ?? unit) : unit

/** "5.82x", "535.8 us", "96.3 %". */
export function unitSuffix(unit: Unit, typography: Typography): string {
  const name = unitName(unit, typography)
  if (name === '' || unit === 'x') return name
  return `${typography === 'fine' ? '\u00a0' : ' '}${name}`
}

/** The number alone, to as many places as its unit deserves, or as many as are given. */
export function numberText(
  value: number,
  unit: Unit,
  typography: Typography,
  signed = false,
  places = decimals(value, unit),
): string {
  const size = Math.abs(value)
  const digits = Number.isFinite(size) ? grouped(size, places) : 'infinite'
  const sign = Number(digits.replaceAll(' ', '')) === 0 ? '' : value < 0 ? '-' : signed ? '+' : ''
  const plain = sign + digits
  return typography === 'ascii' ? plain : plain.replace('-', '\u2212').replaceAll(' ', '\u202f')
}

function decimals(value: number, unit: Unit): number {
  const size = Math.abs(value)
  switch (unit) {
    case 'cycles':
    case 'B':
      return 0
    case 'x':
    case 'cycles/MAC':
      return size < 10 ? 2 : size < 1000 ? 1 : 0
    case '%':
    case 'points':
    case 'h':
      return 1
    case 'us':
    case 'mA':
    case 'uA':
    case 'uJ':
      return size === 0 || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3
    case '':
      return Number.isInteger(size) ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4
  }
}

export const valueText = (
  { value, unit }: Pick<Quantity, 'value' | 'unit'>,
  typography: Typography,
  signed = false,
): string => numberText(value, unit, typography, signed) + unitSuffix(unit, typography)

/** "447.0 to 592.0"; "" where the figure is exact. */
export function intervalText(
  { value, interval, unit }: Quantity,
  typography: Typography,
  signed = false,
): string {
  if (interval === null) return ''
  const [low, high] = interval.map((end) => numberText(end, unit, typography, signed, decimals(value, unit)))
  return typography === 'fine' ? `${low ?? ''} to\u00a0${high ?? ''}` : `${low ?? ''} to ${high ?? ''}`
}

/** "535.8 us (447.0 to 592.0)". */
export function quantityText(quantity: Quantity, typography: Typography, signed = false): string {
  const value = valueText(quantity, typography, signed)
  return quantity.interval === null ? value : `${value} (${intervalText(quantity, typography, signed)})`
}

/** Points are always a difference. */
export const isSigned = ({ unit }: Quantity): boolean => unit === 'points'

export function cellText(cell: DetailTable['rows'][number][number], typography: Typography): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return printable(cell)
  if (typeof cell === 'number') return numberText(cell, '', typography)
  return quantityText(cell, typography, isSigned(cell))
}

/** To be pasted as it is: a cell of more than one line. */
export const isCode = (cell: DetailTable['rows'][number][number]): cell is string =>
  typeof cell === 'string' && cell.includes('\n')

/** Names come from the user's files: nothing of them may steer the terminal, turn the text around or break a line. */
export const printable = (text: string): string =>
  text
    .replace(/[\t\n\v\f\r ]+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu, '\ufffd')

/** As a shell takes it for one word. */
export const shellWord = (text: string): string =>
  /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** Names without the parts that all have: "dense-3000, int8" of "dense-3000, int8, mutable, -O2". */
export function shortNames(names: readonly string[]): {
  readonly names: readonly string[]
  readonly common: readonly string[]
} {
  const parts = names.map((name) => printable(name).split(', '))
  const [first = []] = parts
  const common = names.length < 2 ? [] : first.filter((part) => parts.every((all) => all.includes(part)))
  const without = parts.map((all) => all.filter((part) => !common.includes(part)).join(', '))
  return without.includes('') || new Set(without).size < names.length
    ? { names: names.map(printable), common: [] }
    : { names: without, common }
}

/** Each case has one metric alone: it stands beside its figures. */
export const casesBeside = (rows: readonly Comparison[]): boolean =>
  rows.length > 1 && new Set(rows.map((row) => row.case)).size === rows.length

/** What the frontier's plot and table number from 1: its configurations and the recommended one, fastest first. */
export const numbered = ({ configurations, recommendation }: LabReport): readonly Configuration[] =>
  configurations
    .filter((one) => one.frontier || one.name === recommendation?.configuration)
    .toSorted((a, b) => a.latency.value - b.latency.value)

/** Those that the row is about; all of them where none is marked. */
export function mainComparisons({ comparisons }: TechniqueReport): readonly Comparison[] {
  const main = comparisons.filter((one) => one.main)
  return main.length > 0 ? main : comparisons
}

/** Sentences of the report, with the signs for units that a page can have; a figure stays in one line. */
export const fineProse = (text: string): string =>
  text
    .replace(/(?<=\d) u(?=[sAJ]\b)/g, '\u00a0µ')
    .replace(/(?<=\d)x(?=[\s,;:.)]|$)/g, '×')
    .replace(/(?<=(?<![A-Za-z\d])\d{1,3}(?:[ \u202f]\d{3})*) (?=\d{3}(?!\d))/g, '\u202f')
    .replace(/(?<=\d) (?=(?:B|kB|mA|ms|%)(?!\w))/g, '\u00a0')

/** lab.json. */
export const serialiseLab = (report: LabReport): string => `${JSON.stringify(report, undefined, 2)}\n`

/** The unit that all cells of a column have, where it may stand in the column's title alone. */
export function sharedUnit(cells: readonly DetailTable['rows'][number][number][]): Unit | null {
  const units = new Set(
    cells.flatMap((cell) => (cell === null ? [] : [typeof cell === 'object' ? cell.unit : ''])),
  )
  const [unit] = units
  return units.size === 1 && cells.length > 1 && unit !== undefined && inHead.has(unit) ? unit : null
}

const inHead: ReadonlySet<Unit> = new Set<Unit>(['us', 'cycles', 'B', 'uJ', 'uA', 'mA', 'cycles/MAC'])
