import { useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { bytes, percent } from '../../../runs/report/show/format.ts'
import { tipFor } from '../../design/tip.tsx'
import styles from './memory.module.css'
import { layOutAreas, type Area, type AreaNode } from './tree.ts'

const HEIGHT = 440
/** Levels below what is looked at. */
const DEPTH = 3
const LEAST_PIXELS = 3
const NAME_PIXELS = 34

/** Areas as large as their bytes; one that holds others fills the room when it is chosen. */
export function Treemap({
  root,
  whole,
  onOpen,
}: {
  readonly root: Area
  /** Bytes of all, for shares. */
  readonly whole: number
  readonly onOpen: (area: Area) => void
}) {
  const field = useRef<HTMLDivElement>(null)
  const width = useSignal(900)
  const current = useSignal(0)
  useLayoutEffect(() => {
    const element = field.current
    if (!element) return
    const observer = new ResizeObserver(() => (width.value = Math.max(element.clientWidth, 100)))
    observer.observe(element)
    return () => {
      observer.disconnect()
    }
  }, [])
  const nodes = useMemo(
    () =>
      layOutAreas(root, width.value, HEIGHT, DEPTH)
        .descendants()
        .slice(1)
        .filter(({ x0, x1, y0, y1 }) => x1 - x0 >= LEAST_PIXELS && y1 - y0 >= LEAST_PIXELS),
    [root, width.value],
  )
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const node = nodes[current.value]
    if (step !== undefined) {
      current.value = Math.min(Math.max(current.value + step, 0), nodes.length - 1)
      requestAnimationFrame(() => {
        field.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
      })
    } else if ((event.key === 'Enter' || event.key === ' ') && node) open(node)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const open = ({ data }: AreaNode): void => {
    if (data.children.length > 0) onOpen(data)
  }
  return (
    <div
      ref={field}
      class={styles['treemap']}
      style={{ height: `${HEIGHT}px` }}
      role="tree"
      aria-label={`${root.name}, ${bytes(root.bytes)}`}
      onKeyDown={move}
    >
      {nodes.map((node, i) => (
        <div
          key={node
            .ancestors()
            .map(({ data }) => `${data.name} ${data.item?.address ?? ''}`)
            .join('/')}
          role="treeitem"
          aria-level={node.depth}
          aria-label={`${node.data.name}, ${bytes(node.data.bytes)}`}
          tabIndex={i === Math.min(current.value, nodes.length - 1) ? 0 : -1}
          class={styles['area']}
          data-kind={node.data.kind}
          data-depth={node.depth}
          style={{
            left: `${node.x0}px`,
            top: `${node.y0}px`,
            width: `${node.x1 - node.x0}px`,
            height: `${node.y1 - node.y0}px`,
          }}
          onClick={(event) => {
            event.stopPropagation()
            open(node.data.children.length > 0 ? node : (node.parent ?? node))
          }}
          {...tipFor(() => <Tip area={node.data} whole={whole} />)}
        >
          {node.x1 - node.x0 >= NAME_PIXELS && node.y1 - node.y0 >= 15 && (
            <span>
              {node.data.name}
              {node.data.kind === 'group' && (
                <span class={styles['areaBytes']}> {bytes(node.data.bytes)}</span>
              )}
            </span>
          )}
        </div>
      ))}
    </div>
  )
}

const Tip = ({ area, whole }: { readonly area: Area; readonly whole: number }) => (
  <div class={styles['tip']}>
    <strong>{area.name}</strong>
    <span class="number">
      {bytes(area.bytes)}, {percent(area.bytes / Math.max(whole, 1))}
    </span>
    {area.item && <span class="soft">{area.item.file ?? area.item.section}</span>}
  </div>
)
