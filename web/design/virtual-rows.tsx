import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import styles from './virtual-rows.module.css'

const ROW_PIXELS = 22
const OVERSCAN = 12

/** Many rows of one height, of which those in view are there. */
export function VirtualRows({
  label,
  count,
  show,
  at,
  onMove,
}: {
  readonly label: string
  readonly count: number
  readonly show: (row: number) => ComponentChildren
  /** Row that is brought into view when it changes. */
  readonly at: number | undefined
  /** Arrows, page and home keys. */
  readonly onMove: (row: number) => void
}) {
  const field = useRef<HTMLDivElement>(null)
  const changed = useSignal(0)
  const rows = useMemo(
    () =>
      new Virtualizer<HTMLDivElement, HTMLDivElement>({
        count,
        getScrollElement: () => field.current,
        estimateSize: () => ROW_PIXELS,
        overscan: OVERSCAN,
        scrollToFn: elementScroll,
        observeElementRect,
        observeElementOffset,
        onChange: () => (changed.value = changed.peek() + 1),
      }),
    [count],
  )
  useLayoutEffect(() => {
    const unmount = rows._didMount()
    rows._willUpdate()
    changed.value = changed.peek() + 1
    return unmount
  }, [rows])
  useEffect(() => {
    if (at !== undefined && at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [rows, at])
  const move = (event: KeyboardEvent): void => {
    const page = Math.max(Math.floor((field.current?.clientHeight ?? 0) / ROW_PIXELS) - 1, 1)
    const from = at ?? -1
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: count - 1,
    }[event.key]
    if (to === undefined || count === 0) return
    event.preventDefault()
    event.stopPropagation()
    onMove(Math.min(Math.max(to, 0), count - 1))
  }
  return (
    <div
      ref={field}
      class={styles['field']}
      role="table"
      aria-label={label}
      aria-rowcount={count}
      tabIndex={0}
      data-drawn={changed.value}
      onKeyDown={move}
    >
      <div class={styles['all']} role="rowgroup" style={{ height: `${rows.getTotalSize()}px` }}>
        {rows.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            class={styles['row']}
            role="row"
            aria-rowindex={index + 1}
            style={{ transform: `translateY(${start}px)`, height: `${ROW_PIXELS}px` }}
          >
            {show(index)}
          </div>
        ))}
      </div>
    </div>
  )
}
