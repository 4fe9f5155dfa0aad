import '../files/host.ts'
import type {
  BudgetRow,
  CheckReport,
  Finding,
  Outcome,
  TargetReport,
} from '../../runs/budget/check-report.ts'
import { causesByFigures, causesOf } from '../../runs/budget/explain.ts'
import { figuresOf } from '../../runs/budget/figures.ts'
import { findFigure } from '../../runs/budget/find-figure.ts'
import { judge } from '../../runs/budget/judge.ts'
import { budgetName, type ParsedBudget } from '../../runs/budget/parse-budget.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { placeOf } from '../../runs/budget/place.ts'
import { worstOf } from '../../runs/budget/worst.ts'
import { compareRuns } from '../../runs/compare/compare.ts'
import { UserError } from '../../runs/errors.ts'
import { didYouMean } from '../../runs/nearest.ts'
import { TOOL_VERSION } from '../../runs/version.ts'
import {
  baseOfCommit,
  baseOfFile,
  loadBaseline,
  measureCommit,
  shownConfig,
  sourceOf,
  type Base,
} from './base.ts'
import { Repository, repositoryOf } from './git.ts'
import type { LoadedConfig } from './load-config.ts'
import type { Measured } from './measured.ts'
import { measureTargets, type MeasureSettings } from './measure.ts'

export interface CheckRequest extends MeasureSettings {
  readonly config: LoadedConfig
  /** All without any. */
  readonly targets: readonly string[]
  /** Budgets, by their names; all without any. */
  readonly only: readonly string[]
  /** A commit to hold the targets against, in place of the baseline's file. */
  readonly baselineFrom?: string | undefined
}

export interface Checked {
  readonly report: CheckReport
  readonly targets: readonly ParsedTarget[]
  readonly measured: ReadonlyMap<string, Measured>
}

/** @throws UserError for what cannot be built, run, or held against its base */
export async function check(request: CheckRequest): Promise<Checked> {
  const { config, baselineFrom } = request
  const targets = chosen(config, request.targets, request.only)
  const repository =
    baselineFrom === undefined
      ? await Repository.of(config.folder)
      : await repositoryOf(config.folder, `--baseline-from ${baselineFrom}`)
  const commit = baselineFrom === undefined ? undefined : await repository?.commit(baselineFrom)
  const baseline = commit ? undefined : await loadBaseline(config)
  const made = await measureTargets(targets, config.folder, request)
  const measured = new Map(targets.flatMap(({ name }, i) => (made[i] ? [[name, made[i]] as const] : [])))
  const base =
    commit && repository
      ? baseOfCommit(commit, await measureCommit(repository, commit, targets, request))
      : baseline && (await baseOfFile(config, baseline, repository, measured))
  const file = shownConfig(config, repository)
  const reports = targets.flatMap((target) => {
    const one = measured.get(target.name)
    return one ? [reportOf(target, one, base, baselineFrom)] : []
  })
  return {
    targets,
    measured,
    report: {
      schemaVersion: 1,
      kind: 'check',
      tool: { name: 'boardless', version: TOOL_VERSION },
      config: file,
      head: {
        commit: (await repository?.head()) ?? null,
        modifiedFiles: (await repository?.modified())?.length ?? 0,
      },
      base: base?.report ?? null,
      targets: reports,
      worst: worstOf(reports),
      counts: countsOf(reports),
    },
  }
}

function chosen(
  config: LoadedConfig,
  wanted: readonly string[],
  only: readonly string[],
): readonly ParsedTarget[] {
  const names = config.targets.map(({ name }) => name)
  const unknown = wanted.find((one) => !names.includes(one))
  if (unknown !== undefined)
    throw new UserError(
      `${unknown}: no such target.${didYouMean(unknown, names, `There are ${names.join(', ')}.`)}`,
    )
  const targets = config.targets.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  if (only.length === 0) return targets
  const isWanted = (budget: ParsedBudget): boolean =>
    only.includes(budgetName(budget)) || only.includes(budget.key)
  const known = targets.flatMap(({ budgets }) => budgets)
  const absent = only.find(
    (one) => one !== 'run' && !known.some((budget) => [budgetName(budget), budget.key].includes(one)),
  )
  if (absent !== undefined)
    throw new UserError(
      `--only ${absent}: no such budget.${didYouMean(absent, known.map(budgetName), `There are ${known.map(budgetName).join(', ')}.`)}`,
    )
  return targets
    .map((target) => ({ ...target, budgets: target.budgets.filter(isWanted) }))
    .filter(({ budgets }) => budgets.length > 0 || only.includes('run'))
}

function reportOf(
  { name, budgets }: ParsedTarget,
  measured: Measured,
  base: Base | undefined,
  baselineFrom: string | undefined,
): TargetReport {
  const { report } = measured
  const before = base?.of(name)
  const from = baselineFrom === undefined ? '' : ` --baseline-from ${quoted(baselineFrom)}`
  const rows = judge({
    ...sourceOf(measured),
    budgets,
    base: before?.figures,
    reproduce: (budget) => `boardless check ${name} --only ${quoted(budget)}${from}`,
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
          : `the baseline's file has figures alone: boardless check ${name} --only ${quoted(row.budget)} --baseline-from ${commit} says which lines moved`,
    }
  }
  return {
    name,
    board: report.board.name,
    firmware: { file: report.firmware.file, sha256: report.firmware.sha256 },
    seconds: report.run.seconds,
    rows: rows.map(explained),
    findings: findingsOf(measured),
  }
}

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

function countsOf(targets: readonly TargetReport[]): CheckReport['counts'] {
  const rows = targets.flatMap((one) => one.rows)
  const of = (outcome: Outcome): number => rows.filter((row) => row.outcome === outcome).length
  return {
    passed: of('passed'),
    failed: of('failed'),
    warned: of('warned'),
    tried: of('tried'),
    improved: rows.filter(({ isImproved }) => isImproved).length,
  }
}

/** Figures that budgets of a target are of, as the run has them. */
export function namedFigures({ budgets }: ParsedTarget, measured: Measured): ReadonlySet<string> {
  const figures = figuresOf(sourceOf(measured))
  return new Set(
    budgets.flatMap(({ key, of }) => {
      const found = findFigure(key, of, figures)
      return 'figure' in found ? [found.figure.name] : []
    }),
  )
}
