import type { Signal } from '@preact/signals'
import type { Spent } from '../../../../runs/annotate/annotation.ts'
import { grouped, percent } from '../../../../runs/report/show/format.ts'
import { tipFor } from '../../../design/tip.tsx'
import { VirtualRows } from '../../../design/virtual-rows.tsx'
import { ReasonsList } from '../reasons-bar.tsx'
import styles from './annotated.module.css'
import { keyOfLine, type SourceRow } from './rows.ts'

/** Lines that have code in the function, and what stands around them where the text is there. */
export function Lines({
  rows,
  line,
}: {
  readonly rows: readonly SourceRow[]
  readonly line: Signal<string | undefined>
}) {
  const keyAt = (row: number): string | undefined => {
    const one = rows[row]
    return one?.kind === 'line' ? keyOfLine(one.path, one.line) : undefined
  }
  const at = rows.findIndex((_, row) => keyAt(row) === line.value)
  return (
    <section class={styles['pane']} aria-label="Source">
      <div class={`${styles['row'] ?? ''} ${styles['titles'] ?? ''}`} aria-hidden="true">
        <span>cycles</span>
        <span>share</span>
        <span>executions</span>
        <span>line</span>
        <span class={styles['code']}>source</span>
      </div>
      <div class={styles['rows']}>
        <VirtualRows
          label="Source lines with cycles, share, executions and line number"
          count={rows.length}
          at={line.value === undefined || at < 0 ? undefined : at}
          onMove={(row) => (line.value = keyAt(row) ?? line.value)}
          show={(row) => {
            const one = rows[row]
            if (one?.kind === 'file')
              return (
                <div class={styles['file']} role="cell">
                  {one.path}
                </div>
              )
            if (one?.kind !== 'line')
              return (
                <div class={styles['gap']} role="cell">
                  ⋯
                </div>
              )
            const key = keyOfLine(one.path, one.line)
            return (
              <Line
                row={one}
                isChosen={line.value === key}
                onChoose={() => (line.value = line.value === key ? undefined : key)}
              />
            )
          }}
        />
      </div>
    </section>
  )
}

function Line({
  row: { spent, line, text },
  isChosen,
  onChoose,
}: {
  readonly row: Extract<SourceRow, { kind: 'line' }>
  readonly isChosen: boolean
  readonly onChoose: () => void
}) {
  return (
    <div
      class={styles['row']}
      data-chosen={isChosen ? '' : undefined}
      data-heat={spent && heatOf(spent)}
      onClick={onChoose}
      {...(spent?.reasons ? tipFor(() => <ReasonsList reasons={spent.reasons ?? {}} />) : {})}
    >
      <span role="cell">{spent && spent.cycles !== 0 ? grouped(spent.cycles) : ''}</span>
      <span role="cell">{spent && spent.cycles !== 0 ? percent(spent.share) : ''}</span>
      <span role="cell">{spent && spent.executions > 0 ? grouped(spent.executions) : ''}</span>
      <span role="cell" class="soft">
        {line > 0 ? line : ''}
      </span>
      <span role="cell" class={styles['code']}>
        {text ?? <span class="soft">{spent?.function ?? ''}</span>}
      </span>
    </div>
  )
}

/** As the colours of `boardless annotate`. */
export const heatOf = ({ share }: Spent): 'hot' | 'warm' | undefined =>
  share >= 0.1 ? 'hot' : share >= 0.025 ? 'warm' : undefined
