import type { RunReport } from '../../report/run-report.ts'
import type { PredictionsChange } from '../comparison.ts'
import { pair } from '../pair.ts'

/** null where not both predict. */
export function predictionsChange(
  { predictions: a }: RunReport,
  { predictions: b }: RunReport,
): PredictionsChange | null {
  if (!a || !b) return null
  const compared = Math.min(a.windows.length, b.windows.length)
  return {
    total: pair(a.total, b.total),
    labelled: pair(a.labelled, b.labelled),
    correct: pair(a.correct, b.correct),
    compared,
    alike: a.windows.slice(0, compared).filter(({ label }, i) => b.windows[i]?.label === label).length,
  }
}
