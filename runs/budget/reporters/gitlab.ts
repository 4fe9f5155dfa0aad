import { sha256Of } from '../../bytes/host.ts'
import type { CheckReport, Outcome } from '../check-report.ts'
import { failing, placeOfRow } from './rows.ts'

const SEVERITIES: Readonly<Record<Outcome, string>> = {
  failed: 'major',
  warned: 'minor',
  tried: 'info',
  passed: 'info',
}

/** GitLab's Code Quality report: what does not hold. A fingerprint is that of the budget, so that it stays the same issue. */
export function gitlabCheck(report: CheckReport): string {
  const issues = failing(report).map(({ target, row }) => {
    const { file, line } = placeOfRow(row)
    return {
      description: `${target}: ${row.message}`,
      check_name: `boardless ${row.budget}`,
      fingerprint: sha256Of(new TextEncoder().encode(`${report.config}\n${target}\n${row.budget}`)),
      severity: SEVERITIES[row.outcome],
      location: { path: file, lines: { begin: line } },
    }
  })
  return `${JSON.stringify(issues, undefined, 2)}\n`
}
