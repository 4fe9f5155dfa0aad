import { useEffect, useRef } from 'preact/hooks'
import type { Mark } from '../../../../runs/recording/marks.ts'
import { Button, inputClass } from '../../../design/controls.tsx'
import { lasting, moment } from '../model/text.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'

/** Names of moments and stretches: given, changed, taken away, and saved into the file. */
export function Kept({ state, keep }: { readonly state: TimelineState; readonly keep: () => void }) {
  const { names, selection, markers } = state
  const all = names.all.value
  const isChanged = all !== names.ofFile.value
  return (
    <>
      <div class={styles['keptHead']}>
        <h2>Names</h2>
        <Button
          kind="quiet"
          icon="plus"
          title={selection.value ? 'Name the selection' : 'Name marker A'}
          keys="k"
          disabled={!selection.value && markers.value.length === 0}
          onClick={keep}
        />
        <span class={styles['spacer']} />
        <Button
          kind="quiet"
          icon="save"
          title="Save the run with these names in it"
          disabled={!isChanged && all.length === 0}
          onClick={() => {
            names.save()
          }}
        >
          {isChanged ? 'Save' : 'Saved'}
        </Button>
      </div>
      {names.refused.value !== '' && (
        <p class={styles['refused']} role="alert">
          {names.refused.value}
        </p>
      )}
      {all.length === 0 ? (
        <p class="soft">
          Select a stretch, or set a marker with M, and press K: it gets a name, which stands for it wherever
          a time is asked for, here and on the command line.
        </p>
      ) : (
        <ul class={styles['kept']}>
          {all.map((mark) => (
            <One key={mark.name} state={state} mark={mark} />
          ))}
        </ul>
      )}
    </>
  )
}

function One({ state, mark }: { readonly state: TimelineState; readonly mark: Mark }) {
  const { name, fromCycle: from, toCycle, note } = mark
  const { names } = state
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (names.newest.value !== name) return
    names.newest.value = ''
    field.current?.select()
  }, [name])
  return (
    <li>
      <input
        ref={field}
        class={inputClass}
        aria-label={`Name of ${name}`}
        value={name}
        maxLength={64}
        onChange={({ currentTarget }) => {
          names.rename(name, currentTarget.value)
          // What is refused does not stay in the field.
          currentTarget.value = name
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      <button
        type="button"
        class={`${styles['inView'] ?? ''} number`}
        title="Show it"
        onClick={() => {
          if (toCycle === null) {
            state.show(from)
            state.markers.value = [from]
          } else {
            state.select(from, toCycle)
            state.fit({ from, to: toCycle }, 0.2)
          }
        }}
      >
        {moment(from, 6400)}
        {toCycle !== null && ` · ${lasting(toCycle - from)}`}
      </button>
      <input
        class={`${inputClass} ${styles['note'] ?? ''}`}
        aria-label={`Note of ${name}`}
        placeholder="Note"
        value={note}
        maxLength={1000}
        onChange={({ currentTarget }) => {
          names.note(mark, currentTarget.value)
        }}
      />
      <Button
        kind="quiet"
        icon="close"
        title={`Take ${name} away`}
        onClick={() => {
          names.remove(name)
        }}
      />
    </li>
  )
}
