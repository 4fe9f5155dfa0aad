import { useSignal } from '@preact/signals'
import { grouped } from '../../../../runs/report/show/format.ts'
import { Button, inputClass } from '../../../design/controls.tsx'
import { Table } from '../../../design/table.tsx'
import { alignMeasured, measuredOf, takeMeasuredAway } from '../../../state/measured.ts'
import type { Measuring } from '../state/measuring.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'

type Way = 'auto' | 'start' | 'edge' | 'marker' | 'console' | 'at'

/** How it lies over the run: the ways of `--align`, and by dragging. */
export function Alignment({ state }: { readonly state: TimelineState }) {
  const { facts, busy } = measuredOf(state.run)
  const measured = facts.value
  const chosen = useSignal<Way | undefined>(undefined)
  if (!measured) return <span class="soft">Laying {busy.value} over the run …</span>
  const [, laidBy = 'auto', rest = ''] = /^([a-z]+):?(.*)$/s.exec(measured.align) ?? []
  const way = chosen.value ?? (laidBy as Way)
  const marks = state.names.all.value
  const align = (text: string): void => {
    chosen.value = undefined
    void alignMeasured(state.run, text)
  }
  return (
    <div class={styles['alignment']} aria-busy={busy.value !== undefined}>
      <label class={styles['inline']}>
        <span class="soft">Begins</span>
        <select
          class={inputClass}
          value={way}
          onChange={({ currentTarget }) => {
            const value = currentTarget.value as Way
            if (value === 'auto' || value === 'start' || value === 'edge') align(value)
            else chosen.value = value
          }}
        >
          <option value="auto">where both are most alike</option>
          <option value="start">with the run</option>
          <option value="at">at a time</option>
          <option value="marker" disabled={marks.length === 0}>
            at a name
          </option>
          <option value="console">at a line of the console</option>
          <option value="edge" disabled={!measured.hasPins}>
            at the edges of a pin
          </option>
        </select>
      </label>
      {way === 'marker' && (
        <select
          class={inputClass}
          aria-label="Name"
          value={laidBy === 'marker' ? rest : ''}
          onChange={({ currentTarget }) => {
            align(`marker:${currentTarget.value}`)
          }}
        >
          <option value="" disabled>
            which
          </option>
          {marks.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      {(way === 'console' || way === 'at') && (
        <input
          key={`${way} ${measured.align}`}
          class={`${inputClass} ${styles['alignAt'] ?? ''}`}
          aria-label={way === 'at' ? 'Time of its first sample' : 'Regular expression of a line'}
          placeholder={way === 'at' ? '1.25s, -20ms' : 'ready|prediction'}
          defaultValue={laidBy === way ? rest : ''}
          onChange={({ currentTarget }) => {
            align(`${way}:${currentTarget.value.trim()}`)
          }}
        />
      )}
      <Button
        kind="quiet"
        pressed={state.movesMeasured.value}
        title="Drag the measurement on the current to where it belongs"
        onClick={() => (state.movesMeasured.value = !state.movesMeasured.value)}
      >
        Drag
      </Button>
      <Button
        kind="quiet"
        icon="close"
        title={`Take ${measured.name} away`}
        onClick={() => {
          state.movesMeasured.value = false
          void takeMeasuredAway(state.run)
        }}
      />
    </div>
  )
}

/** What `boardless query RUN current --measured` says of this stretch. */
export function Compared({
  state,
  measuring,
}: {
  readonly state: TimelineState
  readonly measuring: Measuring
}) {
  const { facts, refused } = measuredOf(state.run)
  const measured = facts.value
  if (!measured) return null
  const compared = measuring.measured.value?.compared
  const rate = measured.samplesPerSecond === null ? '' : `, ${grouped(measured.samplesPerSecond, 0)} a second`
  return (
    <div class={styles['compared']}>
      {refused.value !== '' && (
        <p class={styles['refused']} role="alert">
          {refused.value}
        </p>
      )}
      {compared && (
        <Table
          caption="Measured and estimated, µA"
          rows={compared.rows}
          keyOf={([what = '']) => what}
          columns={compared.columns.map(({ title, isText }, i) => ({
            title: title.replace(' uA', ', µA'),
            isNumber: !isText,
            show: (row: readonly string[]) => row[i] ?? '',
          }))}
        />
      )}
      <div class={styles['sentences']} tabIndex={0} role="region" aria-label="What is to be said of it">
        <p class="soft">{`${measured.name}: ${measured.format}, ${grouped(measured.samples)} samples${rate}`}</p>
        {!compared && <p>It does not lie over this stretch of the run.</p>}
        {(compared?.notes ?? measured.sentences).map((note) => (
          <p key={note}>{`${note.charAt(0).toUpperCase()}${note.slice(1)}.`}</p>
        ))}
      </div>
    </div>
  )
}
