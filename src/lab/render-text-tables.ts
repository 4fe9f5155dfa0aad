import { stripVTControlCharacters } from 'util'
import { number, paint, table, text, wrap, type Column, type Style } from '../report/style.ts'
import type { Comparison, Quantity } from './lab-report.ts'
import { casesBeside, intervalText, isSigned, printable, valueText } from './render-format.ts'

/** Of every table, and the gap between its columns. */
export const INDENT = 2
const LEAST_NAME = 16

type Row = readonly string[]

/** Cases as lines over their metrics, or beside them where each has only one. */
export function comparisonTable(rows: readonly Comparison[], style: Style): string {
  const beside = casesBeside(rows)
  const cells = (inline: boolean): readonly Row[] =>
    rows.map((row) => [
      ...(beside ? [printable(row.case), printable(row.metric)] : [`  ${printable(row.metric)}`]),
      figure(row.before, inline, style),
      figure(row.after, inline, style),
      change(row, inline, style),
    ])
  const columns = [
    ...(beside ? [text('case'), text('')] : [text('')]),
    ...['before', 'after', 'change'].map(number),
  ]
  const chosen = fitted(columns, cells(true), cells(false), style)
  const drawn = table(columns, chosen, style)
  return beside ? drawn : underCases(drawn, chosen, rows, style)
}

function underCases(drawn: string, cells: readonly Row[], rows: readonly Comparison[], style: Style): string {
  const { cyan } = paint(style)
  const [head = '', ...body] = drawn.split('\n')
  let line = 0
  const lines = cells.flatMap((row, index) => {
    const height = Math.max(...row.map((cell) => cell.split('\n').length))
    const name = rows[index]?.case ?? ''
    const title = name === rows[index - 1]?.case ? [] : wrap(printable(name), style.width - INDENT)
    return [...title.map((part) => `  ${cyan(part)}`), ...body.slice(line, (line += height))]
  })
  return [head, ...lines].join('\n')
}

/** The wide rows where they fit, else the narrow ones, with the names in them wrapped where even those are too wide. */
export function fitted(
  columns: readonly Column[],
  wide: readonly Row[],
  narrow: readonly Row[],
  style: Style,
  nameColumn = 0,
): readonly Row[] {
  if (tableWidth(columns, wide) <= style.width) return wide
  const over = tableWidth(columns, narrow) - style.width
  if (over <= 0) return narrow
  const widest = Math.max(...narrow.map((row) => cellWidth(row[nameColumn] ?? '')))
  const width = Math.max(widest - over, LEAST_NAME)
  return narrow.map((row) =>
    row.map((cell, index) => (index === nameColumn ? wrap(cell, width).join('\n') : cell)),
  )
}

/** The interval dim, beside the value or under it. */
export function figure(
  quantity: Quantity,
  inline: boolean,
  style: Style,
  signed = isSigned(quantity),
): string {
  const value = valueText(quantity, 'ascii', signed)
  if (quantity.interval === null) return value
  return `${value}${inline ? ' ' : '\n'}${paint(style).dim(`(${intervalText(quantity, 'ascii', signed)})`)}`
}

function change({ ratio, difference }: Comparison, inline: boolean, style: Style): string {
  if (ratio) return figure(ratio, inline, style)
  return difference ? figure(difference, inline, style, true) : ''
}

const cellWidth = (cell: string): number =>
  Math.max(
    ...stripVTControlCharacters(cell)
      .split('\n')
      .map((line) => line.length),
  )

const tableWidth = (columns: readonly Column[], rows: readonly Row[]): number =>
  columns.reduce(
    (sum, { title }, index) =>
      sum + INDENT + Math.max(title.length, ...rows.map((row) => cellWidth(row[index] ?? ''))),
    0,
  )
