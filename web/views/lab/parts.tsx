import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import {
  fineProse,
  intervalText,
  isSigned,
  numberText,
  printable,
  valueText,
} from '../../../runs/lab-report/format.ts'
import type { Quantity } from '../../../runs/lab-report/lab-report.ts'
import type { Verdict } from '../../../runs/verdict.ts'
import { Button } from '../../design/controls.tsx'
import styles from './lab.module.css'

/** The value, its interval in a line under it. */
export function QuantityText({
  of,
  signed = isSigned(of),
  isBare = false,
}: {
  readonly of: Quantity
  readonly signed?: boolean
  /** Its unit is said elsewhere. */
  readonly isBare?: boolean
}) {
  const interval = intervalText(of, 'fine', signed)
  return (
    <span class="number">
      {isBare ? numberText(of.value, of.unit, 'fine', signed) : valueText(of, 'fine', signed)}
      {interval !== '' && <span class={styles['interval']}>{interval}</span>}
    </span>
  )
}

/** Sentences of the report: what is in backticks is code. */
export const Prose = ({ text }: { readonly text: string }) => (
  <>
    {fineProse(printable(text))
      .split('`')
      .map((piece, i) => (i % 2 === 1 ? <code key={i}>{piece}</code> : piece))}
  </>
)

/** Told by its word; the colour says it again. */
export const VerdictMark = ({ verdict }: { readonly verdict: Verdict }) => (
  <span class={styles['verdict']} data-verdict={verdict}>
    {verdict}
  </span>
)

/** What one types to make it again. */
export function CommandLine({ line }: { readonly line: string }) {
  const copied = useSignal(false)
  return (
    <div class={styles['command']}>
      <pre tabIndex={0} aria-label="Command">
        <code>{printable(line)}</code>
      </pre>
      <Button
        kind="quiet"
        icon={copied.value ? 'check' : 'pin'}
        title={copied.value ? 'Copied' : 'Copy the command'}
        onClick={() => {
          navigator.clipboard.writeText(line).then(
            () => (copied.value = true),
            () => undefined,
          )
        }}
      />
    </div>
  )
}

export const FactList = ({
  facts,
}: {
  readonly facts: readonly (readonly [string, ComponentChildren])[]
}) => (
  <dl class={styles['facts']}>
    {facts.map(([name, value], i) => (
      <div key={i}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
