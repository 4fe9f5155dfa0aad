import type { Statistics } from '../../emulator/timeline/statistics.ts'
import type { TrackInfo } from '../../emulator/timeline/track.ts'

/** What is open: a report alone, a run that is over, or firmware that runs here. */
export type OpenKind = 'report' | 'recorded' | 'live'

export interface OpenFacts {
  readonly kind: OpenKind
  /** Name of the file, or of the app. */
  readonly title: string
  readonly board: string
  readonly clockHz: number
  readonly supplyVolts: number
  /** Empty for a report alone. */
  readonly tracks: readonly TrackInfo[]
  /** Cycles that are on the timeline. */
  readonly from: number
  readonly to: number
  /** Why nothing of it can be run again; empty where it can. */
  readonly whyNoReplay: string
}

/** A run as far as it has come. */
export interface LiveState {
  readonly cycle: number
  readonly instructions: number
  readonly isRunning: boolean
  /** In a sentence, when it has ended by itself. */
  readonly ended: string | undefined
  readonly crashed: boolean
  /** Simulated time by real time, over the last half second; undefined while nothing runs. */
  readonly timesRealTime: number | undefined
}

export type Pace = 'fast' | 'real-time'

/** Told without being asked. */
export type SessionEvent =
  | { readonly event: 'state'; readonly state: LiveState }
  | { readonly event: 'console'; readonly bytes: Uint8Array }
  /** Tracks have come to be, or the run has gone on: it may be drawn anew. */
  | { readonly event: 'timeline'; readonly to: number; readonly tracks: readonly TrackInfo[] | undefined }

export type StatisticsAnswer = Readonly<Record<string, Statistics>>
