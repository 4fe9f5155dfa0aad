/** What a file has, for the one line that says why it does not do. */

const MOST_COLUMNS = 12
const MOST_LETTERS = 24

const short = (text: string): string =>
  text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS - 1)}…`

/** A title or cell as a message has it, however long it is. No control characters. */
export const named = (text: string): string => short(printable(text.trim()))

/** Such as `found time, a, b (first row: 0, 1, 2)`. No control characters. */
export function found(titles: readonly string[], firstRow: readonly string[]): string {
  const list = (cells: readonly string[]): string =>
    cells.slice(0, MOST_COLUMNS).map(named).join(', ') +
    (cells.length > MOST_COLUMNS ? `, ... (${cells.length})` : '')
  const columns = titles.length === 0 ? `${firstRow.length} columns without a header` : list(titles)
  return `found ${columns} (first row: ${list(firstRow)})`
}

// eslint-disable-next-line no-control-regex
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
