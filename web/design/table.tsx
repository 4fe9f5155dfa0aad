import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import styles from './table.module.css'

export interface Column<Row> {
  readonly title: string
  /** What stands in the cell. */
  readonly show: (row: Row) => ComponentChildren
  /** Numbers stand on the right, digits below each other. */
  readonly isNumber?: boolean
  /** What rows are ordered by when its title is pressed; a column without cannot be. */
  readonly order?: (row: Row) => number | string
  /** Has what room is left, such as for a bar. */
  readonly isWide?: boolean
}

/** Rows as they come, until a title is pressed. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  chosen,
  onChoose,
  most,
}: {
  /** Read by who does not see it. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly chosen?: string | undefined
  readonly onChoose?: (row: Row) => void
  /** Rows that are shown until all are asked for. */
  readonly most?: number
}) {
  const isAll = useSignal(false)
  const by = useSignal<{ readonly column: number; readonly descending: boolean } | undefined>(undefined)
  const order = by.value && columns[by.value.column]?.order
  const sorted = order
    ? [...rows].sort((a, b) => {
        const [x, y] = [order(a), order(b)]
        return (x < y ? -1 : x > y ? 1 : 0) * (by.value?.descending ? -1 : 1)
      })
    : rows
  const shown = most === undefined || isAll.value ? sorted : sorted.slice(0, most)
  const press = (column: number): void => {
    const first = columns[column]?.isNumber ?? false
    by.value =
      by.value?.column === column
        ? { column, descending: !by.value.descending }
        : { column, descending: first }
  }
  return (
    <div class={styles['scroll']} tabIndex={0} role="region" aria-label={`Table: ${caption}`}>
      <table class={styles['table']}>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber, isWide, order: ordered }, i) => (
              <th
                key={title}
                scope="col"
                class={isNumber ? styles['right'] : isWide ? styles['wide'] : undefined}
                aria-sort={
                  by.value?.column === i ? (by.value.descending ? 'descending' : 'ascending') : undefined
                }
              >
                {ordered ? (
                  <button
                    type="button"
                    class={styles['sort']}
                    onClick={() => {
                      press(i)
                    }}
                  >
                    {title}
                    {by.value?.column === i ? (by.value.descending ? ' ↓' : ' ↑') : ''}
                  </button>
                ) : (
                  title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => {
            const key = keyOf(row)
            return (
              <tr
                key={key}
                aria-selected={onChoose ? chosen === key : undefined}
                data-can-choose={onChoose ? '' : undefined}
                tabIndex={onChoose ? 0 : undefined}
                onClick={
                  onChoose &&
                  (() => {
                    onChoose(row)
                  })
                }
                onKeyDown={
                  onChoose &&
                  ((event) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return
                    event.preventDefault()
                    onChoose(row)
                  })
                }
              >
                {columns.map(({ title, show, isNumber }) => (
                  <td key={title} class={isNumber ? `${styles['right'] ?? ''} number` : undefined}>
                    {show(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
      {shown.length < sorted.length && (
        <button type="button" class={styles['more']} onClick={() => (isAll.value = true)}>
          Show all {sorted.length}
        </button>
      )}
    </div>
  )
}
