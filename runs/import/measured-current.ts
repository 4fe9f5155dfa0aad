/** A current that somebody measured, to be laid over the one that was estimated. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import { BOARD_CURRENT } from '../export/timeline-view.ts'
import type { LevelTrack, StateTrack, TrackInfo } from '../export/timeline-view.ts'
import type { Note } from '../sensor-log/log.ts'

export interface MeasuredCurrent {
  /** Such as CSV, or Power Profiler. */
  readonly format: string
  /** Of the whole file. */
  readonly sha256: string
  /** In pA, from the cycle at which it was asked to begin. */
  readonly current: LevelTrack
  /** Digital channels that said something, D0 first. */
  readonly pins: readonly StateTrack[]
  readonly samples: number
  readonly from: Cycles
  readonly to: Cycles
  /** By the usual step; null for one sample. */
  readonly samplesPerSecond: number | null
  /** What was noticed of it. */
  readonly notes: readonly Note[]
}

export interface MeasuredOptions {
  /** Of the run, of the first sample; default 0. */
  readonly startCycle?: Cycles
  /** Title of the column, where a table has several currents. */
  readonly column?: string | undefined
}

/** On the axis of what was estimated: both are drawn to one scale. */
export const MEASURED: TrackInfo = {
  id: 'current/measured',
  name: 'measured',
  group: 'current',
  unit: 'pA',
  axis: BOARD_CURRENT,
}

export const GIVE = 'a .ppk2, or CSV with columns such as Timestamp(ms) and Current(uA)'
