/** Statistics of every track as a table: a row for a level, one for each state, and one for each name of spans. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import { microcoulombs, microjoules } from '../../emulator/timeline/statistics.ts'
import type { Statistics } from '../../emulator/timeline/statistics.ts'
import type { Detail, Timeline } from '../../emulator/timeline/timeline.ts'
import { table } from './csv.ts'
import type { Cell, Column } from './csv.ts'
import { displayedIn } from './displayed.ts'
import type { Piece } from './output.ts'
import { secondsText } from './time.ts'
import type { TrackInfo } from './timeline-view.ts'

export interface TrackStatistics {
  readonly info: TrackInfo
  /** What they are of: without `detail` the part of the stretch that is known exactly, which may be shorter. */
  readonly from: Cycles
  readonly to: Cycles
  readonly statistics: Statistics
  /** Of the supply, for energy; undefined: not known. */
  readonly volts: number | undefined
}

/** Of every track, of [from, to); tracks of which nothing of the stretch is known exactly are left out. */
export function statisticsOfAll(
  timeline: Timeline,
  { from = timeline.start, to = timeline.until, volts, detail }: StatisticsOptions = {},
): readonly TrackStatistics[] {
  return [...timeline.tracks.values()].flatMap(({ info }): TrackStatistics[] => {
    const found = timeline.statistics(info.id, from, to, detail)
    if (found.kind !== 'folded') return [{ info, from, to, statistics: found, volts }]
    if (found.from >= found.to) return []
    const part = timeline.statistics(info.id, found.from, found.to)
    return part.kind === 'folded' ? [] : [{ info, from: found.from, to: found.to, statistics: part, volts }]
  })
}

export interface StatisticsOptions {
  readonly from?: Cycles
  readonly to?: Cycles
  readonly volts?: number | undefined
  readonly detail?: Detail | undefined
}

interface Row {
  readonly of: TrackStatistics
  readonly name?: string
  readonly depth?: number
  readonly cycles?: Cycles
  readonly count?: number
  readonly least?: Cell
  readonly average?: Cell
  readonly most?: Cell
  readonly unit: string
  readonly charge?: bigint
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'group', cell: ({ of }) => of.info.group },
  { title: 'track', cell: ({ of }) => of.info.name },
  { title: 'kind', cell: ({ of }) => of.statistics.kind },
  { title: 'from (s)', cell: ({ of }) => secondsText(of.from) },
  { title: 'to (s)', cell: ({ of }) => secondsText(of.to) },
  { title: 'of (cycles)', cell: ({ of }) => of.statistics.cycles },
  { title: 'depth', cell: ({ depth }) => depth },
  { title: 'name', cell: ({ name }) => name },
  { title: 'in it (cycles)', cell: ({ cycles }) => cycles },
  {
    title: 'share (of 1)',
    cell: ({ of, cycles }) => (cycles === undefined ? undefined : cycles / of.statistics.cycles),
  },
  { title: 'count', cell: ({ count }) => count },
  { title: 'minimum', cell: ({ least }) => least },
  { title: 'average', cell: ({ average }) => average },
  { title: 'maximum', cell: ({ most }) => most },
  { title: 'unit', cell: ({ unit }) => unit },
  { title: 'charge (uC)', cell: ({ charge }) => (charge === undefined ? undefined : microcoulombs(charge)) },
  {
    title: 'energy (uJ)',
    cell: ({ charge, of }) =>
      charge === undefined || of.volts === undefined ? undefined : microjoules(charge, of.volts),
  },
]

export const csvStatistics = (all: readonly TrackStatistics[]): Iterable<Piece> =>
  table(COLUMNS, all.flatMap(rowsOf))

/** What lasts is in it and counted; of a level it is where it was not 0, and its changes. */
function rowsOf(of: TrackStatistics): readonly Row[] {
  const { statistics, info } = of
  switch (statistics.kind) {
    case 'level': {
      const { sum, average, minimum, maximum, busyCycles, changes } = statistics
      const { asciiUnit, scaled } = displayedIn(info.unit)
      return [
        {
          of,
          cycles: busyCycles,
          count: changes,
          least: scaled(minimum),
          average: scaled(average),
          most: scaled(maximum),
          unit: asciiUnit,
          ...(info.unit === 'pA' && { charge: sum }),
        },
      ]
    }
    case 'state':
      return statistics.states.map(({ state, cycles }) => ({ of, name: state, cycles, unit: '' }))
    case 'spans':
    case 'marks':
      return statistics.names.map(({ name, depth, coveredCycles, count, cycles, shortest, longest }) => ({
        of,
        name,
        depth,
        cycles: coveredCycles,
        count,
        ...(count > 0 && { least: shortest, average: cycles / count, most: longest }),
        unit: 'cycles',
      }))
  }
}
