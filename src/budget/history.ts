import '../files/host.ts'
import { historyOf, isSame, type Measurement } from '../../runs/budget/history.ts'
import type { HistoryReport } from '../../runs/budget/history-report.ts'
import type { ParsedBudget } from '../../runs/budget/parse-budget.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { UserError } from '../../runs/errors.ts'
import { measureCommit, sourceOf } from './base.ts'
import type { Commit, Repository } from './git.ts'
import type { MeasureSettings } from './measure.ts'

export interface HistoryRequest extends MeasureSettings {
  readonly repository: Repository
  readonly target: ParsedTarget
  /** Whose figures are told. */
  readonly budgets: readonly ParsedBudget[]
  readonly last: number
  readonly to: string
  /** Of a stretch whose ends are the same, what lies between is not measured. */
  readonly isBisecting: boolean
}

/** What a target costs from commit to commit; one that cannot be built or run has none, and says why. @throws UserError */
export async function history(request: HistoryRequest): Promise<HistoryReport> {
  const { repository, target, budgets } = request
  const commits = [...(await repository.last(request.last, request.to))].reverse()
  const found = new Map<number, Measurement>()
  const measure = async (i: number): Promise<Measurement> => {
    const known = found.get(i)
    if (known) return known
    const made = await measured(request, commits, i, found.size)
    found.set(i, made)
    return made
  }
  if (request.isBisecting) await bisect(0, commits.length - 1, measure, budgets)
  else for (const i of commits.keys()) await measure(i)
  const all = commits.map((one, i) => found.get(i) ?? { ...named(one), cannot: null, run: undefined })
  if (all.every(({ run }) => run === undefined))
    throw new UserError(`${target.name}: none of these commits can be run: ${all.at(-1)?.cannot ?? ''}`)
  return historyOf(target.name, all, budgets)
}

const named = ({ id, date, subject }: Commit) => ({ commit: id, date, subject })

/** 128 and the number of SIGINT. */
const INTERRUPTED = 130

async function measured(
  request: HistoryRequest,
  commits: readonly Commit[],
  i: number,
  done: number,
): Promise<Measurement> {
  const { repository, target, onProgress } = request
  const commit = commits[i]
  if (!commit) throw new Error('a commit of the list')
  const settings: MeasureSettings = {
    ...request,
    onProgress: (fraction, step) =>
      onProgress((done + fraction) / commits.length, `${commit.id.slice(0, 9)} ${step ?? ''}`),
  }
  try {
    const run = (await measureCommit(repository, commit, [target], settings)).get(target.name)
    return { ...named(commit), cannot: null, run: run && { ...sourceOf(run), details: run.details } }
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === INTERRUPTED) throw error
    return {
      ...named(commit),
      cannot: error.message.replace(/^.* cannot be had as a base, and nothing takes its place: /, ''),
      run: undefined,
    }
  }
}

/** Measures the ends of a stretch, and goes into it where they differ, or where an end has no figures. */
async function bisect(
  from: number,
  to: number,
  measure: (i: number) => Promise<Measurement>,
  budgets: readonly ParsedBudget[],
): Promise<void> {
  const [a, b] = [await measure(from), await measure(to)]
  if (to - from <= 1) return
  if (a.run && b.run && isSame(a.run, b.run, budgets)) return
  const middle = Math.floor((from + to) / 2)
  await bisect(from, middle, measure, budgets)
  await bisect(middle, to, measure, budgets)
}
