import { useSignal } from '@preact/signals'
import type { Moment } from '../../../../runs/session/timeline/protocol.ts'
import { Button, inputClass } from '../../../design/controls.tsx'
import { FileButton } from '../../../design/file-choice.tsx'
import { Popover } from '../../../design/popover.tsx'
import { openBeside, openRuns } from '../../../state/opening.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'

/** Other runs, drawn below this one and aligned with it. */
export const Runs = ({ state }: { readonly state: TimelineState }) => (
  <Popover label="Runs" title="Draw other runs below this one" isMarked={state.sources.value.length > 1}>
    {() => <List state={state} />}
  </Popover>
)

function List({ state }: { readonly state: TimelineState }) {
  const { value: sources } = state.sources
  const others = openRuns.value.filter((run) => {
    const facts = run.facts.value
    return run !== state.run && facts !== undefined && facts.kind !== 'report' && facts.to > facts.from
  })
  return (
    <div class={styles['tracks']}>
      <fieldset>
        <legend>Below {state.run.facts.value?.title}</legend>
        {others.map((run) => (
          <label key={run.id}>
            <input
              type="checkbox"
              checked={sources.some((source) => source.run === run)}
              onChange={() => {
                state.toggleRun(run)
              }}
            />
            {run.facts.value?.title}
          </label>
        ))}
        {others.length === 0 && <p class="soft">No other run is open.</p>}
        <FileButton
          kind="quiet"
          icon="open"
          choice={{
            accept: '.boardless',
            take: ([file]) => {
              void openBeside(file).then((run) => {
                if (run) state.toggleRun(run)
              })
            },
          }}
        >
          Open another run …
        </FileButton>
      </fieldset>
      {sources.length > 1 && <Align state={state} />}
    </div>
  )
}

type Way = Moment['by'] | 'markers'

function Align({ state }: { readonly state: TimelineState }) {
  const way = useSignal<Way>('start')
  const text = useSignal('')
  const names = state.names.all.value
  const align = (): void => {
    if (way.value === 'markers') state.align()
    else void state.alignOn(momentOf(way.value, text.value))
  }
  const needs = way.value !== 'start' && way.value !== 'markers'
  return (
    <form
      class={styles['align']}
      onSubmit={(event) => {
        event.preventDefault()
        align()
      }}
    >
      <label class={styles['inline']}>
        <span>Aligned on</span>
        <select
          class={inputClass}
          value={way.value}
          onChange={({ currentTarget }) => {
            way.value = currentTarget.value as Way
            text.value = way.value === 'inference' ? '1' : way.value === 'name' ? (names[0]?.name ?? '') : ''
            if (way.value === 'start' || way.value === 'inference') align()
          }}
        >
          <option value="start">their beginning</option>
          <option value="inference">an inference</option>
          <option value="console">a line of the console</option>
          <option value="name">a name that all have</option>
          <option value="markers" disabled={state.markers.value.length < 2}>
            what is at B comes to A
          </option>
        </select>
      </label>
      {needs && (
        <input
          class={inputClass}
          inputMode={way.value === 'inference' ? 'numeric' : 'text'}
          aria-label={WANTS[way.value]}
          placeholder={WANTS[way.value]}
          value={text.value}
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        />
      )}
      {needs && (
        <Button kind="main" onClick={align}>
          Align
        </Button>
      )}
      {way.value === 'markers' && <Button onClick={align}>Align</Button>}
      {state.sources.value.map(
        (source) =>
          source.aligned.value !== '' && (
            <p key={source.id} class={styles['refused']} role="alert">
              {source.aligned.value}
            </p>
          ),
      )}
    </form>
  )
}

const WANTS: Readonly<Record<Way, string>> = {
  start: '',
  inference: 'Its number',
  console: 'Regular expression of the line',
  name: 'The name',
  markers: '',
}

const momentOf = (way: Moment['by'], text: string): Moment => {
  if (way === 'inference') return { by: way, number: Number(text) }
  if (way === 'console') return { by: way, pattern: text }
  return way === 'name' ? { by: way, name: text.trim() } : { by: 'start' }
}
