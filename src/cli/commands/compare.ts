import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Comparison } from '../../../runs/compare/comparison.ts'
import { compareRuns } from '../../../runs/compare/compare.ts'
import { detailsOf, recordedDetails } from '../../../runs/compare/details.ts'
import { namesOf } from '../../../runs/compare/names.ts'
import { htmlComparison } from '../../../runs/compare/show/html.ts'
import { markdownComparison } from '../../../runs/compare/show/markdown.ts'
import { renderComparison, TOP } from '../../../runs/compare/show/text.ts'
import type { Side } from '../../../runs/compare/side.ts'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { isFirmwareZip } from '../../../runs/image/image.ts'
import { isCommit, measuredAt } from '../../budget/at-commit.ts'
import { loadRun } from '../../files/recorded-run.ts'
import { loadReport } from '../../files/report.ts'
import { INTERRUPTED } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { runFirmware, type RunFirmwareOptions } from '../run-firmware.ts'
import { showProgress, styleFor } from '../terminal.ts'

export type CompareFormat = 'text' | 'markdown' | 'html' | 'json'

export interface CompareOptions extends Omit<RunFirmwareOptions, 'profile'> {
  readonly format?: CompareFormat
  readonly out?: string
  readonly top?: number
  /** Of commits: what of which config. */
  readonly target?: string
  readonly config?: string
}

type Kind = 'report' | 'recorded' | 'firmware' | 'commit'

/**
 * How two runs differ: reports and recorded runs as they are; firmware is run first, both with the same options; of commits a target
 * of the config is built and run.
 */
export async function compare(
  first: string,
  second: string,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<number> {
  const kinds = [await kindOf(first), await kindOf(second)] as const
  if (!kinds.includes('firmware')) refuseOptions(options, kinds.includes('commit'))
  const ofCommits = (['target', 'config'] as const).find((name) => options[name] !== undefined)
  if (ofCommits !== undefined && !kinds.includes('commit'))
    throw new UserError(`--${ofCommits} is of commits, and none is compared. Leave it out.`)
  const file = (['record', 'outputs', 'console'] as const).find((name) => options[name] !== undefined)
  if (file !== undefined) throw new UserError(`--${file} is of one run, and two are compared. Leave it out.`)
  const names = namesOf(first, second)
  const sides: Side[] = []
  for (const [i, file] of [first, second].entries()) {
    const side = await sideOf(file, kinds[i] ?? 'firmware', names[i] ?? file, options, signal)
    if (side.report.run.stop === 'interrupted' && kinds[i] === 'firmware') return INTERRUPTED
    sides.push(side)
  }
  const [a, b] = sides
  if (!a || !b) throw new Error('two are compared')
  const comparison = compareRuns(a, b)
  const format = options.format ?? formatOf(options.out)
  const text = written(comparison, format, options.top ?? TOP, options.out === undefined)
  if (options.out === undefined) printReport(text)
  else await writeOutput(options.out, text)
  return ExitCode.fine
}

function written(comparison: Comparison, format: CompareFormat, top: number, isPrinted: boolean): string {
  if (format === 'json') return `${JSON.stringify(comparison, undefined, 2)}\n`
  if (format === 'markdown') return markdownComparison(comparison, top)
  if (format === 'html') return htmlComparison(comparison, top)
  return renderComparison(
    comparison,
    isPrinted ? styleFor(process.stdout) : { color: false, width: Infinity },
    top,
  )
}

const extensions: Readonly<Record<string, CompareFormat>> = {
  '.md': 'markdown',
  '.html': 'html',
  '.json': 'json',
}

const formatOf = (out: string | undefined): CompareFormat =>
  extensions[extname(out ?? '').toLowerCase()] ?? 'text'

/** Told apart by contents; what is no file may be an app. */
async function kindOf(file: string): Promise<Kind> {
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes === undefined) {
    if (/\.(json|boardless)$/i.test(file)) return missing(file)
    return (await isCommit(file)) ? 'commit' : 'firmware'
  }
  if (isFirmwareZip(bytes)) return 'firmware'
  const begin = bytes.subarray(0, 64).toString('latin1')
  if (begin.startsWith('PK') || /\.boardless$/i.test(file)) return 'recorded'
  return /^\s*[{[]/.test(begin) || /\.json$/i.test(file) ? 'report' : 'firmware'
}

function missing(file: string): never {
  throw new UserError(
    `${file}: cannot be read. Give reports (run --json), recorded runs (run --record) or firmware.`,
  )
}

const ownOptions = new Set(['format', 'out', 'top', 'quiet', 'debug', 'target', 'config'])

/** @throws UserError for options of a run: these are over */
function refuseOptions(options: CompareOptions, areCommits: boolean): void {
  const [other] = Object.keys(options).filter((name) => !ownOptions.has(name))
  if (other !== undefined)
    throw new UserError(
      areCommits
        ? `a commit is run as the config says: --${other} would change nothing. Leave it out.`
        : `both runs are over: --${other} would change nothing. Leave it out, or give firmware.`,
    )
}

async function sideOf(
  file: string,
  kind: Kind,
  name: string,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<Side> {
  if (kind === 'report') return { name, report: await loadReport(file) }
  if (kind === 'recorded') return recordedSide(file, name)
  if (kind === 'commit') return commitSide(file, name, options, signal)
  const choices = { ...options, profile: true, isSilent: true }
  const { image, observation, report } = await runFirmware(file, choices, signal)
  return { name, report, details: detailsOf(image, observation.profile) }
}

async function commitSide(
  ref: string,
  name: string,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<Side> {
  const progress = showProgress(ref)
  const { report, details } = await measuredAt(ref, options, {
    isCached: true,
    signal,
    onProgress: (fraction, step) => progress.update(fraction, step),
  }).finally(() => progress.done())
  return { name, report, details }
}

async function recordedSide(file: string, name: string): Promise<Side> {
  const { run, replay, why } = await loadRun(file)
  if (!replay) return { name, report: run.report, noDetails: why }
  return { name, report: run.report, details: recordedDetails(replay, run.report.run.cycles) }
}
