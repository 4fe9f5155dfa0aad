import type { Signal } from '@preact/signals'
import type { Annotation, InstructionSpent } from '../../../../runs/annotate/annotation.ts'
import { reasonsText } from '../../../../runs/annotate/show/reasons-text.ts'
import { grouped, percent } from '../../../../runs/report/show/format.ts'
import { tipFor } from '../../../design/tip.tsx'
import { VirtualRows } from '../../../design/virtual-rows.tsx'
import { ReasonsList } from '../reasons-bar.tsx'
import styles from './annotated.module.css'
import { heatOf } from './lines.tsx'
import { lineOf } from './rows.ts'

/** In the order of their addresses. */
export function Instructions({
  annotation: { instructions },
  line,
}: {
  readonly annotation: Annotation
  readonly line: Signal<string | undefined>
}) {
  const at = instructions.findIndex((one) => lineOf(one) === line.value)
  return (
    <section class={styles['pane']} aria-label="Instructions">
      <div
        class={`${styles['row'] ?? ''} ${styles['instruction'] ?? ''} ${styles['titles'] ?? ''}`}
        aria-hidden="true"
      >
        <span>cycles</span>
        <span>share</span>
        <span>executions</span>
        <span>address</span>
        <span class={styles['code']}>instruction</span>
        <span class={styles['why']}>why, beside issue</span>
        <span class={styles['why']}>line</span>
      </div>
      <div class={styles['rows']}>
        <VirtualRows
          label="Instructions with cycles, share, executions, address, reasons and line"
          count={instructions.length}
          at={line.value === undefined || at < 0 ? undefined : at}
          onMove={(row) => {
            const one = instructions[row]
            if (one) line.value = lineOf(one)
          }}
          show={(row) => {
            const one = instructions[row]
            return (
              one && (
                <Instruction
                  one={one}
                  isChosen={line.value === lineOf(one)}
                  onChoose={() => (line.value = line.value === lineOf(one) ? undefined : lineOf(one))}
                />
              )
            )
          }}
        />
      </div>
    </section>
  )
}

function Instruction({
  one,
  isChosen,
  onChoose,
}: {
  readonly one: InstructionSpent
  readonly isChosen: boolean
  readonly onChoose: () => void
}) {
  const { cycles, share, executions, reasons, address, text, target, isTarget, places } = one
  const ran = executions > 0 || cycles > 0
  const [place] = places
  const others =
    reasons && Object.fromEntries(Object.entries(reasons).filter(([reason]) => reason !== 'issue'))
  return (
    <div
      class={`${styles['row'] ?? ''} ${styles['instruction'] ?? ''}`}
      data-chosen={isChosen ? '' : undefined}
      data-heat={heatOf(one)}
      data-dead={ran ? undefined : ''}
      onClick={onChoose}
      {...(reasons && ran ? tipFor(() => <ReasonsList reasons={reasons} />) : {})}
    >
      <span role="cell">{ran ? grouped(cycles) : ''}</span>
      <span role="cell">{ran ? percent(share) : ''}</span>
      <span role="cell">{ran ? grouped(executions) : ''}</span>
      <span role="cell" class="soft" title={isTarget ? 'A branch of the function leads here' : undefined}>
        {isTarget ? '›' : ''} {address.toString(16)}
      </span>
      <span role="cell" class={styles['code']}>
        {text}
        {target?.name ? <span class="soft"> {target.name}</span> : ''}
      </span>
      <span role="cell" class={styles['why']}>
        {reasonsText({ reasons: others, cycles }, 2, 0)}
      </span>
      <span role="cell" class={styles['why']}>
        {place && place.line > 0 ? `${place.file.slice(place.file.lastIndexOf('/') + 1)}:${place.line}` : ''}
      </span>
    </div>
  )
}
