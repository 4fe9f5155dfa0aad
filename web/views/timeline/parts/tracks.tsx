import { useSignal } from '@preact/signals'
import type { TrackInfo } from '../../../../emulator/timeline/track.ts'
import { SearchField } from '../../../design/controls.tsx'
import { Popover } from '../../../design/popover.tsx'
import { show, showAll } from '../state/arrange.ts'
import { groupsOf, trackTitle } from '../model/rows.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import { MEASURED } from '../state/track-ids.ts'
import styles from '../timeline.module.css'

/** Which tracks are shown, and what is recorded of a stretch only when somebody wants it. */
export const Tracks = ({ state }: { readonly state: TimelineState }) => {
  const { hidden } = state.arrangement.value
  const { functions, dma } = state.extras.value
  return (
    <Popover
      label="Tracks"
      title={
        hidden.length === 0 ? 'Which tracks are shown' : `Which tracks are shown: ${hidden.length} are not`
      }
      isMarked={hidden.length > 0 || functions || dma}
    >
      {() => <List state={state} />}
    </Popover>
  )
}

function List({ state }: { readonly state: TimelineState }) {
  const text = useSignal('')
  const { hidden } = state.arrangement.value
  const wanted = text.value.trim().toLowerCase()
  const known = new Map<string, TrackInfo>()
  for (const { tracks } of state.sources.value)
    for (const info of tracks) if (info.id !== MEASURED && !known.has(info.id)) known.set(info.id, info)
  const tracks = [...known.values()].filter(({ name, group, id }) =>
    `${name} ${group} ${id}`.toLowerCase().includes(wanted),
  )
  return (
    <div class={styles['tracks']}>
      <div class={styles['tracksHead']}>
        <SearchField label="Find a track" placeholder="Find a track …" value={text} />
      </div>
      <fieldset class={styles['tracksExtras']}>
        <legend>Recorded of what is in view when you want it</legend>
        <Extra state={state} what="functions" title="Functions" note="each call, inlined ones too" />
        <Extra state={state} what="dma" title="EasyDMA" note="each transfer" />
        {state.whyNoExtras.value !== '' && (
          <p class={styles['refused']} role="alert">
            {state.whyNoExtras.value}
          </p>
        )}
      </fieldset>
      <div class={styles['tracksList']}>
        {groupsOf(tracks).map(([group, title]) => {
          const members = tracks.filter((info) => info.group === group)
          return (
            <fieldset key={group}>
              <legend>{title}</legend>
              {members.map((info) => (
                <label key={info.id}>
                  <input
                    type="checkbox"
                    checked={!hidden.includes(info.id)}
                    onChange={({ currentTarget }) => {
                      show(state, info.id, currentTarget.checked)
                    }}
                  />
                  {trackTitle(info)}
                </label>
              ))}
            </fieldset>
          )
        })}
        {tracks.length === 0 && <p class="soft">No track is called so.</p>}
      </div>
      <div class={styles['tracksFoot']}>
        <button
          type="button"
          disabled={hidden.length === 0}
          onClick={() => {
            showAll(state)
          }}
        >
          Show all tracks
        </button>
      </div>
    </div>
  )
}

const Extra = ({
  state,
  what,
  title,
  note,
}: {
  readonly state: TimelineState
  readonly what: 'functions' | 'dma'
  readonly title: string
  readonly note: string
}) => (
  <label>
    <input
      type="checkbox"
      checked={state.extras.value[what]}
      disabled={state.run.facts.value?.whyNoReplay !== ''}
      onChange={({ currentTarget }) => {
        state.extras.value = { ...state.extras.value, [what]: currentTarget.checked }
      }}
    />
    {title} <span class="soft">{note}</span>
  </label>
)
