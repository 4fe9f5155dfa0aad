import { stripVTControlCharacters } from 'util'
import { number, paint, table, text, wrap, type Column, type Style } from '../../../runs/report/show/style.ts'
import { casesBeside, intervalText, isSigned, printable, valueText } from '../../../runs/lab-report/format.ts'
import type { Comparison, Quantity } from '../../../runs/lab-report/lab-report.ts'

/** Of every table, and the gap between its columns. */
export const INDENT = 2
const LEAST_NAME = 20

type Row = readonly string[]

/** Cases as lines over their metrics, or beside them where each has only one and there is room. */
export function comparisonTable(rows: readonly Comparison[], style: Style): string {
  const cells = (inline: boolean): readonly Row[] =>
    rows.map((row) => [
      printable(row.metric),
      figure(row.before, inline, style),
      figure(row.after, inline, style),
      change(row, inline, style),
    ])
  const columns = [text(''), ...['before', 'after', 'change'].map(number)]
  if (casesBeside(rows)) {
    const named = [text('case'), ...columns]
    const beside = [true, false]
      .map((inline) => cells(inline).map((row, index) => [printable(rows[index]?.case ?? ''), ...row]))
      .find((drawn) => fits(named, drawn, style))
    if (beside) return table(named, beside, style)
  }
  const titles = rows.map((row, index) => (row.case === rows[index - 1]?.case ? '' : printable(row.case)))
  const under = [true, false].map((inline) =>
    cells(inline).map(([metric = '', ...row]) => [`  ${metric}`, ...row]),
  )
  return underTitles(
    columns,
    under.find((drawn) => fits(columns, drawn, style)) ?? under[1] ?? [],
    titles,
    style,
  )
}

/** A table with a line over each row that has a title. */
export function underTitles(
  columns: readonly Column[],
  rows: readonly Row[],
  titles: readonly string[],
  style: Style,
  colour: (line: string, index: number) => string = paint(style).cyan,
): string {
  const [head = '', ...body] = table(columns, rows, style).split('\n')
  let line = 0
  const lines = rows.flatMap((row, index) => {
    const height = Math.max(...row.map((cell) => cell.split('\n').length))
    const title = titles[index] ?? ''
    const room = style.width - INDENT
    const over = title === '' ? [] : title.length <= room ? [title] : wrap(title, room)
    return [...over.map((part) => `  ${colour(part, index)}`), ...body.slice(line, (line += height))]
  })
  return [head, ...lines].join('\n')
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

const fits = (columns: readonly Column[], rows: readonly Row[], style: Style): boolean =>
  tableWidth(columns, rows) <= style.width

/** Numbered names beside their figures, in as many lines as these take; null where there is no room. */
export function besideNames(
  columns: readonly Column[],
  names: readonly string[],
  { inline, under }: { readonly inline: readonly Row[]; readonly under: readonly Row[] },
  style: Style,
): readonly Row[] | null {
  const rows = (figures: readonly Row[], width: number): readonly Row[] =>
    figures.map((row, index) => [String(index + 1), wrap(names[index] ?? '', width).join('\n'), ...row])
  const widest = Math.max(...names.map((name) => name.length))
  const wide = rows(inline, widest)
  if (fits(columns, wide, style)) return wide
  const width = style.width - tableWidth(columns, rows(under, widest)) + widest
  const narrow = rows(under, Math.min(width, widest))
  return width >= LEAST_NAME && fits(columns, narrow, style) ? narrow : null
}
