import { lowestOf } from '../../../../emulator/timeline/level-bins.ts'
import type { LevelStatistics, Statistics } from '../../../../emulator/timeline/statistics.ts'
import { microcoulombs } from '../../../../emulator/timeline/statistics.ts'
import type { TrackInfo } from '../../../../emulator/timeline/track.ts'
import { grouped, percent } from '../../../../runs/report/show/format.ts'
import { useSignal } from '@preact/signals'
import { Segments } from '../../../design/controls.tsx'
import { Table } from '../../../design/table.tsx'
import { measuredOf } from '../../../state/measured.ts'
import { current, lasting } from '../model/text.ts'
import type { Measuring } from '../state/measuring.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import { BOARD } from '../state/track-ids.ts'
import styles from '../timeline.module.css'
import { Kept } from './kept.tsx'
import { Alignment, Compared } from './measured.tsx'

type Shown = 'tracks' | 'measured'

/** Below the strip: each track's statistics of the same stretch, or measured beside estimated; a histogram, and names. */
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
  const board = measured?.statistics[BOARD]
  const { facts, busy } = measuredOf(state.run)
  const isOver = facts.value !== undefined || busy.value !== undefined
  const wanted = useSignal<Shown>('measured')
  const shown = isOver ? wanted.value : 'tracks'
  return (
    <div class={styles['details']} data-measured={shown === 'measured' ? '' : undefined}>
      <section aria-label={shown === 'tracks' ? 'Statistics of each track' : 'Measured and estimated'}>
        {isOver && (
          <div class={styles['detailsHead']}>
            <Segments<Shown>
              label="What is listed"
              options={[
                ['measured', 'Measured'],
                ['tracks', 'Tracks'],
              ]}
              value={shown}
              onChange={(value) => (wanted.value = value)}
            />
            {shown === 'measured' && <Alignment state={state} />}
          </div>
        )}
        {shown === 'measured' ? (
          <Compared state={state} measuring={measuring} />
        ) : measured ? (
          <Figures state={state} statistics={measured.statistics} nameOf={nameOf} />
        ) : (
          <p class="soft">{measuring.why.value || 'Measuring …'}</p>
        )}
      </section>
      {shown === 'tracks' && (
        <section tabIndex={0} aria-label="Histogram of the board's current">
          <h2>Time at each current</h2>
          {board?.kind === 'level' && <Histogram level={board} />}
        </section>
      )}
      <section aria-label="Names">
        <Kept state={state} keep={keep} />
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
