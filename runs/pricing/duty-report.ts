import type { RunReport } from '../report/run-report.ts'
import { check, type Check } from './check.ts'
import { dutyModel, type DutyModel } from './duty-model.ts'
import { price, type Outcome, type PartPrice } from './price.ts'
import { effects, type Effect } from './sensitivity.ts'
import type { DutySettings } from './settings.ts'
import { windowCosts, type WindowCost } from './window-costs.ts'

/** A real run beside the estimate. */
export interface NamedCheck {
  readonly name: string
  readonly check: Check
}

/** All that the command line shows of a run priced again; the page shows the same, piece by piece as each is there. */
export interface DutyReport {
  readonly model: DutyModel
  readonly settings: DutySettings
  readonly outcome: Outcome
  /** What each change alone would do to these settings; none where there is no price. */
  readonly effects: readonly Effect[]
  readonly windows: readonly WindowCost[]
  readonly checks: readonly NamedCheck[]
}

export interface RealRun {
  readonly name: string
  readonly report: RunReport
}

/** @returns a sentence where the run has no current to price */
export function dutyReport(
  report: RunReport,
  settings: DutySettings,
  real: readonly RealRun[] = [],
): DutyReport | string {
  const model = dutyModel(report)
  if (typeof model === 'string') return model
  const outcome = price(model, settings)
  return {
    model,
    settings,
    outcome,
    effects: outcome.kind === 'priced' ? effects(model, settings) : [],
    windows: windowCosts(model),
    checks: real.map((one) => ({ name: one.name, check: check(model, one.report) })),
  }
}

/** Microamps from which a part is worth a row. */
const LEAST = 0.005

export const partsShown = (parts: readonly PartPrice[]): readonly PartPrice[] =>
  parts.filter(({ averageMicroamps, highMicroamps, runMicroamps }) =>
    [averageMicroamps, highMicroamps, runMicroamps ?? 0].some((one) => one >= LEAST),
  )

/** As JSON, without the run itself. */
export const asJson = ({ model, settings, outcome, effects: all, windows, checks }: DutyReport): unknown => ({
  schemaVersion: 1,
  run: { file: model.report.firmware.file, seconds: model.seconds, settings: model.own },
  settings,
  ...(outcome.kind === 'priced' ? { price: outcome.price } : { unknown: outcome.why }),
  effects: all,
  windows,
  checks: checks.map(({ name, check: { ...one } }) => ({ name, ...one })),
})
