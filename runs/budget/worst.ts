import type { BudgetRow, CheckReport, TargetReport } from './check-report.ts'

const RANK: Readonly<Record<BudgetRow['outcome'], number>> = { failed: 3, warned: 2, tried: 1, passed: 0 }

/** Never a mean: the one row that is furthest beyond its limit, hard budgets first. */
export function worstOf(targets: readonly TargetReport[]): CheckReport['worst'] {
  const rows = targets.flatMap(({ name, rows: all }) => all.map((row) => ({ target: name, row })))
  // What was not measured, and what may not be at all, has no share: nothing is worse.
  const beyond = ({ beyond: share }: BudgetRow): number => share ?? Infinity
  const [worst] = rows
    .filter(({ row }) => row.outcome !== 'passed')
    .sort((a, b) => RANK[b.row.outcome] - RANK[a.row.outcome] || order(beyond(b.row), beyond(a.row)))
  return worst ? { target: worst.target, budget: worst.row.budget } : null
}

const order = (a: number, b: number): number => (a === b ? 0 : a - b)

export const worstRow = ({
  worst,
  targets,
}: CheckReport): { readonly target: string; readonly row: BudgetRow } | undefined => {
  const rows = targets.find(({ name }) => name === worst?.target)?.rows
  const row = rows
    ?.filter(({ outcome }) => outcome !== 'passed')
    .find(({ budget }) => budget === worst?.budget)
  return worst && row ? { target: worst.target, row } : undefined
}
