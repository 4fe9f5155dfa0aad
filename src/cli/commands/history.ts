import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import type { HistoryReport } from '../../../runs/budget/history-report.ts'
import { parseBudgets } from '../../../runs/budget/parse-budget.ts'
import { csvHistory, markdownHistory, renderHistory } from '../../../runs/budget/show/history.ts'
import { ExitCode } from '../../../runs/errors.ts'
import { targetOf } from '../../budget/at-commit.ts'
import { repositoryOf } from '../../budget/git.ts'
import { history as historyOf } from '../../budget/history.ts'
import { loadConfig } from '../../budget/load-config.ts'
import { printReport, writeOutput } from '../output.ts'
import { showProgress, styleFor } from '../terminal.ts'

export interface HistoryOptions {
  readonly last?: number
  readonly to?: string
  readonly bisect?: boolean
  readonly figure?: readonly string[]
  readonly config?: string
  readonly format?: 'text' | 'markdown' | 'csv' | 'json'
  readonly out?: string
  readonly jobs?: number
  /** commander's name for --no-cache. */
  readonly cache: boolean
}

/** What a target of the config costs from commit to commit. */
export async function history(
  name: string | undefined,
  options: HistoryOptions,
  signal: AbortSignal,
): Promise<number> {
  const config = await loadConfig(options.config)
  const target = targetOf(config, name)
  const asked = Object.fromEntries((options.figure ?? []).map((figure) => [figure, 0]))
  const budgets =
    options.figure === undefined ? target.budgets : parseBudgets(asked, '--figure', CYCLES_PER_SECOND)
  const repository = await repositoryOf(config.folder, 'history')
  const progress = showProgress(`history of ${target.name}`)
  const report = await historyOf({
    repository,
    // What is measured is measured for its figures.
    target: { ...target, budgets },
    budgets,
    last: options.last ?? 20,
    to: options.to ?? 'HEAD',
    isBisecting: options.bisect === true,
    jobs: options.jobs,
    isCached: options.cache,
    signal,
    onProgress: (fraction, step) => progress.update(fraction, step),
  }).finally(() => progress.done())
  if (options.out === undefined) printReport(written(report, options.format, true))
  else await writeOutput(options.out, written(report, options.format, false))
  return ExitCode.fine
}

function written(report: HistoryReport, format: HistoryOptions['format'], isPrinted: boolean): string {
  if (format === 'json') return `${JSON.stringify(report, undefined, 2)}\n`
  if (format === 'markdown') return markdownHistory(report)
  if (format === 'csv') return csvHistory(report)
  return renderHistory(report, isPrinted ? styleFor(process.stdout) : { color: false, width: Infinity })
}
