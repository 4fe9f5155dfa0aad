import type { BudgetRow, CheckReport, Place } from '../check-report.ts'

export interface RowOfTarget {
  readonly target: string
  readonly row: BudgetRow
}

/** Those that do not pass, hard before soft before trial. */
export function failing({ targets }: CheckReport): readonly RowOfTarget[] {
  const all = targets.flatMap(({ name, rows }) => rows.map((row) => ({ target: name, row })))
  return (['failed', 'warned', 'tried'] as const).flatMap((outcome) =>
    all.filter(({ row }) => row.outcome === outcome),
  )
}

/** Where to look: the dearest source line that moved, or else the symbol, or where the config has the budget. */
export const placeOfRow = ({ because, declared }: BudgetRow): Place =>
  because.find(({ kind, place }) => kind === 'line' && place !== null)?.place ??
  because.find(({ place }) => place !== null)?.place ??
  declared
