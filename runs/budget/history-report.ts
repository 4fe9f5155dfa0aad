import type { Cause } from './check-report.ts'
import type { Unit } from './quantity.ts'

/** What figures a target had from commit to commit: `boardless history --format json` writes it. */
export interface HistoryReport {
  readonly schemaVersion: 1
  readonly kind: 'history'
  readonly tool: { readonly name: 'boardless'; readonly version: string }
  readonly target: string
  /** Oldest first. */
  readonly commits: readonly HistoryCommit[]
  readonly figures: readonly HistoryFigure[]
  /** Newest first. */
  readonly moves: readonly HistoryMove[]
}

export interface HistoryCommit {
  readonly commit: string
  readonly date: string
  readonly subject: string
  /** Why it has no figures; null where it has, and where it was not looked at. */
  readonly cannot: string | null
  /** Bisecting leaves out what lies between two that are the same. */
  readonly isMeasured: boolean
}

export interface HistoryFigure {
  readonly name: string
  readonly unit: Unit
  readonly better: 'less' | 'more'
  /** Of each commit, null where it has none. */
  readonly values: readonly (number | null)[]
  /** Largest less smallest. */
  readonly spread: number
}

export interface HistoryMove {
  readonly figure: string
  readonly unit: Unit
  readonly commit: string
  /** The one before it that was measured: its parent, unless that has no figures. */
  readonly since: string
  readonly from: number | null
  readonly to: number | null
  readonly difference: number
  readonly because: readonly Cause[]
}
