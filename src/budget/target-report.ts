import type { BudgetRow, Finding, TargetReport } from '../../runs/budget/check-report.ts'
import { causesByFigures, causesOf } from '../../runs/budget/explain.ts'
import { figuresOf } from '../../runs/budget/figures.ts'
import { judge } from '../../runs/budget/judge.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { placeOf } from '../../runs/budget/place.ts'
import { compareRuns } from '../../runs/compare/compare.ts'
import { sourceOf, type Base } from './base.ts'
import type { Measured } from './measured.ts'
import type { Places } from './places.ts'

export interface TargetReportContext {
  readonly base: Base | undefined
  readonly places: Places
  /** What the command was given beside targets and budgets. */
  readonly options: readonly string[]
}

/** A target that was run, held against its budgets and explained. */
export function targetReport(
  { name, budgets }: ParsedTarget,
  measured: Measured,
  { base, places, options }: TargetReportContext,
): TargetReport {
  const { report } = measured
  const before = base?.of(name)
  const command = (budget: string, more: readonly string[]): string =>
    ['boardless', 'check', name, '--only', budget, ...more].map(quoted).join(' ')
  const rows = judge({
    ...sourceOf(measured),
    budgets,
    base: before?.figures,
    reproduce: (budget) => command(budget, options),
    declared: (key) => places.declared(name, key),
  })
  const needs = rows.filter((row) => row.outcome !== 'passed' || row.isImproved)
  const comparison =
    needs.length === 0 || !before?.measured
      ? undefined
      : compareRuns(
          { name: 'baseline', report: before.measured.report, details: before.measured.details },
          { name: 'now', report, details: measured.details },
        )
  const explained = (row: BudgetRow): BudgetRow => {
    if (!needs.includes(row) || row.value === null) return row
    if (comparison) return { ...row, because: causesOf(row, comparison) }
    if (!before || !base) return row
    const because = causesByFigures(row, before.figures, figuresOf(sourceOf(measured)))
    const commit = base.report.commit?.slice(0, 9) ?? 'COMMIT'
    return {
      ...row,
      because,
      unknown:
        row.difference === 0
          ? null
          : `the baseline's file has figures alone: ${command(row.budget, ['--baseline-from', commit])} says which lines moved`,
    }
  }
  return {
    name,
    board: report.board.name,
    firmware: { file: report.firmware.file, sha256: report.firmware.sha256 },
    seconds: report.run.seconds,
    notes: comparison
      ? comparison.given.map(({ what, a, b }) => `${what}: ${oneLine(a)} in the baseline, ${oneLine(b)} now`)
      : before && before.compiler !== report.firmware.compiler
        ? [`compiler: ${before.compiler} in the baseline, ${report.firmware.compiler} now`]
        : [],
    rows: rows.map(explained).map((row) => ({ ...row, because: row.because.map((one) => places.of(one)) })),
    findings: findingsOf(measured).map((one) => places.of(one)),
  }
}

const oneLine = (text: string): string => text.replaceAll('\n', '; ')

/** As a shell takes it. */
const quoted = (text: string): string =>
  /^[\w./:@^~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

function findingsOf({ report }: Measured): readonly Finding[] {
  const { fault, unmodelled, problems } = report
  const source = fault?.callStack.find((one) => one.source !== null)?.source
  return [
    ...(fault ? [{ kind: 'fault' as const, message: fault.summary, place: placeOf(source) }] : []),
    ...unmodelled
      .filter(({ harmless }) => harmless === null)
      .map(({ name, reads, writes }) => ({
        kind: 'unmodelled' as const,
        message: `${name} is not modelled: read ${reads} times, written ${writes} times`,
        place: null,
      })),
    ...problems.map(({ message }) => ({ kind: 'problem' as const, message, place: null })),
  ]
}
