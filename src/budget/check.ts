import '../files/host.ts'
import type { CheckReport, Outcome, TargetReport } from '../../runs/budget/check-report.ts'
import { figuresOf } from '../../runs/budget/figures.ts'
import { findFigure } from '../../runs/budget/find-figure.ts'
import { budgetName, type ParsedBudget } from '../../runs/budget/parse-budget.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { worstOf } from '../../runs/budget/worst.ts'
import { UserError } from '../../runs/errors.ts'
import { didYouMean } from '../../runs/nearest.ts'
import { TOOL_VERSION } from '../../runs/version.ts'
import { baseOfCommit, baseOfFile, loadBaseline, measureCommit, sourceOf } from './base.ts'
import { Repository, repositoryOf } from './git.ts'
import type { LoadedConfig } from './load-config.ts'
import type { Measured } from './measured.ts'
import { Places } from './places.ts'
import { targetReport } from './target-report.ts'
import { measureTargets, type MeasureSettings } from './measure.ts'

export interface CheckRequest extends MeasureSettings {
  readonly config: LoadedConfig
  /** All without any. */
  readonly targets: readonly string[]
  /** Budgets, by their names; all without any. */
  readonly only: readonly string[]
  /** A commit to hold the targets against, in place of the baseline's file. */
  readonly baselineFrom?: string | undefined
  /** The baseline is about to be written: whatever there is may be unusable. */
  readonly isUpdate?: boolean | undefined
  /** The config file, where it was named. */
  readonly named?: string | undefined
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
  const baseline = commit || request.isUpdate === true ? undefined : await loadBaseline(config)
  const made = await measureTargets(targets, config.folder, request)
  const measured = new Map(targets.flatMap(({ name }, i) => (made[i] ? [[name, made[i]] as const] : [])))
  const base =
    commit && repository
      ? baseOfCommit(commit, await measureCommit(repository, commit, targets, request))
      : baseline && (await baseOfFile(config, baseline, repository, measured))
  const places = new Places(config, repository?.root)
  const options = [
    ...(baselineFrom === undefined ? [] : ['--baseline-from', baselineFrom]),
    ...(request.named === undefined ? [] : ['--config', request.named]),
  ]
  const reports = targets.flatMap((target) => {
    const one = measured.get(target.name)
    return one ? [targetReport(target, one, { base, places, options })] : []
  })
  return {
    targets,
    measured,
    report: {
      schemaVersion: 1,
      kind: 'check',
      tool: { name: 'boardless', version: TOOL_VERSION },
      config: places.configFile,
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
