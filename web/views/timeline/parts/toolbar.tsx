import { useComputed, useSignal } from '@preact/signals'
import { Button, inputClass, Segments } from '../../../design/controls.tsx'
import { measuredOf } from '../../../state/measured.ts'
import { moment } from '../model/text.ts'
import { frameMeter } from '../state/frame-meter.ts'
import type { Search } from '../state/search.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import { Runs } from './runs.tsx'
import { Tracks } from './tracks.tsx'
import styles from '../timeline.module.css'

export function Toolbar({
  state,
  search,
  goTo,
  chooseMeasured,
  showMeasured,
}: {
  readonly state: TimelineState
  readonly search: Search
  readonly goTo: () => void
  readonly chooseMeasured: () => void
  readonly showMeasured: () => void
}) {
  return (
    <div class={styles['toolbar']} role="toolbar" aria-label="Timeline">
      <div class={styles['tools']}>
        <Button
          kind="quiet"
          icon="minus"
          title="Zoom out"
          keys="s"
          onClick={() => {
            state.zoom(2)
          }}
        />
        <Button
          kind="quiet"
          icon="plus"
          title="Zoom in"
          keys="w"
          onClick={() => {
            state.zoom(0.5)
          }}
        />
        <Button
          kind="quiet"
          title="All of the run"
          keys="f"
          onClick={() => {
            state.fit()
          }}
        >
          Fit
        </Button>
        <InView state={state} onClick={goTo} />
      </div>
      <div class={styles['tools']}>
        <Find search={search} />
      </div>
      <span class={styles['spacer']} />
      {frameMeter.isShown.value && (
        <span class="soft number" data-frame="">
          {frameMeter.newest.value.toFixed(1)} ms
        </span>
      )}
      <div class={styles['tools']}>
        <MeasuredButton state={state} choose={chooseMeasured} show={showMeasured} />
        <Runs state={state} />
        <Tracks state={state} />
        {state.run.live.value?.isRunning && (
          <Button
            kind="quiet"
            pressed={state.follows.value}
            title="Keep the end in view"
            keys="e"
            onClick={() => (state.follows.value = !state.follows.value)}
          >
            Follow
          </Button>
        )}
        <Segments
          label="Axis of the current"
          options={[
            ['linear', 'Linear'],
            ['log', 'Log'],
          ]}
          value={state.isLogarithmic.value ? 'log' : 'linear'}
          onChange={(value) => (state.isLogarithmic.value = value === 'log')}
        />
      </div>
    </div>
  )
}

/** Lays one over the estimate, or shows what is said of it. */
function MeasuredButton({
  state,
  choose,
  show,
}: {
  readonly state: TimelineState
  readonly choose: () => void
  readonly show: () => void
}) {
  const { facts, busy } = measuredOf(state.run)
  const name = facts.value?.name
  return (
    <Button
      kind="quiet"
      pressed={name !== undefined}
      disabled={busy.value !== undefined}
      title={
        name === undefined
          ? 'Lay a measured current over it: choose a .ppk2 or CSV, or drop it here'
          : `${name} lies over it: what is to be said of it`
      }
      onClick={name === undefined ? choose : show}
    >
      {busy.value === undefined ? 'Measured' : 'Laying …'}
    </Button>
  )
}

/** Where the view is; pressed, another place can be typed. */
function InView({ state, onClick }: { readonly state: TimelineState; readonly onClick: () => void }) {
  const text = useComputed(() => {
    const { perPixel } = state.camera.value
    const { from, to } = state.view.value
    const { extent } = state
    const [begin, end] = [Math.max(from, extent.value.from), Math.min(to, extent.value.to)]
    return `${moment(begin, perPixel)} – ${moment(end, perPixel)}`
  })
  return (
    <button
      type="button"
      class={`${styles['inView'] ?? ''} number`}
      title="Go to a time (g)"
      onClick={onClick}
    >
      {text}
    </button>
  )
}

function Find({ search }: { readonly search: Search }) {
  const text = useSignal(search.text.value)
  const { hits, at, isBusy } = search
  return (
    <form
      class={styles['find']}
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        void search.find(text.value).then(() => {
          search.step(1)
        })
      }}
    >
      <input
        id="timeline-find"
        class={inputClass}
        type="search"
        placeholder="Find a phase, register, text …"
        title="Functions are found where their calls are recorded: Tracks, Functions"
        aria-label="Find on the timeline"
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value
          void search.find(currentTarget.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.shiftKey) {
            event.preventDefault()
            search.step(-1)
          } else if (event.key === 'Escape') {
            // What was looked for stays, with what was found.
            event.preventDefault()
            event.currentTarget.blur()
          }
        }}
      />
      <span class={`${styles['hits'] ?? ''} soft number`} role="status">
        {search.text.value === '' || isBusy.value
          ? ''
          : hits.value.length === 0
            ? 'nothing'
            : `${at.value < 0 ? '' : `${at.value + 1} of `}${hits.value.length}`}
      </span>
      <Button
        kind="quiet"
        icon="left"
        title="Previous found"
        keys="p"
        disabled={hits.value.length === 0}
        onClick={() => {
          search.step(-1)
        }}
      />
      <Button
        kind="quiet"
        icon="right"
        title="Next found"
        keys="n"
        disabled={hits.value.length === 0}
        onClick={() => {
          search.step(1)
        }}
      />
    </form>
  )
}
