import Table from 'cli-table3'
import colors from 'picocolors'
import { fitTable, widthOf, wrap, type Column } from './fit-table.ts'

export { wrap, type Column } from './fit-table.ts'

/** How a report is drawn. */
export interface Style {
  readonly color: boolean
  /** Columns of the terminal; Infinity where it is none. */
  readonly width: number
}

export type Paint = ReturnType<typeof colors.createColors>
export const paint = ({ color }: Style): Paint => colors.createColors(color)

export const text = (title: string): Column => ({ title })
export const number = (title: string): Column => ({ title, right: true })
export const spare = (column: Column): Column => ({ ...column, spare: true })

const noBorder = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Rows under column titles, indented by two, without borders, no wider than the terminal. */
export function table(
  titles: readonly Column[],
  cells: readonly (readonly string[])[],
  style: Style,
): string {
  const { dim } = paint(style)
  const { columns, rows } = fitTable({ columns: titles, rows: cells }, style.width - 2)
  const drawing = new Table({
    chars: noBorder,
    head: columns.map(({ title }) => title.split('\n').map(dim).join('\n')),
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  drawing.push(...rows.map((row) => [...row]))
  return indent(drawing.toString())
}

/** Label and value in two columns; a value of several lines is indented under the first. */
export function facts(pairs: readonly (readonly [string, string])[], style: Style): string {
  const { dim } = paint(style)
  const width = Math.max(...pairs.map(([label]) => label.length)) + 2
  return pairs
    .map(([label, value]) => {
      const lines = value.split('\n').flatMap((line) => wrap(line, Math.max(style.width - width - 2, 24)))
      return `  ${dim(label.padEnd(width))}${lines.join(`\n  ${' '.repeat(width)}`)}`
    })
    .join('\n')
}

export const heading = (title: string, detail: string, style: Style): string => {
  const { bold, dim } = paint(style)
  if (detail === '') return `\n${bold(title)}`
  const lines = wrap(detail, Math.max(style.width - widthOf(title) - 2, 24))
  return `\n${bold(title)}  ${lines.map(dim).join('\n  ')}`
}

/** A line of any length as lines of the terminal; all but the first stand under its text. */
export function paragraph(
  lead: string,
  line: string,
  style: Style,
  colour = (part: string): string => part,
): string {
  const room = Math.max(style.width - lead.length, 24)
  return wrap(line, room)
    .map((part, i) => `${i === 0 ? '' : ' '.repeat(lead.length)}${colour(part)}`)
    .join('\n')
    .replace(/^/, lead)
}

const indent = (block: string): string =>
  block
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
