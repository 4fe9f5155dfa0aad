import type { Latency } from '../../runs/budget/figures.ts'
import type { RunDetails } from '../../runs/compare/side.ts'
import type { RunReport } from '../../runs/report/run-report.ts'

/** A run that is over, with all that budgets are held against and explained by. */
export interface Measured {
  readonly report: RunReport
  readonly details: RunDetails
  readonly latencies: readonly Latency[]
}

export interface MeasureNote {
  readonly fraction: number
  readonly step: string
}
