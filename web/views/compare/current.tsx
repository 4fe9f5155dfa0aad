import type { Comparison, UncertainPair } from '../../../runs/compare/comparison.ts'
import { changed, toneOf } from '../../../runs/compare/show/words.ts'
import { Empty, Notice, Panel } from '../../design/surfaces.tsx'
import { Table, type Column } from '../../design/table.tsx'
import { changeColumns } from './change.tsx'
import styles from './compare.module.css'

interface Row extends UncertainPair {
  readonly name: string
  readonly isPart?: boolean
}

/** Currents by part and charges by phase, each with the least and most that the change can be. */
export function Current({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, current } = comparison
  if (!current)
    return (
      <Empty icon="duty" title="Nothing was drawn">
        <p>A run had no time in which anything could be.</p>
      </Empty>
    )
  const names = [a.name, b.name] as const
  const parts: readonly Row[] = [
    { name: 'board', ...current.board },
    { name: 'chip', ...current.chip },
    ...current.parts.map((one) => ({ name: one.part, isPart: true, ...one })),
  ]
  const phases: readonly Row[] = current.phases.map((one) => ({ name: one.phase, ...one }))
  const life: readonly Row[] = current.battery ? [{ name: current.battery.cell, ...current.battery }] : []
  return (
    <>
      {current.otherCoefficients.length > 0 && (
        <Notice kind="warn">
          Coefficients differ between the runs, so their errors do not cancel:{' '}
          {current.otherCoefficients.join(', ')}.
        </Notice>
      )}
      <Panel flush title="Current by part" aside={<span class="soft">µA on average</span>}>
        <Rows caption="Current by part" rows={parts} names={names} unit="uA" />
        <p class={`soft ${styles['foot'] ?? ''}`}>
          From and to: the least and most that the change can be. A coefficient is the same in both runs, so
          most of its error cancels.
        </p>
      </Panel>
      {phases.length > 0 && (
        <Panel flush title="Charge of a pass by phase" aside={<span class="soft">µC, the whole board</span>}>
          <Rows caption="Charge by phase" rows={phases} names={names} unit="uC" />
        </Panel>
      )}
      {life.length > 0 && (
        <Panel flush title="How long the cell lasts">
          <Rows caption="Life of the cell" rows={life} names={names} unit="h" worse={-1} />
        </Panel>
      )}
    </>
  )
}

function Rows({
  caption,
  rows,
  names,
  unit,
  worse = 1,
}: {
  readonly caption: string
  readonly rows: readonly Row[]
  readonly names: readonly [string, string]
  readonly unit: 'uA' | 'uC' | 'h'
  /** -1 where less is worse. */
  readonly worse?: 1 | -1
}) {
  const columns: readonly Column<Row>[] = [
    {
      title: 'Of',
      show: ({ name, isPart, isOpen }) => (
        <span class={isPart ? styles['part'] : undefined}>
          {name}
          {isOpen && <span class={styles['open']}>may be either</span>}
        </span>
      ),
    },
    ...changeColumns<Row>({
      names,
      of: (one) => one,
      unitOf: () => unit,
      rows,
      toneOf: ({ difference, isOpen }) => toneOf(worse * difference, isOpen),
    }),
    { title: 'From', isNumber: true, show: ({ low }) => changed(low, unit) },
    { title: 'To', isNumber: true, show: ({ high }) => changed(high, unit) },
  ]
  return <Table caption={caption} rows={rows} keyOf={({ name }) => name} columns={columns} />
}
