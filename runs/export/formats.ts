/** Every format that a run can be exported to, for a command to offer: its name, what it needs, what opens it. */
import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { TOOL_VERSION } from '../version.ts'
import type { RunReport } from '../report/run-report.ts'
import type { CallTree } from './call-tree.ts'
import { collapsedStacks } from './collapsed.ts'
import { csvFunctions, csvOperators, csvPhases } from './csv-report.ts'
import { csvReasons } from './csv-reasons.ts'
import { csvStatistics } from './csv-statistics.ts'
import type { TrackStatistics } from './csv-statistics.ts'
import { csvEvents, csvLevels } from './csv-timeline.ts'
import { lcov } from './lcov.ts'
import type { Coverage } from './lcov.ts'
import type { Piece } from './output.ts'
import { perfetto } from './perfetto/perfetto.ts'
import { ppk2 } from './ppk2/ppk2.ts'
import type { Ppk2Options } from './ppk2/ppk2.ts'
import { speedscope } from './speedscope.ts'
import { BOARD_CURRENT } from './timeline-view.ts'
import type { LevelTrack, StateTrack, TimelineView } from './timeline-view.ts'
import { vcd } from './vcd.ts'
import { wireOf } from './wires.ts'

/** What a run can give; a format takes one of these. */
export interface ExportSource {
  readonly timeline?: TimelineView | undefined
  readonly calls?: CallTree | undefined
  readonly report?: RunReport | undefined
  readonly coverage?: Coverage | undefined
  readonly statistics?: readonly TrackStatistics[] | undefined
}

export type Need = keyof ExportSource

export interface ExportOptions extends Ppk2Options {
  /** The track that a .ppk2 has, by its id; default: the board's current, or the first. */
  readonly level?: string
  /** Tracks that are its digital channels, by id, D0 first; default: the first eight pins. */
  readonly pins?: readonly string[]
}

export interface ExportFormat {
  readonly id: string
  readonly name: string
  /** With its dot. */
  readonly extension: string
  readonly needs: Need
  /** Programs that open it. */
  readonly opens: string
  /** @throws UserError where what it needs is not there, before the first piece or while they come */
  readonly write: (source: ExportSource, options?: ExportOptions) => Iterable<Piece>
}

type Given<N extends Need> = NonNullable<ExportSource[N]>

const format = <N extends Need>(
  needs: N,
  { id, name, extension, opens }: Pick<ExportFormat, 'id' | 'name' | 'extension' | 'opens'>,
  write: (given: Given<N>, options: ExportOptions) => Iterable<Piece>,
): ExportFormat => ({
  id,
  name,
  extension,
  opens,
  needs,
  write: (source, options = {}) => write(given(id, needs, source), options),
})

const LACKING: Readonly<Record<Need, string>> = {
  timeline: 'a timeline, and this run has none',
  calls: 'calls of functions, and this run has none',
  report: 'a report, and there is none',
  coverage: 'source lines, and the firmware has no debug information',
  statistics: 'a timeline, and this run has none',
}

function given<N extends Need>(id: string, needs: N, source: ExportSource): Given<N> {
  const thing = source[needs]
  if (thing === undefined) throw new UserError(`${id} needs ${LACKING[needs]}: record the run with them`)
  return thing
}

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  format(
    'timeline',
    { id: 'perfetto', name: 'Perfetto trace', extension: '.pftrace', opens: 'ui.perfetto.dev' },
    perfetto,
  ),
  format(
    'timeline',
    { id: 'vcd', name: 'value change dump', extension: '.vcd', opens: 'GTKWave, Surfer, PulseView' },
    vcd,
  ),
  format(
    'timeline',
    { id: 'ppk2', name: 'Power Profiler capture', extension: '.ppk2', opens: 'nRF Connect Power Profiler' },
    (timeline, options) => ppk2(timeline, currentOf(timeline, options), pinsOf(timeline, options), options),
  ),
  format(
    'timeline',
    { id: 'csv', name: 'levels at each change', extension: '.csv', opens: 'spreadsheets, pandas' },
    csvLevels,
  ),
  format(
    'timeline',
    { id: 'csv-events', name: 'states, spans and marks', extension: '.csv', opens: 'spreadsheets, pandas' },
    csvEvents,
  ),
  format(
    'statistics',
    {
      id: 'csv-statistics',
      name: 'statistics of each track',
      extension: '.csv',
      opens: 'spreadsheets, pandas',
    },
    csvStatistics,
  ),
  format(
    'report',
    { id: 'csv-phases', name: 'phases', extension: '.csv', opens: 'spreadsheets, pandas' },
    csvPhases,
  ),
  format(
    'report',
    { id: 'csv-operators', name: 'operators', extension: '.csv', opens: 'spreadsheets, pandas' },
    csvOperators,
  ),
  format(
    'report',
    { id: 'csv-functions', name: 'functions', extension: '.csv', opens: 'spreadsheets, pandas' },
    csvFunctions,
  ),
  format(
    'report',
    { id: 'csv-reasons', name: 'reasons of cycles', extension: '.csv', opens: 'spreadsheets, pandas' },
    csvReasons,
  ),
  format(
    'calls',
    { id: 'speedscope', name: 'speedscope profile', extension: '.speedscope.json', opens: 'speedscope.app' },
    (calls) => speedscope(calls, `boardless ${TOOL_VERSION}`),
  ),
  format(
    'calls',
    {
      id: 'collapsed',
      name: 'collapsed stacks',
      extension: '.folded',
      opens: 'flamegraph.pl, inferno, speedscope',
    },
    collapsedStacks,
  ),
  format(
    'coverage',
    { id: 'lcov', name: 'coverage by line', extension: '.info', opens: 'genhtml, editors, Codecov' },
    lcov,
  ),
]

/** @throws UserError for a format that does not exist; the nearest is offered */
export function exportFormat(id: string): ExportFormat {
  const found = EXPORT_FORMATS.find((one) => one.id === id)
  if (found) return found
  const ids = EXPORT_FORMATS.map((one) => one.id)
  throw new UserError(`no format "${id}".${didYouMean(id, ids, ` There are ${ids.join(', ')}.`)}`)
}

function currentOf({ tracks }: TimelineView, { level }: ExportOptions): LevelTrack {
  const currents = tracks.filter((track) => track.kind === 'level' && track.info.unit === 'pA')
  const wanted = level ?? BOARD_CURRENT
  const found =
    currents.find(({ info }) => info.id === wanted) ?? (level === undefined ? currents[0] : undefined)
  if (found?.kind === 'level') return found
  if (level === undefined) throw new UserError('ppk2 needs a current, and the timeline has none')
  throw unknownTrack(
    'current',
    level,
    currents.map(({ info }) => info.id),
  )
}

const CHANNELS = 8

function pinsOf({ tracks }: TimelineView, { pins }: ExportOptions): readonly StateTrack[] {
  const wires = tracks.flatMap((track) => wireOf(track) ?? [])
  if (pins === undefined) return wires.slice(0, CHANNELS)
  return pins.map((pin) => {
    const found = wires.find(({ info }) => info.id === pin)
    if (found) return found
    throw unknownTrack(
      'pin',
      pin,
      wires.map(({ info }) => info.id),
    )
  })
}

const unknownTrack = (what: string, id: string, known: readonly string[]): UserError =>
  new UserError(
    `no ${what} "${id}" on the timeline.${didYouMean(id, known, ` There are ${known.join(', ') || 'none'}.`)}`,
  )
