import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { count, grouped, percent } from '../../../../runs/report/show/format.ts'
import { Button, LinkButton, SearchField } from '../../../design/controls.tsx'
import { tipFor } from '../../../design/tip.tsx'
import { offer } from '../../../state/commands.ts'
import { openFunction } from '../address.ts'
import costs from '../costs.module.css'
import styles from './flame.module.css'
import { boxesOf, cyclesMatching, neighbour, type Box, type PathNode } from './layout.ts'

/** Narrower is not drawn. */
const LEAST_PIXELS = 2
/** In wider ones the name is written. */
const NAME_PIXELS = 28

/** Callers above those they call; as wide as their cycles. */
export function Flame({ root, chosen }: { readonly root: PathNode; readonly chosen: Signal<PathNode> }) {
  const focus = useSignal(root)
  const wanted = useSignal('')
  const width = useSignal(800)
  const field = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = field.current
    if (!element) return
    const observer = new ResizeObserver(() => (width.value = Math.max(element.clientWidth, 1)))
    observer.observe(element)
    return () => {
      observer.disconnect()
    }
  }, [])
  const zoomOut = (): void => {
    focus.value = root
    chosen.value = root
  }
  useEffect(
    () =>
      offer([
        { id: 'flame-out', title: 'Flame graph: all of it', group: 'Costs', keys: 'Escape', run: zoomOut },
      ]),
    [root],
  )
  const boxes = useMemo(() => boxesOf(focus.value, LEAST_PIXELS / width.value), [focus.value, width.value])
  const needle = wanted.value.trim().toLowerCase()
  const isWanted = (name: string): boolean => needle !== '' && name.toLowerCase().includes(needle)
  const found = needle === '' ? undefined : cyclesMatching(root, isWanted)
  const current = boxes.some(({ node }) => node === chosen.value) ? chosen.value : focus.value
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') focus.value = current
    else if (event.key.startsWith('Arrow')) {
      const next = neighbour(boxes, current, event.key)
      if (!next) return
      chosen.value = next
      // Once it is drawn with its place in the order of tabs.
      requestAnimationFrame(() => {
        field.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
      })
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <div class={costs['tools']}>
        <SearchField label="Find functions in the flame graph" placeholder="Find a function" value={wanted} />
        <span class="soft" role="status">
          {found === undefined
            ? 'The stronger the colour, the more of all cycles are its own'
            : found === 0
              ? 'none'
              : `${grouped(found)} cycles, ${percent(found / root.data.totalCycles)}, each once`}
        </span>
        <span class={costs['grow']} />
        <Button
          disabled={focus.value === root}
          icon="minus"
          onClick={zoomOut}
          keys="Escape"
          title="All of it"
        >
          All of it
        </Button>
      </div>
      <div
        ref={field}
        class={styles['field']}
        role="tree"
        aria-label="Calls, callers above those they call"
        style={{ height: `${1.5 * (Math.max(...boxes.map(({ row }) => row)) + 1)}rem` }}
        onKeyDown={move}
      >
        {boxes.map((box) => (
          <FlameBox
            key={box.node.data.place}
            box={box}
            whole={root.data.totalCycles}
            pixels={box.width * width.value}
            isCurrent={box.node === current}
            isAbove={box.row < focus.value.depth}
            found={found === undefined ? undefined : isWanted(box.node.data.name)}
            onChoose={() => {
              chosen.value = box.node
              focus.value = box.node
            }}
          />
        ))}
      </div>
      <Chosen node={current} root={root} />
    </>
  )
}

function FlameBox({
  box: { node, left, width, row },
  whole,
  pixels,
  isCurrent,
  isAbove,
  found,
  onChoose,
}: {
  readonly box: Box
  readonly whole: number
  readonly pixels: number
  readonly isCurrent: boolean
  readonly isAbove: boolean
  readonly found: boolean | undefined
  readonly onChoose: () => void
}) {
  const { data } = node
  const heat = Math.sqrt(data.selfCycles / Math.max(whole, 1))
  return (
    <div
      role="treeitem"
      aria-level={row + 1}
      aria-selected={isCurrent}
      aria-label={`${nameOf(node)}, ${grouped(data.totalCycles)} cycles, ${percent(data.totalCycles / Math.max(whole, 1))}`}
      tabIndex={isCurrent ? 0 : -1}
      class={styles['box']}
      data-above={isAbove ? '' : undefined}
      data-found={found === undefined ? undefined : String(found)}
      style={{
        left: `${100 * left}%`,
        width: `${100 * width}%`,
        top: `${1.5 * row}rem`,
        '--heat': `${(6 + 54 * heat).toFixed(1)}%`,
      }}
      onClick={onChoose}
      {...tipFor(() => <Tip node={node} whole={whole} />)}
    >
      {pixels >= NAME_PIXELS && <span>{nameOf(node)}</span>}
    </div>
  )
}

const nameOf = ({ data: { name, exception } }: PathNode): string =>
  exception === null ? name : `${name} (${exception})`

const Tip = ({ node, whole }: { readonly node: PathNode; readonly whole: number }) => (
  <div class={styles['tip']}>
    <strong>{nameOf(node)}</strong>
    <span class="number">
      {grouped(node.data.totalCycles)} cycles, {percent(node.data.totalCycles / Math.max(whole, 1))}
    </span>
    {node.depth > 0 && (
      <span class="number soft">
        {grouped(node.data.selfCycles)} its own; {count(node.data.calls, 'call')}
      </span>
    )}
  </div>
)

/** The path to what was chosen, and its figures. */
function Chosen({ node, root }: { readonly node: PathNode; readonly root: PathNode }) {
  const { data } = node
  return (
    <div class={styles['chosen']}>
      <p class={styles['path']}>
        {node
          .ancestors()
          .reverse()
          .slice(1)
          .map((one, i) => (
            <span key={one.data.place}>
              {i > 0 && <span class="soft"> › </span>}
              {nameOf(one)}
            </span>
          ))}
        {node.depth === 0 && (
          <span class="soft">Choose a box: it fills the width. Arrows go from one to the next.</span>
        )}
      </p>
      <p class="number">
        <strong>{grouped(data.totalCycles)}</strong> cycles,{' '}
        {percent(data.totalCycles / Math.max(root.data.totalCycles, 1))}
        {node.depth > 0 && (
          <>
            ; <strong>{grouped(data.selfCycles)}</strong> its own; {count(data.calls, 'call')}
          </>
        )}
        {data.address !== null && (
          <>
            {' · '}
            <LinkButton
              onClick={() => {
                openFunction(data.address ?? 0)
              }}
            >
              by line and instruction
            </LinkButton>
          </>
        )}
      </p>
    </div>
  )
}
