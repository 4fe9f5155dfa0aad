import { appendFile } from 'node:fs/promises'
import { ratcheted } from '../../../runs/budget/baseline.ts'
import type { BudgetRow, CheckReport } from '../../../runs/budget/check-report.ts'
import { reporters } from '../../../runs/budget/reporters/reporters.ts'
import { budgetName } from '../../../runs/budget/parse-budget.ts'
import type { ParsedTarget } from '../../../runs/budget/parse-config.ts'
import { quantity } from '../../../runs/budget/quantity.ts'
import { renderCheck } from '../../../runs/budget/show/text.ts'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { didYouMean } from '../../../runs/nearest.ts'
import { entryOf, loadBaseline, writeBaseline } from '../../budget/base.ts'
import { check as checkBudgets, namedFigures, type Checked } from '../../budget/check.ts'
import { loadConfig, type LoadedConfig } from '../../budget/load-config.ts'
import { lowerLimits, type Lower } from '../../budget/lower-limits.ts'
import { checkFile, writeWhole } from '../../write-whole.ts'
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
    named: options.config,
    isUpdate: options.update,
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
  // Annotations of GitHub stand between lines of its log.
  if (
    printed.filter(({ name }) => name !== 'github').length > 1 ||
    (printed.length > 1 && !printed.some(({ name }) => name === 'pretty'))
  )
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
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? ''
  if (name === 'github' && summary !== '') await appendFile(summary, reporters['markdown']?.(report) ?? '')
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
  // One that cannot be read holds nothing that could stay; with all targets nothing has to.
  const isWhole = config.targets.every(({ name }) => entries.has(name))
  await writeBaseline(config, isWhole ? undefined : await loadBaseline(config), entries)
  printNote(`${config.baseline}: written, ${[...entries.keys()].join(', ')}`)
}

/** What got better is the baseline from now on, and where the config has a limit for it, that too. */
async function ratchet(config: LoadedConfig, { targets, measured, report }: Checked): Promise<void> {
  const before = await loadBaseline(config)
  if (!before)
    throw new UserError(`${config.baseline}: there is none to lower. Write it: boardless check --update.`)
  const lower: Lower[] = []
  const entries = new Map(
    targets.flatMap((target) => {
      const [one, base] = [measured.get(target.name), before.targets[target.name]]
      const rows = report.targets.find(({ name }) => name === target.name)?.rows ?? []
      const improved = rows.filter(({ isImproved }) => isImproved)
      if (!one || !base || improved.length === 0) return []
      lower.push(...improved.flatMap((row) => limitsOf(target, row)))
      const figures = new Set(improved.flatMap(({ figure }) => (figure === null ? [] : [figure])))
      return [[target.name, { entry: ratcheted(base, entryOf(one, figures), figures), figures }] as const]
    }),
  )
  if (entries.size === 0) {
    printNote('nothing got better: the baseline stays')
    return
  }
  const { text, done, byHand } = await lowerLimits(config, lower)
  if (done.length > 0) await writeWhole(config.file, text)
  await writeBaseline(
    config,
    before,
    new Map([...entries].map(([name, { entry }]) => [name, { entry, measured: undefined }])),
  )
  for (const [name, { figures }] of entries)
    printNote(`${config.baseline}: ${name}: ${[...figures].join(', ')}`)
  for (const { target, budget } of done) printNote(`${report.config}: ${target}: ${budget.key}`)
  for (const { target, budget, measured: value } of byHand)
    printNote(
      `${report.config}: ${target}: ${budget.key}: where its limit stands cannot be told. Write ${quantity(value, budget.unit)} there.`,
    )
}

/** Limits of a row's figure that are looser than what was measured. */
const limitsOf = ({ name, budgets }: ParsedTarget, row: BudgetRow): readonly Lower[] =>
  budgets
    .filter((budget) => budgetName(budget) === row.budget && budget.asked.kind === 'limit')
    .flatMap((budget) => {
      const measured = budget.end === 'estimate' ? row.value : row.better === 'less' ? row.high : row.low
      return measured === null || row.outcome !== 'passed' || row.limit === measured
        ? []
        : [{ target: name, budget, measured }]
    })
