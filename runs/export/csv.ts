/** Comma-separated values (RFC 4180): a header whose titles carry their units, a row for each thing. */
import { gathered } from './output.ts'
import type { Piece } from './output.ts'

export type Cell = string | number | undefined | null

export interface Column<Row> {
  /** With its unit: `begin (s)`. */
  readonly title: string
  readonly cell: (row: Row) => Cell
}

export function* table<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<Piece> {
  yield line(columns.map(({ title }) => title))
  yield* gathered(
    (function* () {
      for (const row of rows) yield line(columns.map(({ cell }) => cell(row)))
    })(),
  )
}

const line = (cells: readonly Cell[]): string => `${cells.map(written).join(',')}\r\n`

function written(cell: Cell): string {
  if (cell === undefined || cell === null) return ''
  const text = String(cell)
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replace(/"/g, '""')}"` : text
}
