import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { inputClass } from './controls.tsx'
import styles from './slider.module.css'

/** 1, 1.2, 1.5, 2 ... in each decade between two ends: what a key moves a slider by. */
export function ladder(least: number, most: number): readonly number[] {
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]
  const decades = Array.from({ length: 20 }, (_, i) => 10 ** (i - 9))
  return decades
    .flatMap((decade) => steps.map((step) => Number((step * decade).toPrecision(3))))
    .filter((value) => value >= least && value <= most)
}

/** A number by moving a slider over a few values, or typed exactly. */
export function Slider({
  label,
  values,
  value,
  text,
  unit,
  onChange,
  onType,
  isDisabled = false,
  children,
}: {
  readonly label: string
  /** Rising. */
  readonly values: readonly number[]
  readonly value: number | undefined
  /** The value in words, for who does not see the field. */
  readonly text: (value: number) => string
  readonly unit: string
  readonly onChange: (value: number) => void
  /** What was typed. @returns what is wrong with it */
  readonly onType: (text: string) => string | undefined
  readonly isDisabled?: boolean
  /** Below: what the run had, or why it cannot be moved. */
  readonly children?: ComponentChildren
}) {
  const wrong = useSignal<string | undefined>(undefined)
  /** While it is typed: what else is drawn anew leaves it alone. */
  const draft = useSignal<string | undefined>(undefined)
  const id = useId()
  const at = value === undefined ? 0 : nearest(values, value)
  return (
    <div class={styles['row']}>
      <label class={styles['label']} for={`${id}-slider`}>
        {label}
      </label>
      <input
        id={`${id}-slider`}
        class={styles['slider']}
        type="range"
        min={0}
        max={Math.max(values.length - 1, 1)}
        step={1}
        value={at}
        disabled={isDisabled}
        aria-valuetext={value === undefined ? 'not set' : text(value)}
        style={{ '--at': `${(100 * at) / Math.max(values.length - 1, 1)}%` }}
        onInput={({ currentTarget }) => {
          const next = values[Number(currentTarget.value)]
          wrong.value = undefined
          draft.value = undefined
          if (next !== undefined) onChange(next)
        }}
      />
      <span class={styles['typed']}>
        <input
          class={`${inputClass} number`}
          inputMode="decimal"
          aria-label={`${label}, ${unit}`}
          aria-invalid={wrong.value !== undefined}
          aria-describedby={wrong.value === undefined ? undefined : `${id}-wrong`}
          value={draft.value ?? (value === undefined ? '' : String(Number(value.toPrecision(6))))}
          disabled={isDisabled}
          onInput={({ currentTarget }) => (draft.value = currentTarget.value)}
          onChange={({ currentTarget }) => {
            wrong.value = onType(currentTarget.value.trim())
            if (wrong.value === undefined) draft.value = undefined
          }}
        />
        <span class={styles['unit']}>{unit}</span>
      </span>
      {wrong.value !== undefined && (
        <span class={styles['wrong']} id={`${id}-wrong`} role="alert">
          {wrong.value}
        </span>
      )}
      {children !== undefined && <span class={styles['note']}>{children}</span>}
    </div>
  )
}

const nearest = (values: readonly number[], value: number): number => {
  const distance = (one: number | undefined): number => Math.abs(Math.log((one ?? 0) / value))
  return values.reduce((best, one, i) => (distance(one) < distance(values[best]) ? i : best), 0)
}
