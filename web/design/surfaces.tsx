import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'
import styles from './surfaces.module.css'

export const Panel = ({
  title,
  aside,
  children,
  flush = false,
}: {
  readonly title: string
  /** At the end of the head. */
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
  /** Without padding: a table or a canvas goes to the border. */
  readonly flush?: boolean
}) => (
  <section class={styles['panel']} aria-label={title}>
    <div class={styles['panelHead']}>
      <h2>{title}</h2>
      {aside}
    </div>
    <div class={flush ? styles['flush'] : styles['panelBody']}>{children}</div>
  </section>
)

/** Where there is nothing to show, and what would fill it. */
export const Empty = ({
  icon,
  title,
  children,
}: {
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
}) => (
  <div class={styles['empty']}>
    <Icon name={icon} size={32} />
    <strong>{title}</strong>
    {children}
  </div>
)

export const Notice = ({
  kind,
  children,
}: {
  readonly kind: 'note' | 'warn' | 'bad'
  readonly children: ComponentChildren
}) => (
  <div
    class={[styles['notice'], kind !== 'note' && styles[kind]].filter(Boolean).join(' ')}
    role={kind === 'bad' ? 'alert' : 'status'}
  >
    <Icon name={kind === 'note' ? 'help' : 'warning'} />
    <div>{children}</div>
  </div>
)

/** A number that matters, its unit, and below it its interval or what it rests on. */
export const Figure = ({
  name,
  value,
  unit,
  note,
}: {
  readonly name: string
  readonly value: string
  readonly unit?: string
  readonly note?: ComponentChildren
}) => (
  <div class={styles['figure']}>
    <span class={styles['figureName']}>{name}</span>
    <span class={`${styles['figureValue'] ?? ''} number`}>
      {value}
      {unit !== undefined && <span class={styles['figureUnit']}>{unit}</span>}
    </span>
    {note !== undefined && <span class={styles['figureNote']}>{note}</span>}
  </div>
)

export const Figures = ({ children }: { readonly children: ComponentChildren }) => (
  <div class={styles['figures']}>{children}</div>
)
