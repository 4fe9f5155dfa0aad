import { compareRuns } from '../compare/compare.ts'
import type { Side } from '../compare/side.ts'
import { causesOf } from './explain.ts'
import { figuresOf, type Figure, type FiguresSource } from './figures.ts'
import { findFigure } from './find-figure.ts'
import type { HistoryFigure, HistoryMove, HistoryReport } from './history-report.ts'
import { budgetName, type ParsedBudget } from './parse-budget.ts'
import { TOOL_VERSION } from '../version.ts'

/** A commit with its run, where it has one. */
export interface Measurement {
  readonly commit: string
  readonly date: string
  readonly subject: string
  readonly cannot: string | null
  readonly run: (FiguresSource & Pick<Side, 'details'>) | undefined
}

/** Budgets with one figure are that figure once. */
export const uniqueFigures = (budgets: readonly ParsedBudget[]): readonly ParsedBudget[] =>
  budgets.filter(
    (one, i) =>
      one.key !== 'console' && budgets.findIndex((other) => budgetName(other) === budgetName(one)) === i,
  )

/** Whether two runs have the same figures. */
export function isSame(a: FiguresSource, b: FiguresSource, budgets: readonly ParsedBudget[]): boolean {
  const [x, y] = [figuresOf(a), figuresOf(b)]
  return uniqueFigures(budgets).every((one) => valueOf(one, x) === valueOf(one, y))
}

function figureOf({ key, of }: ParsedBudget, figures: readonly Figure[]): Figure | undefined {
  const found = findFigure(key, of, figures)
  return 'figure' in found ? found.figure : undefined
}
const valueOf = (budget: ParsedBudget, figures: readonly Figure[]): number | null =>
  figureOf(budget, figures)?.value ?? null

/** @param commits oldest first @param budgets whose figures are told */
export function historyOf(
  target: string,
  commits: readonly Measurement[],
  budgets: readonly ParsedBudget[],
): HistoryReport {
  const wanted = uniqueFigures(budgets)
  const figures = commits.map(({ run }) => (run ? figuresOf(run) : undefined))
  const columns = wanted.map((budget): HistoryFigure => {
    const values = figures.map((all) => (all ? valueOf(budget, all) : null))
    const known = values.filter((value) => value !== null)
    const any = figures
      .flatMap((all) => (all ? [figureOf(budget, all)] : []))
      .find((one) => one !== undefined)
    return {
      name: budgetName(budget),
      unit: budget.unit,
      better: any?.better ?? 'less',
      values,
      spread: known.length === 0 ? 0 : Math.max(...known) - Math.min(...known),
    }
  })
  return {
    schemaVersion: 1,
    kind: 'history',
    tool: { name: 'boardless', version: TOOL_VERSION },
    target,
    commits: commits.map(({ commit, date, subject, cannot, run }) => ({
      commit,
      date,
      subject,
      cannot,
      isMeasured: run !== undefined,
    })),
    figures: columns,
    moves: movesOf(commits, columns),
  }
}

function movesOf(commits: readonly Measurement[], figures: readonly HistoryFigure[]): readonly HistoryMove[] {
  const moves: HistoryMove[] = []
  let before: number | undefined
  for (const [i, { commit, run }] of commits.entries()) {
    if (!run) continue
    const since = before === undefined ? undefined : commits[before]
    const moved = figures.filter(({ values }) => since && values[i] !== values[before ?? 0])
    if (since?.run && moved.length > 0) {
      const comparison = compareRuns(sideOf('before', since.run), sideOf('after', run))
      moves.push(
        ...moved.map(({ name, unit, values, better }): HistoryMove => {
          const [from, to] = [values[before ?? 0] ?? null, values[i] ?? null]
          const difference = (to ?? 0) - (from ?? 0)
          const because =
            from === null || to === null
              ? []
              : causesOf({ figure: name, difference, unit, better }, comparison)
          return { figure: name, unit, commit, since: since.commit, from, to, difference, because }
        }),
      )
    }
    before = i
  }
  return moves.reverse()
}

const sideOf = (name: string, { report, details }: NonNullable<Measurement['run']>): Side => ({
  name,
  report,
  details,
})
