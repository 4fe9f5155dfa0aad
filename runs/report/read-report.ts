import { UserError } from '../errors.ts'
import { describeUnmodelled } from './parts/unmodelled.ts'
import type { RunReport } from './run-report.ts'

/** RunReports that this tool makes and shows. */
export const REPORT_VERSION: RunReport['schemaVersion'] = 4

/** What every view of a report looks at. */
const OBJECTS = ['board', 'firmware', 'run', 'memory', 'power'] as const
const LISTS = ['interpreters', 'functions', 'phases', 'models'] as const

/**
 * What JSON text became, as a report.
 * @param file for messages @param again what to do about it, a sentence
 * @throws UserError for what is none, and for one of another version
 */
export function asReport(value: unknown, file: string, again: string): RunReport {
  if (typeof value !== 'object' || value === null || !('schemaVersion' in value))
    throw new UserError(`${file}: not a RunReport. ${again}`)
  if (value.schemaVersion !== REPORT_VERSION)
    throw new UserError(
      `${file}: its report is of version ${JSON.stringify(value.schemaVersion)}, and this tool reads version ${REPORT_VERSION}. ${again}`,
    )
  const report = value as unknown as Readonly<Record<string, unknown>>
  const missing =
    OBJECTS.find((name) => typeof report[name] !== 'object' || report[name] === null) ??
    LISTS.find((name) => !Array.isArray(report[name]))
  if (missing !== undefined)
    throw new UserError(`${file}: its report has no ${missing}: it is not whole. ${again}`)
  return withStart(completed(value as unknown as RunReport))
}

const withStart = (report: RunReport): RunReport =>
  Object.hasOwn(report.power, 'start') ? report : { ...report, power: { ...report.power, start: null } }

/** What came later within this version, as it was before. */
function completed(report: RunReport): RunReport {
  const { firmware, run, unmodelled } = report
  if (Object.hasOwn(run, 'began')) return report
  return {
    ...report,
    firmware: { ...firmware, files: [], notes: [] },
    run: { ...run, began: BARE },
    unmodelled: describeUnmodelled(unmodelled),
  }
}

const BARE: RunReport['run']['began'] = { how: 'reset', vectorTable: 0, bootloader: null, leaves: [] }
