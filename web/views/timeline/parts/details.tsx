import { lowestOf } from '../../../../emulator/timeline/level-bins.ts'
import type { LevelStatistics, Statistics } from '../../../../emulator/timeline/statistics.ts'
import { microcoulombs } from '../../../../emulator/timeline/statistics.ts'
import type { TrackInfo } from '../../../../emulator/timeline/track.ts'
import { grouped, percent } from '../../../../runs/report/show/format.ts'
import { Button, inputClass } from '../../../design/controls.tsx'
import { Table } from '../../../design/table.tsx'
import { current, lasting, moment } from '../model/text.ts'
import type { Measuring } from '../state/measuring.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'

/** Below the strip: each track's statistics of the same stretch, a histogram, and what was kept. */
export function Details({
  state,
  measuring,
  nameOf,
  keep,
}: {
  readonly state: TimelineState
  readonly measuring: Measuring
  readonly nameOf: (track: string, name: string) => string
  readonly keep: () => void
}) {
  const measured = measuring.measured.value
  const board = measured?.statistics['current/board']
  return (
    <div class={styles['details']}>
      <section aria-label="Statistics of each track">
        {measured ? (
          <Figures state={state} statistics={measured.statistics} nameOf={nameOf} />
        ) : (
          <p class="soft">{measuring.why.value || 'Measuring …'}</p>
        )}
      </section>
      <section aria-label="Histogram of the board's current">
        <h2>Time at each current</h2>
        {board?.kind === 'level' && <Histogram level={board} />}
      </section>
      <section aria-label="Kept regions">
        <div class={styles['keptHead']}>
          <h2>Kept</h2>
          <Button
            kind="quiet"
            icon="plus"
            title="Keep the selection"
            keys="k"
            disabled={!state.selection.value}
            onClick={keep}
          />
        </div>
        <Kept state={state} />
      </section>
    </div>
  )
}

interface Line {
  readonly key: string
  readonly track: string
  readonly what: string
  readonly times: number
  readonly cycles: number
  readonly share: number
  readonly charge: number
}

/** The same as `boardless query RUN stats` and `current`, of this stretch. */
export function Figures({
  state,
  statistics,
  nameOf,
}: {
  readonly state: TimelineState
  readonly statistics: Readonly<Record<string, Statistics>>
  readonly nameOf: (track: string, name: string) => string
}) {
  const { pinned, rows } = state.rows.value
  const shown = new Set([...pinned, ...rows].flatMap((row) => (row.kind === 'track' ? [row.info] : [])))
  const lines = [...shown].flatMap((info) => linesOf(info, statistics[info.id], nameOf))
  return (
    <Table
      caption="Statistics of the stretch, by track"
      rows={lines}
      keyOf={({ key }) => key}
      columns={[
        { title: 'Track', show: ({ track }) => track, order: ({ track }) => track },
        { title: 'What', show: ({ what }) => what, order: ({ what }) => what },
        {
          title: 'Times',
          isNumber: true,
          show: ({ times }) => (times < 0 ? '' : grouped(times)),
          order: ({ times }) => times,
        },
        {
          title: 'Time',
          isNumber: true,
          show: ({ cycles }) => (cycles < 0 ? '' : lasting(cycles)),
          order: ({ cycles }) => cycles,
        },
        {
          title: 'Share',
          isNumber: true,
          show: ({ share }) => (share < 0 ? '' : percent(share)),
          order: ({ share }) => share,
        },
        {
          title: 'Charge, µC',
          isNumber: true,
          show: ({ charge }) => (charge < 0 ? '' : grouped(charge, 3)),
          order: ({ charge }) => charge,
        },
      ]}
    />
  )
}

function linesOf(
  info: TrackInfo,
  found: Statistics | undefined,
  nameOf: (track: string, name: string) => string,
): readonly Line[] {
  if (!found) return []
  const line = (what: string, part: Partial<Line>): Line => ({
    key: `${info.id} ${what}`,
    track: info.name,
    what,
    times: -1,
    cycles: -1,
    share: -1,
    charge: -1,
    ...part,
  })
  if (found.kind === 'level')
    return info.unit === 'pA' && found.maximum > 0
      ? [
          line(`average ${current(found.average)}, peak ${current(found.maximum)}`, {
            charge: microcoulombs(found.sum),
            cycles: found.busyCycles,
            share: found.busyCycles / found.cycles,
            times: found.changes,
          }),
        ]
      : []
  if (found.kind === 'state')
    return found.states.map(({ state, cycles }) => line(state, { cycles, share: cycles / found.cycles }))
  return found.names.map(({ name, count, coveredCycles }) =>
    line(nameOf(info.id, name), {
      times: count,
      ...(found.kind === 'spans' && { cycles: coveredCycles, share: coveredCycles / found.cycles }),
    }),
  )
}

/** On a logarithmic axis, as its bins are. */
function Histogram({ level }: { readonly level: LevelStatistics }) {
  const bins = level.histogram
  const most = Math.max(...bins.map(({ cycles }) => cycles))
  return (
    <ul class={styles['histogram']}>
      {bins.map(({ from, below, cycles }) => (
        <li
          key={from}
          title={`${lasting(cycles)} from ${current(from)} to ${below === Infinity ? 'more' : current(below)}`}
        >
          <span class="soft number">{from === lowestOf(0) ? `< ${current(below)}` : current(from)}</span>
          <span class={styles['histogramBar']}>
            <span style={{ width: `${Math.max((100 * cycles) / most, 0.5)}%` }} />
          </span>
          <span class="number">{percent(cycles / level.cycles)}</span>
        </li>
      ))}
    </ul>
  )
}

function Kept({ state }: { readonly state: TimelineState }) {
  const regions = state.regions.value
  if (regions.length === 0)
    return <p class="soft">Select a stretch and press K: it stays here, and in the address of this page.</p>
  return (
    <ul class={styles['kept']}>
      {regions.map((region, i) => (
        <li key={`${region.from} ${region.to}`}>
          <input
            class={inputClass}
            aria-label="Name of the region"
            value={region.name}
            onChange={({ currentTarget }) => {
              state.regions.value = regions.map((one, k) =>
                k === i ? { ...one, name: currentTarget.value } : one,
              )
            }}
          />
          <button
            type="button"
            class={`${styles['inView'] ?? ''} number`}
            onClick={() => {
              state.select(region.from, region.to)
              state.fit(region, 0.2)
            }}
          >
            {moment(region.from, 6400)} · {lasting(region.to - region.from)}
          </button>
          <Button
            kind="quiet"
            icon="close"
            title={`Forget ${region.name}`}
            onClick={() => (state.regions.value = regions.filter((_, k) => k !== i))}
          />
        </li>
      ))}
    </ul>
  )
}
