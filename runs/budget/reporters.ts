import type { CheckReport } from './check-report.ts'

/** What a check is written as, beside the text for a terminal: pure functions of what was found. */
export const reporters: Readonly<Record<string, (report: CheckReport) => string>> = {
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
}
