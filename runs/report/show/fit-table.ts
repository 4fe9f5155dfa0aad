import { fit } from './format.ts'

export interface Column {
  readonly title: string
  /** Numbers stand right. */
  readonly right?: boolean
  /** Given up where the terminal is too narrow; of several, the last one first. */
  readonly spare?: boolean
}

export interface Cells {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

const GAP = 2
/** Words are cut no shorter, and a column of sentences is folded no narrower. */
const SHORTEST_NAME = 12
const NARROWEST_TEXT = 18

const colour = `${String.fromCharCode(27)}\\[\\d+m`
const colours = new RegExp(colour, 'g')
/** A whole line, and the colours around it. */
const coloured = new RegExp(`^((?:${colour})*)(.*?)((?:${colour})*)$`)

/** Colours take no room. */
export const widthOf = (cell: string): number =>
  Math.max(...cell.split('\n').map((line) => Array.from(line.replace(colours, '')).length))

const widths = ({ columns, rows }: Cells): readonly number[] =>
  columns.map(({ title }, i) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? ''))))

/** How much too wide it is. */
function excess(cells: Cells, width: number): number {
  const all = widths(cells)
  return all.reduce((sum, one) => sum + one + GAP, -GAP) - width
}

/**
 * The same table in `width` columns: sentences in the last column are folded, names are cut in the middle, and where that
 * is not enough, spare columns are given up; what is left then is cut only as far as it must be.
 */
export function fitTable(cells: Cells, width: number): Cells {
  if (excess(cells, width) <= 0) return cells
  let kept = cells
  for (;;) {
    const narrowed = shortenNames(foldLast(kept, width), width)
    const fewer = dropSpare(kept)
    if (excess(narrowed, width) <= 0 || fewer === undefined) return narrowed
    kept = fewer
  }
}

const change = ({ columns, rows }: Cells, index: number, cell: (text: string) => string): Cells => ({
  columns,
  rows: rows.map((row) => row.map((text, i) => (i === index ? cell(text) : text))),
})

function foldLast(cells: Cells, width: number): Cells {
  const index = cells.columns.length - 1
  if (cells.columns[index]?.right === true) return cells
  const room = (widths(cells)[index] ?? 0) - excess(cells, width)
  const to = Math.max(room, NARROWEST_TEXT)
  return change(cells, index, (text) =>
    text
      .split('\n')
      .map((line) => foldColoured(line, to))
      .join('\n'),
  )
}

/** At spaces; a colour around the whole goes around each line. */
function foldColoured(line: string, width: number): string {
  const [, before = '', text = '', after = ''] = coloured.exec(line) ?? []
  return wrap(text, width)
    .map((piece) => before + piece + after)
    .join('\n')
}

/** The widest column of names first, as far as needed. */
function shortenNames(cells: Cells, width: number): Cells {
  let narrowed = cells
  for (;;) {
    const over = excess(narrowed, width)
    if (over <= 0) return narrowed
    const all = widths(narrowed)
    const least = (i: number): number => Math.max(SHORTEST_NAME, widthOf(narrowed.columns[i]?.title ?? ''))
    // What was folded stays.
    const folded = (i: number): boolean => i === all.length - 1 && (all[i] ?? 0) <= NARROWEST_TEXT
    const names = narrowed.columns.flatMap(({ right }, i) =>
      right !== true && !folded(i) && (all[i] ?? 0) > least(i) ? [i] : [],
    )
    const widest = names.toSorted((a, b) => (all[b] ?? 0) - (all[a] ?? 0))[0]
    if (widest === undefined) return narrowed
    const second = Math.max(least(widest), ...names.filter((i) => i !== widest).map((i) => all[i] ?? 0))
    const to = Math.max((all[widest] ?? 0) - over, Math.min(second, (all[widest] ?? 0) - 1))
    narrowed = change(narrowed, widest, (text) =>
      text
        .split('\n')
        .map((line) => fitColoured(line, to))
        .join('\n'),
    )
  }
}

function fitColoured(line: string, width: number): string {
  const [, before = '', text = '', after = ''] = coloured.exec(line) ?? []
  return before + fit(text, width) + after
}

/** The name above a group of columns goes on to the next of them. */
function withName(columns: readonly Column[], dropped: number): readonly Column[] {
  const [name = '', ...titles] = (columns[dropped]?.title ?? '').split('\n')
  return columns.map((column, i) =>
    i === dropped + 1 && titles.length > 0 && column.title.startsWith('\n')
      ? { ...column, title: name + column.title }
      : column,
  )
}

/** Without the last of its spare columns; undefined where it has none. */
function dropSpare({ columns, rows }: Cells): Cells | undefined {
  const last = columns.findLastIndex(({ spare }) => spare === true)
  if (last < 0) return undefined
  const rest = <T>(row: readonly T[]): readonly T[] => row.filter((_, i) => i !== last)
  return { columns: rest(withName(columns, last)), rows: rows.map(rest) }
}

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
