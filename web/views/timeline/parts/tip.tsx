import type { TrackRow } from '../model/rows.ts'
import { textOf } from '../model/found-text.ts'
import { current, moment } from '../model/text.ts'
import { BOARD } from '../state/track-ids.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'

const WIDTH = 300

/** What is under the pointer, in full. */
export function Tip({
  state,
  nameOf,
}: {
  readonly state: TimelineState
  readonly nameOf: (row: TrackRow, name: string) => string
}) {
  const hover = state.hover.value
  if (!hover?.row) return null
  const { x, y, row, found, cycle } = hover
  const left = x + state.labelWidth.value
  const isRight = x > state.width.value - WIDTH - 24
  const offset = state.sourceOf(row.run)?.offset ?? 0
  const also = row.info.id === BOARD ? state.measuredAt(row, cycle) : undefined
  const text = found && textOf(found, row.info.unit === 'pA' ? '' : row.info.unit, offset)
  const place = {
    transform: `translate(${isRight ? left - 14 : left + 14}px, ${y + 16}px) translate(${isRight ? '-100%' : '0'}, ${y > state.height.value - 160 ? 'calc(-100% - 32px)' : '0'})`,
  }
  return (
    <div class={styles['tip']} style={place} role="presentation">
      <div class={styles['tipHead']}>
        <span class="soft">{row.info.name}</span>
        <span class="soft number">{moment(cycle, state.camera.value.perPixel)}</span>
      </div>
      {text && (
        <>
          <strong>{nameOf(row, text.title)}</strong>
          <dl>
            {also !== undefined && (
              <div>
                <dt>measured</dt>
                <dd class="number">{current(also)}</dd>
              </div>
            )}
            {text.lines.map(([name, value]) => (
              <div key={name}>
                {name !== '' && <dt>{name}</dt>}
                <dd class={name === '' ? 'mono' : 'number'}>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  )
}
