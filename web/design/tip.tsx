import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import styles from './tip.module.css'

interface Shown {
  readonly content: () => ComponentChildren
  readonly left: number
  readonly top: number
  readonly isBelow: boolean
}

const shown = signal<Shown | undefined>(undefined)

const WIDEST = 320
const ROOM_ABOVE = 220

/** Where the pointer or the focus is, more is said. What it says stands in a table too: nobody needs a pointer. */
export const tipFor = (
  content: () => ComponentChildren,
): {
  readonly onPointerEnter: (event: PointerEvent) => void
  readonly onPointerLeave: () => void
} => ({
  onPointerEnter: ({ currentTarget }) => {
    if (!(currentTarget instanceof Element)) return
    const { left, top, bottom } = currentTarget.getBoundingClientRect()
    const isBelow = top < ROOM_ABOVE
    shown.value = {
      content,
      left: Math.max(8, Math.min(left, innerWidth - WIDEST - 8)),
      top: isBelow ? bottom + 6 : top - 6,
      isBelow,
    }
  },
  onPointerLeave: () => (shown.value = undefined),
})

/** One for a view. */
export const TipLayer = () =>
  shown.value ? (
    <div
      class={styles['tip']}
      aria-hidden="true"
      data-below={shown.value.isBelow ? '' : undefined}
      style={{
        left: `${shown.value.left}px`,
        top: `${shown.value.top}px`,
        maxWidth: `${WIDEST}px`,
      }}
    >
      {shown.value.content()}
    </div>
  ) : null
