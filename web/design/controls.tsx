import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import styles from './controls.module.css'
import { Icon, type IconName } from './icon.tsx'

export interface ButtonProps {
  readonly onClick: () => void
  readonly children?: ComponentChildren
  readonly icon?: IconName
  readonly kind?: 'main' | 'quiet' | 'plain'
  readonly disabled?: boolean
  /** What it does; must be there where there is nothing but an icon. Shown on hover. */
  readonly title?: string
  /** Keys that do the same, for the hover text. */
  readonly keys?: string
  readonly pressed?: boolean
}

export const Button = ({
  onClick,
  children,
  icon,
  kind = 'plain',
  disabled,
  title,
  keys,
  pressed,
}: ButtonProps) => (
  <button
    type="button"
    class={[styles['button'], kind !== 'plain' && styles[kind], children === undefined && styles['only']]
      .filter(Boolean)
      .join(' ')}
    onClick={onClick}
    disabled={disabled}
    title={title === undefined ? undefined : keys === undefined ? title : `${title} (${keys})`}
    aria-label={children === undefined ? title : undefined}
    aria-pressed={pressed}
  >
    {icon && <Icon name={icon} size={16} />}
    {children}
  </button>
)

/** One of a few. */
export function Segments<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string
  readonly options: readonly (readonly [value: Value, text: string])[]
  readonly value: Value
  readonly onChange: (value: Value) => void
}) {
  return (
    <div class={styles['segments']} role="group" aria-label={label}>
      {options.map(([one, text]) => (
        <button
          key={one}
          type="button"
          class={styles['segment']}
          aria-pressed={one === value}
          onClick={() => {
            onChange(one)
          }}
        >
          {text}
        </button>
      ))}
    </div>
  )
}

export const Field = ({
  label,
  children,
}: {
  readonly label: string
  readonly children: ComponentChildren
}) => (
  <label class={styles['field']}>
    <span class={styles['label']}>{label}</span>
    {children}
  </label>
)

/** Within text: goes somewhere else in the page. */
export const LinkButton = ({
  onClick,
  children,
}: {
  readonly onClick: () => void
  readonly children: ComponentChildren
}) => (
  <button type="button" class={styles['link']} onClick={onClick}>
    {children}
  </button>
)

/** What is typed is there at once. */
export const SearchField = ({
  label,
  placeholder,
  value,
}: {
  readonly label: string
  readonly placeholder: string
  readonly value: Signal<string>
}) => (
  <input
    class={inputClass}
    type="search"
    placeholder={placeholder}
    aria-label={label}
    value={value.value}
    onInput={({ currentTarget }) => (value.value = currentTarget.value)}
  />
)

export const inputClass = styles['input'] ?? ''
