import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import {
  baselineOf,
  parseBaseline,
  serialiseBaseline,
  whyNotAlike,
  type Baseline,
  type BaselineTarget,
} from '../../runs/budget/baseline.ts'
import type { BaseReport } from '../../runs/budget/check-report.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import type { BaseFigures } from '../../runs/budget/judge.ts'
import { figuresOf } from '../../runs/budget/figures.ts'
import { ExitCode, UserError } from '../../runs/errors.ts'
import { readInput } from '../read-input.ts'
import { writeWhole } from '../write-whole.ts'
import { commitName, shortId, type Commit, type Repository } from './git.ts'
import type { LoadedConfig } from './load-config.ts'
import type { Measured } from './measured.ts'
import { measureTargets, type MeasureSettings } from './measure.ts'
import { hashOf, store, stored, toolHash } from './store.ts'

/** What targets are held against. */
export interface Base {
  readonly report: BaseReport
  /** undefined for a target that it has not. */
  of(target: string): BaseOfTarget | undefined
}

export interface BaseOfTarget {
  readonly figures: BaseFigures
  /** The run itself, where it is there. */
  readonly measured: Measured | undefined
  readonly compiler: string
}

export const baselineFile = ({ folder, baseline }: LoadedConfig): string => join(folder, baseline)

/** undefined where none was ever written. @throws UserError for one that cannot be used */
export async function loadBaseline(config: LoadedConfig): Promise<Baseline | undefined> {
  const file = baselineFile(config)
  if (!existsSync(file)) return undefined
  return parseBaseline((await readInput(file, 'a baseline')).toString(), config.baseline)
}

/** @throws UserError where figures of the baseline are not of the same as those of the run */
export async function baseOfFile(
  config: LoadedConfig,
  baseline: Baseline,
  repository: Repository | undefined,
  measured: ReadonlyMap<string, Measured>,
): Promise<Base> {
  const found = new Map<string, BaseOfTarget>()
  for (const [name, { report }] of measured) {
    const one = Object.hasOwn(baseline.targets, name) ? baseline.targets[name] : undefined
    if (!one) continue
    const why = whyNotAlike(one, report)
    if (why !== undefined)
      throw new UserError(
        `${config.baseline}: ${name}: ${why}. Write it again: boardless check --update ${name}.`,
      )
    found.set(name, {
      figures: new Map(Object.entries(one.figures)),
      measured: (await stored(keyOfBaseline(one))) as Measured | undefined,
      compiler: one.compiler,
    })
  }
  const commit = await repository?.lastChange(baselineFile(config))
  return {
    report: {
      kind: 'file',
      name: `${config.baseline}${commit ? ` as of ${commitName(commit)}` : repository ? ', not committed as it is' : ''}`,
      commit: commit?.id ?? null,
    },
    of: (target) => found.get(target),
  }
}

const keyOfBaseline = (one: BaselineTarget): string => hashOf('baseline', JSON.stringify(one))

/** Writes targets anew and leaves the others; what explains them later is kept in the cache. @throws UserError */
export async function writeBaseline(
  config: LoadedConfig,
  before: Baseline | undefined,
  targets: ReadonlyMap<string, { readonly entry: BaselineTarget; readonly measured: Measured | undefined }>,
): Promise<void> {
  const names = new Set(config.targets.map(({ name }) => name))
  const kept = Object.entries(before?.targets ?? {}).filter(([name]) => names.has(name))
  const written = Object.fromEntries([...targets].map(([name, { entry }]) => [name, entry]))
  for (const { entry, measured } of targets.values())
    if (measured) await store(keyOfBaseline(entry), measured)
  await writeWhole(
    baselineFile(config),
    serialiseBaseline({
      schemaVersion: 1,
      kind: 'baseline',
      targets: { ...Object.fromEntries(kept), ...written },
    }),
  )
}

/** For a baseline: with every figure that a budget of it names. */
export const entryOf = (measured: Measured, named: ReadonlySet<string>): BaselineTarget =>
  baselineOf(sourceOf(measured), named)

export const sourceOf = ({ report, details, latencies }: Measured) => ({
  report,
  memory: details.memory,
  latencies,
})

/** Targets as a commit has them: built and run there, or found by its content. @throws UserError where they cannot be */
export async function measureCommit(
  repository: Repository,
  commit: Commit,
  targets: readonly ParsedTarget[],
  settings: MeasureSettings,
): Promise<ReadonlyMap<string, Measured>> {
  const keys = await keysOf(repository, commit, targets)
  const found = new Map<string, Measured>()
  if (settings.isCached)
    for (const [i, { name }] of targets.entries()) {
      const known = (await stored(keys[i] ?? '')) as Measured | undefined
      if (known) found.set(name, known)
    }
  const missing = targets.filter(({ name }) => !found.has(name))
  if (missing.length > 0) {
    const made = await repository
      .inWorktree(commit, async (folder) => measureTargets(missing, folder, settings))
      .catch((error: unknown) => {
        if (!(error instanceof UserError) || error.exitCode === INTERRUPTED) throw error
        throw new UserError(
          `${shortId(commit)} cannot be had as a base, and nothing takes its place: ${error.message}`,
          ExitCode.environment,
          { cause: error },
        )
      })
    for (const [i, { name }] of missing.entries()) {
      const one = made[i]
      if (!one) continue
      found.set(name, one)
      await store(keys[targets.findIndex((target) => target.name === name)] ?? '', one)
    }
  }
  return found
}

const INTERRUPTED = 130

async function keysOf(
  repository: Repository,
  commit: Commit,
  targets: readonly ParsedTarget[],
): Promise<readonly string[]> {
  const compiler = await execa('arm-none-eabi-gcc', ['--version']).then(
    ({ stdout }) => stdout,
    () => '',
  )
  const shared = [
    toolHash(),
    await repository.tree(commit),
    repository.below,
    compiler,
    process.env['PATH'] ?? '',
  ]
  return targets.map(({ config, budgets }) =>
    hashOf(
      'commit',
      ...shared,
      JSON.stringify([config, budgets.map(({ key }) => key).filter((key) => key.startsWith('measure '))]),
    ),
  )
}

export function baseOfCommit(commit: Commit, measured: ReadonlyMap<string, Measured>): Base {
  return {
    report: { kind: 'commit', name: commitName(commit), commit: commit.id },
    of(target) {
      const one = measured.get(target)
      return (
        one && {
          figures: new Map(figuresOf(sourceOf(one)).map(({ name, value }) => [name, value])),
          measured: one,
          compiler: one.report.firmware.compiler,
        }
      )
    },
  }
}
