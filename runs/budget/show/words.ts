/** How rows of a check are written, wherever they are shown. */
import { change, quantity } from '../quantity.ts'
import type { BudgetRow, Cause, CheckReport, Outcome, TargetReport } from '../check-report.ts'
import { worstRow } from '../worst.ts'

export const MARKS: Readonly<Record<Outcome, string>> = { passed: '✓', failed: '✗', warned: '!', tried: '·' }

/** What an outcome other than passed is called in front of a message. */
export const LABELS: Readonly<Record<Outcome, string>> = {
  passed: '',
  failed: 'failed',
  warned: 'warning',
  tried: 'on trial, would have failed',
}

export const measuredText = ({ value, unit, figure }: BudgetRow): string =>
  value === null ? (figure === 'console' ? '' : 'nothing') : quantity(value, unit)

export const baselineText = ({ baseline, unit }: BudgetRow): string =>
  baseline === null ? '' : quantity(baseline, unit)

/** Beside the baseline, which has a column of its own. */
export const limitShort = ({ limitText }: BudgetRow): string =>
  limitText.replace(/ than the baseline’s .*$/, '')

export function changeText({ difference, baseline, unit }: BudgetRow): string {
  if (difference === null || baseline === null) return ''
  if (difference === 0) return 'same'
  const percent =
    baseline === 0
      ? ''
      : ` (${(100 * difference) / Math.abs(baseline) > 0 ? '+' : ''}${((100 * difference) / Math.abs(baseline)).toFixed(1)} %)`
  return `${change(difference, unit)}${percent}`
}

/** "+11 520 cycles gesture/classifier.h:88 (of the run, in Classifier::preprocess)". */
export function causeText({ kind, name, difference, unit, detail }: Cause): string {
  const moved =
    kind === 'symbol' && detail.startsWith('moved') ? quantity(difference, unit) : change(difference, unit)
  return `${moved} ${name}${detail === '' ? '' : ` (${detail})`}`
}

/** Causes of one kind stand together. */
export function causesByKind(
  because: readonly Cause[],
): readonly (readonly [kind: string, causes: readonly Cause[]])[] {
  const kinds = [...new Set(because.map(({ kind }) => kind))]
  return kinds.map((kind) => [kind, because.filter((one) => one.kind === kind)])
}

export function countsText({ counts }: CheckReport): string {
  const parts = [
    counts.failed > 0 ? `${counts.failed} failed` : '',
    counts.warned > 0 ? `${counts.warned} soft beyond their limits` : '',
    counts.tried > 0 ? `${counts.tried} on trial would have failed` : '',
    `${counts.passed} passed`,
    counts.improved > 0 ? `${counts.improved} better than the baseline` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** The worst row in one line, or that there is none. */
export function headlineText(report: CheckReport): string {
  const worst = worstRow(report)
  if (!worst) return `all budgets hold: ${countsText(report)}`
  const label = LABELS[worst.row.outcome]
  return `worst: ${worst.target}: ${worst.row.message}${worst.row.outcome === 'failed' ? '' : ` (${label})`}`
}

export function headText({ head, base }: CheckReport): string {
  const now =
    head.commit === null
      ? 'not in a repository'
      : `${head.commit.slice(0, 9)}${head.modifiedFiles > 0 ? ` with ${head.modifiedFiles} file${head.modifiedFiles === 1 ? '' : 's'} changed since` : ''}`
  return `${now}; ${base === null ? 'no baseline: check --update writes one' : `against ${base.name}`}`
}

export const targetText = ({ board, seconds, firmware }: TargetReport): string =>
  `${board}, ${Number(seconds.toPrecision(6))} s, ${firmware.file} ${firmware.sha256.slice(0, 8)}`

export const improvementsText = ({ counts }: CheckReport): string | undefined =>
  counts.improved === 0
    ? undefined
    : `${counts.improved} better than the baseline: check --ratchet makes that the limit, and nothing else`
