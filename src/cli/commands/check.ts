import { ratcheted } from '../../../runs/budget/baseline.ts'
import type { CheckReport } from '../../../runs/budget/check-report.ts'
import { reporters } from '../../../runs/budget/reporters.ts'
import { renderCheck } from '../../../runs/budget/show/text.ts'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { didYouMean } from '../../../runs/nearest.ts'
import { entryOf, loadBaseline, writeBaseline } from '../../budget/base.ts'
import { check as checkBudgets, namedFigures, type Checked } from '../../budget/check.ts'
import { loadConfig, type LoadedConfig } from '../../budget/load-config.ts'
import { checkFile } from '../../write-whole.ts'
import { printNote, printReport, STDOUT, writeOutput } from '../output.ts'
import { showProgress, styleFor } from '../terminal.ts'

export interface CheckOptions {
  readonly config?: string
  readonly only?: readonly string[]
  readonly baselineFrom?: string
  readonly update?: boolean
  readonly ratchet?: boolean
  readonly reporter?: readonly string[]
  readonly format?: string
  readonly jobs?: number
  /** commander's name for --no-cache. */
  readonly cache: boolean
  readonly quiet?: boolean
}

/** Runs the targets of boardless.config.*, and holds them against their budgets. */
export async function check(
  targets: readonly string[],
  options: CheckOptions,
  signal: AbortSignal,
): Promise<number> {
  const outputs = await outputsOf([
    ...(options.reporter ?? []),
    ...(options.format === undefined ? [] : [options.format]),
  ])
  if (options.baselineFrom !== undefined && (options.update === true || options.ratchet === true))
    throw new UserError(
      `--${options.update === true ? 'update' : 'ratchet'} writes the baseline’s file, and --baseline-from leaves that alone. Leave one of them out.`,
    )
  if (options.update === true && options.ratchet === true)
    throw new UserError('--update takes what is, --ratchet only what got better. Leave one of them out.')
  const config = await loadConfig(options.config)
  const progress = showProgress('check')
  const checked = await checkBudgets({
    config,
    targets,
    only: options.only ?? [],
    baselineFrom: options.baselineFrom,
    jobs: options.jobs,
    isCached: options.cache,
    signal,
    onProgress: (fraction, step) => progress.update(fraction, step),
  }).finally(() => progress.done())
  if (options.update === true) {
    await update(config, checked, options.only)
    return ExitCode.fine
  }
  for (const { name, file } of outputs) await write(name, file, checked.report)
  if (options.ratchet === true) await ratchet(config, checked)
  return checked.report.counts.failed > 0 ? ExitCode.budgetFailed : ExitCode.fine
}

interface Output {
  readonly name: string
  /** undefined: standard output. */
  readonly file: string | undefined
}

const NAMES = ['pretty', ...Object.keys(reporters)]

/** `pretty`, `json=check.json`, several at once. @throws UserError */
async function outputsOf(given: readonly string[]): Promise<readonly Output[]> {
  const found = (given.length === 0 ? ['pretty'] : given).map((one): Output => {
    const [, name = one, file] = /^([^=]*)=(.*)$/.exec(one) ?? []
    if (!NAMES.includes(name))
      throw new UserError(
        `--reporter ${name}: no such reporter.${didYouMean(name, NAMES, `There are ${NAMES.join(', ')}.`)}`,
      )
    if (file === '') throw new UserError(`--reporter ${one}: give the name of a file, as in ${name}=FILE.`)
    return { name, file: file === STDOUT ? undefined : file }
  })
  const printed = found.filter(({ file }) => file === undefined)
  if (printed.length > 1)
    throw new UserError(
      `${printed.map(({ name }) => name).join(' and ')} cannot both go to standard output; give one of them a file, as in ${printed.at(-1)?.name}=FILE.`,
    )
  for (const { file } of found) if (file !== undefined) await checkFile(file)
  return found
}

async function write(name: string, file: string | undefined, report: CheckReport): Promise<void> {
  if (name === 'pretty') {
    if (file === undefined) printReport(renderCheck(report, styleFor(process.stdout)))
    else await writeOutput(file, renderCheck(report, { color: false, width: Infinity }))
    return
  }
  const text = reporters[name]?.(report) ?? ''
  if (file === undefined) printReport(text)
  else await writeOutput(file, text)
}

async function update(
  config: LoadedConfig,
  { targets, measured, report }: Checked,
  only: readonly string[] = [],
): Promise<void> {
  if (only.length > 0) throw new UserError('--update takes all figures of a target: leave --only out.')
  const ended = report.targets.find(({ rows }) => rows.some(({ budget }) => budget === 'run'))
  const why = ended?.rows.find(({ budget }) => budget === 'run')?.message
  if (ended && why !== undefined)
    throw new UserError(`${ended.name}: ${why}: that is no baseline.`, ExitCode.firmwareCrashed)
  const entries = new Map(
    targets.flatMap((target) => {
      const one = measured.get(target.name)
      return one
        ? [[target.name, { entry: entryOf(one, namedFigures(target, one)), measured: one }] as const]
        : []
    }),
  )
  await writeBaseline(config, await loadBaseline(config), entries)
  printNote(`${config.baseline}: written, ${[...entries.keys()].join(', ')}`)
}

async function ratchet(config: LoadedConfig, { targets, measured, report }: Checked): Promise<void> {
  const before = await loadBaseline(config)
  if (!before)
    throw new UserError(`${config.baseline}: there is none to lower. Write it: boardless check --update.`)
  const lowered: string[] = []
  const entries = new Map(
    targets.flatMap((target) => {
      const [one, base] = [measured.get(target.name), before.targets[target.name]]
      const rows = report.targets.find(({ name }) => name === target.name)?.rows ?? []
      const improved = new Set(
        rows.flatMap(({ isImproved, figure }) => (isImproved && figure !== null ? [figure] : [])),
      )
      if (!one || !base || improved.size === 0) return []
      lowered.push(...[...improved].map((figure) => `${target.name}: ${figure}`))
      const entry = ratcheted(base, entryOf(one, namedFigures(target, one)), improved)
      return [[target.name, { entry, measured: undefined }] as const]
    }),
  )
  if (entries.size > 0) await writeBaseline(config, before, entries)
  printNote(
    lowered.length === 0
      ? 'nothing got better: the baseline stays'
      : `${config.baseline}: ${lowered.join('; ')}`,
  )
}
