/** How a table is written, from its first lines: separator, decimal sign, header, and what stands above it. */
import { UnclosedQuote, cellsOf, isBlank, isComment, isNumberLike, pairsOf } from './cells.ts'
import type { Layout } from './cells.ts'

export interface Dialect {
  readonly layout: Layout
  /** Cells of the header; undefined where there is none. */
  readonly header: readonly string[] | undefined
  /** Lines up to the header, or up to the first row where there is none. */
  readonly linesAbove: number
  /** Lines of text may stand between the rows: what a serial console printed. */
  readonly isLog: boolean
  /** Cells of the first row that has numbers. */
  readonly firstRow: readonly string[]
}

const SEPARATORS = [',', ';', '\t', '|'] as const

const LAYOUTS: readonly Layout[] = [
  ...SEPARATORS.flatMap((separator): Layout[] =>
    (separator === ',' ? (['.'] as const) : (['.', ','] as const)).map((decimal) => ({
      kind: 'cells',
      separator,
      decimal,
    })),
  ),
  { kind: 'blanks', decimal: '.' },
  { kind: 'blanks', decimal: ',' },
]

interface Candidate {
  readonly layout: Layout
  readonly rows: readonly (readonly string[])[]
  readonly columns: number
  readonly score: number
}

/** @returns undefined where no line has a number in it */
export function dialectOf(lines: readonly string[]): Dialect | undefined {
  const pairs = pairDialect(lines)
  if (pairs !== undefined) return pairs
  const best = LAYOUTS.map((layout) => candidate(lines, layout)).reduce((a, b) => (b.score > a.score ? b : a))
  if (best.score <= 0) return undefined
  const { layout, rows, columns } = best
  const numeric = (row: readonly string[]): number => numbersIn(row, layout)
  const like = rows.filter((row) => row.length === columns)
  const most = Math.max(...like.map(numeric))
  const first = rows.findIndex((row) => row.length === columns && numeric(row) * 2 > most)
  const firstRow = rows[first] ?? []
  const above = rows.findLastIndex(
    (row, at) =>
      at < first && fits(row, firstRow) && !isComment(lines[at] ?? '') && !isBlank(lines[at] ?? ''),
  )
  const header = above < 0 ? undefined : headerOf(rows[above] ?? [])
  // A quote that is not closed gives no cells.
  const text = rows.filter((row, at) => at > first && row.length > 0 && numeric(row) === 0)
  return {
    layout,
    header,
    linesAbove: above < 0 ? first : above + 1,
    isLog: header === undefined || text.length > 0,
    firstRow,
  }
}

/** A header has a name for each cell of the rows, or for all but an empty one at their end. */
const fits = (row: readonly string[], like: readonly string[]): boolean =>
  row.length > 1 || like.length === 1
    ? row.length === like.length || (row.length === like.length - 1 && (like.at(-1) ?? '').trim() === '')
    : false

/** The serial plotter's header may have a colon behind each label. */
const headerOf = (row: readonly string[]): readonly string[] =>
  row.map((cell) => cell.trim().replace(/:$/, ''))

function candidate(lines: readonly string[], layout: Layout): Candidate {
  const rows = lines.map((line) => (isBlank(line) || isComment(line) ? [] : attempt(line, layout)))
  const widths = new Map<number, number>()
  let score = 0
  for (const row of rows) {
    const numbers = numbersIn(row, layout)
    if (numbers === 0) continue
    widths.set(row.length, (widths.get(row.length) ?? 0) + 1)
    score += 2 * numbers - row.filter((cell) => cell.trim() !== '').length
  }
  const columns = [...widths].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0]
  return { layout, rows, columns, score: columns === 0 ? 0 : score }
}

function attempt(line: string, layout: Layout): string[] {
  try {
    return cellsOf(line, layout)
  } catch (cause) {
    if (cause instanceof UnclosedQuote) return []
    throw cause
  }
}

const numbersIn = (row: readonly string[], layout: Layout): number =>
  layout.kind === 'pairs' ? 0 : row.filter((cell) => isNumberLike(cell, layout.decimal)).length

/** Lines of label:value, among whatever else a sketch prints. */
function pairDialect(lines: readonly string[]): Dialect | undefined {
  const found = lines.map((line) => pairsOf(line))
  const labelled = found.filter((pairs) => pairs !== undefined)
  const longest = labelled.reduce<readonly (readonly [string, string])[]>(
    (a, b) => (b.length > a.length ? b : a),
    [],
  )
  const rows = labelled.filter(({ length }) => length === longest.length)
  if (rows.length < 2 || rows.length * 4 < lines.filter((line) => !isBlank(line)).length) return undefined
  return {
    layout: { kind: 'pairs' },
    header: longest.map(([label]) => label),
    linesAbove: 0,
    isLog: true,
    firstRow: longest.map(([, value]) => value),
  }
}
