import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import styles from './dialog.module.css'

/** The browser's own modal dialog: Escape and a click beside it close it, focus stays in and goes back. */
export function Dialog({
  isOpen,
  label,
  children,
}: {
  readonly isOpen: Signal<boolean>
  readonly label: string
  readonly children: ComponentChildren
}) {
  const element = useRef<HTMLDialogElement>(null)
  const open = isOpen.value
  useEffect(() => {
    if (open) element.current?.showModal()
    else element.current?.close()
  }, [open])
  return (
    <dialog
      ref={element}
      class={styles['dialog']}
      aria-label={label}
      onClose={() => (isOpen.value = false)}
      onClick={({ target }) => {
        if (target === element.current) isOpen.value = false
      }}
    >
      {open && children}
    </dialog>
  )
}

/** "g t" as two keys. */
export const Keys = ({ keys }: { readonly keys: string | undefined }) => (
  <span class={styles['keys']}>
    {keys?.split(' ').map((key) => (
      <kbd key={key}>{key.replace('+', ' ').replace('Ctrl k', 'Ctrl K')}</kbd>
    ))}
  </span>
)
