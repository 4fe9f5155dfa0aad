import { effect, untracked } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../../design/icon.tsx'
import { closeGroup, hide, move, pin } from '../state/arrange.ts'
import { ALL, trackTitle, type Row, type TrackRow } from '../model/rows.ts'
import { shortOf } from '../model/found-text.ts'
import { RULER, type TimelineState } from '../state/timeline-state.ts'
import { BOARD, MEASURED } from '../state/track-ids.ts'
import styles from '../timeline.module.css'

/** Names of the rows, with what can be done with each; what scrolls, scrolls with these. */
export function Labels({
  state,
  scroller,
}: {
  readonly state: TimelineState
  readonly scroller: RefObject<HTMLDivElement | null>
}) {
  const box = useRef<HTMLDivElement>(null)
  const { pinned, pinnedHeight, rows, height } = state.rows.value
  const severalRuns = state.sources.value.length > 1
  useEffect(
    () =>
      effect(() => {
        showValues(state, box.current)
      }),
    [state],
  )
  return (
    <div ref={box} class={styles['labels']} data-narrow={state.labelWidth.value === 0 ? '' : undefined}>
      <div class={styles['corner']} style={{ height: `${RULER}px` }}>
        <span class={styles['detailing']} hidden={state.detailing.value === undefined} role="status">
          running this again …
        </span>
        {state.detailing.value === undefined && <span class="soft">{state.whyFolded.value}</span>}
      </div>
      <div class={styles['pinned']} style={{ height: `${pinnedHeight}px` }}>
        {pinned.map((row) => (
          <Label key={row.key} row={row} state={state} run={severalRuns ? titleOf(state, row.run) : ''} />
        ))}
      </div>
      <div
        class={styles['scroller']}
        ref={scroller}
        onScroll={({ currentTarget }) => (state.scroll.value = currentTarget.scrollTop)}
      >
        <div class={styles['content']} style={{ height: `${height}px` }}>
          {rows.map((row) =>
            row.kind === 'track' ? (
              <Label key={row.key} row={row} state={state} run="" />
            ) : (
              <Group key={row.key} row={row} state={state} />
            ),
          )}
        </div>
      </div>
    </div>
  )
}

const titleOf = (state: TimelineState, run: string): string =>
  state.sourceOf(run)?.run.facts.value?.title ?? ''

const Group = ({
  row,
  state,
}: {
  readonly row: Extract<Row, { kind: 'group' }>
  readonly state: TimelineState
}) => (
  <div class={styles['group']} data-label="" style={{ top: `${row.top}px`, height: `${row.height}px` }}>
    <button
      type="button"
      aria-expanded={row.isOpen}
      onClick={() => {
        closeGroup(state, row.run, row.group, row.isOpen)
      }}
    >
      <Icon name={row.isOpen ? 'down' : 'right'} size={13} />
      {row.group === ALL ? <strong>{titleOf(state, row.run)}</strong> : row.title}
      {!row.isOpen && <span class={styles['count']}>{row.count}</span>}
    </button>
  </div>
)

let dragged: string | undefined

const Label = ({
  row,
  state,
  run,
}: {
  readonly row: TrackRow
  readonly state: TimelineState
  readonly run: string
}) => {
  const { name, id } = row.info
  return (
    <div
      class={styles['label']}
      data-label=""
      data-key={row.key}
      style={{ top: `${row.top}px`, height: `${row.height}px`, width: `${state.labelWidth.value}px` }}
      title={run === '' ? name : `${name} of ${run}`}
      draggable={!row.isPinned}
      onDragStart={() => (dragged = id)}
      onDragOver={(event) => {
        if (dragged !== undefined) event.preventDefault()
      }}
      onDrop={(event) => {
        if (dragged === undefined) return
        event.preventDefault()
        move(state, dragged, id)
        dragged = undefined
      }}
    >
      <span class={styles['name']}>
        {trackTitle(row.info)}
        {run !== '' && <small>{run}</small>}
        {id === BOARD && state.sourceOf(row.run)?.infoOf(MEASURED) && (
          <small class={styles['legend']}>
            <span data-line="estimated">estimated</span>
            <span data-line="measured">measured</span>
          </small>
        )}
      </span>
      <span class={`${styles['at'] ?? ''} number`} data-value="" />
      <span class={styles['actions']}>
        <button
          type="button"
          aria-pressed={row.isPinned}
          title={row.isPinned ? 'Let it scroll' : 'Keep on top'}
          aria-label={`${row.isPinned ? 'Let scroll' : 'Keep on top'}: ${name}`}
          onClick={() => {
            pin(state, id)
          }}
        >
          <Icon name="pin" size={13} />
        </button>
        <button
          type="button"
          title="Hide"
          aria-label={`Hide ${name}`}
          onClick={() => {
            hide(state, id)
          }}
        >
          <Icon name="close" size={13} />
        </button>
      </span>
    </div>
  )
}

/** What each row has at the pointer stands at its name. */
function showValues(state: TimelineState, box: HTMLElement | null): void {
  const hover = state.hover.value
  for (const cell of box?.querySelectorAll<HTMLElement>('[data-value]') ?? []) {
    const key = cell.parentElement?.dataset['key']
    const { pinned, rows } = untracked(() => state.rows.value)
    const row = [...pinned, ...rows].find((one): one is TrackRow => one.kind === 'track' && one.key === key)
    const text =
      hover && row && row.info.kind !== 'spans' && row.info.kind !== 'marks'
        ? shortOf(untracked(() => state.found(row, hover.cycle, state.topOf(row))))
        : ''
    if (cell.textContent !== text) cell.textContent = text
  }
}
