import type { Pair } from '../../../runs/compare/comparison.ts'
import { changed, relative, shown, toneOf, type Tone, type Unit } from '../../../runs/compare/show/words.ts'
import type { Column } from '../../design/table.tsx'
import styles from './compare.module.css'

/** Digits of a figure stay in one line. */
export const unbroken = (text: string): string =>
  text.replace(/(?<=\d) (?=\d{3}(?!\d))/g, '\u00a0').replace(/(?<=[ ,])-(?=\d)/g, '\u2011')

/** To the right what is more, to the left what is less: seen without colours too. @param most that a half is of */
export function ChangeBar({
  difference,
  most,
  tone = toneOf(difference),
}: {
  readonly difference: number
  readonly most: number
  readonly tone?: Tone
}) {
  const half = most === 0 ? 0 : (50 * Math.abs(difference)) / most
  return (
    <span class={styles['bar']} aria-hidden="true">
      <span class={styles['axis']} />
      {difference !== 0 && (
        <span
          class={styles['change']}
          data-tone={tone}
          style={{ left: `${difference > 0 ? 50 : 50 - half}%`, width: `${half}%` }}
        />
      )}
    </span>
  )
}

/** Both figures, the change, as a bar, and its share of the first. */
export function changeColumns<Row>({
  names: [a, b],
  of,
  unitOf,
  rows,
  toneOf: tone = (row) => toneOf(of(row).difference),
  hasBar = true,
}: {
  readonly names: readonly [string, string]
  readonly of: (row: Row) => Pair
  readonly unitOf: (row: Row) => Unit
  /** All of them: what the bars are of. */
  readonly rows: readonly Row[]
  readonly toneOf?: (row: Row) => Tone
  /** Figures of several units have no common scale. */
  readonly hasBar?: boolean
}): readonly Column<Row>[] {
  const most = Math.max(...rows.map((row) => Math.abs(of(row).difference)), 0)
  const value = (title: string, which: 'a' | 'b'): Column<Row> => ({
    title,
    isNumber: true,
    show: (row) => shown(of(row)[which], unitOf(row)),
    order: (row) => of(row)[which] ?? -Infinity,
  })
  return [
    value(a, 'a'),
    value(b, 'b'),
    {
      title: 'Change',
      isNumber: true,
      show: (row) => (
        <span class={styles['difference']} data-tone={tone(row)}>
          {changed(of(row).difference, unitOf(row))}
        </span>
      ),
      order: (row) => of(row).difference,
    },
    ...(hasBar
      ? [
          {
            title: 'Less, more',
            show: (row: Row) => <ChangeBar difference={of(row).difference} most={most} tone={tone(row)} />,
          },
        ]
      : []),
    {
      title: 'In %',
      isNumber: true,
      show: (row) => relative(of(row)),
      order: (row) => of(row).difference / Math.abs(of(row).a ?? NaN) || 0,
    },
  ]
}
