import Table from 'cli-table3'
import colors from 'picocolors'

/** How a report is drawn. */
export interface Style {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
}

export type Paint = ReturnType<typeof colors.createColors>
export const paint = ({ color }: Style): Paint => colors.createColors(color)

export interface Column {
  readonly title: string
  /** Numbers stand right. */
  readonly right?: boolean
}

export const text = (title: string): Column => ({ title })
export const number = (title: string): Column => ({ title, right: true })

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

/** Rows under column titles, indented by two, without borders. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const { dim } = paint(style)
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
  const lines = wrap(detail, Math.max(style.width - 20, 24))
  return `\n${bold(title)}  ${lines.map(dim).join('\n  ')}`
}

const indent = (block: string): string =>
  block
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')

/** At spaces, but not within 12 345; a word longer than the width stays whole. Escape sequences are not expected in what is wrapped. */
export function wrap(line: string, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<!\d) | (?!\d)/)) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current]
}
