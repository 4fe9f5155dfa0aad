import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { useSignal } from '@preact/signals'
import controls from './controls.module.css'
import { Icon, type IconName } from './icon.tsx'
import styles from './popover.module.css'

const MARGIN = 8

/** A button that opens something below it, by the browser's own popover: Escape and a click elsewhere close it. */
export function Popover({
  label,
  icon,
  title,
  children,
  isMarked = false,
}: {
  readonly label: string
  readonly icon?: IconName
  readonly title: string
  readonly children: () => ComponentChildren
  /** Something in it is on. */
  readonly isMarked?: boolean
}) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const isOpen = useSignal(false)
  return (
    <>
      <button
        ref={button}
        type="button"
        class={[controls['button'], controls['quiet'], isMarked && controls['marked']]
          .filter(Boolean)
          .join(' ')}
        title={title}
        aria-expanded={isOpen.value}
        {...{ popovertarget: id }}
      >
        {icon && <Icon name={icon} size={16} />}
        {label}
      </button>
      <div
        ref={panel}
        id={id}
        {...{ popover: 'auto' }}
        class={styles['popover']}
        role="dialog"
        aria-label={label}
        onToggle={(event) => {
          const opens = (event as ToggleEvent).newState === 'open'
          isOpen.value = opens
          const [at, own] = [button.current?.getBoundingClientRect(), panel.current]
          if (!opens || !at || !own) return
          own.style.left = `${Math.max(MARGIN, Math.min(at.left, innerWidth - own.offsetWidth - MARGIN))}px`
          own.style.top = `${at.bottom + 4}px`
          own.style.maxHeight = `${innerHeight - at.bottom - 2 * MARGIN}px`
          requestAnimationFrame(() => own.querySelector<HTMLElement>('input, button')?.focus())
        }}
      >
        {isOpen.value && children()}
      </div>
    </>
  )
}
