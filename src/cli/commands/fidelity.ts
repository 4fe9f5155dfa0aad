import { ExitCode, UserError } from '../../../runs/errors.ts'
import { importLog, readCapture } from '../../fidelity/captures.ts'
import { assess, requireExact } from '../../fidelity/fidelity.ts'
import { buildMicrobench } from '../../fidelity/firmware.ts'
import { fidelityMarkdown } from '../../fidelity/show/markdown.ts'
import { documentedMemory } from '../../fidelity/memory/kernels.ts'
import { documentedNetworks, runNetworks } from '../../fidelity/published/network-runs.ts'
import { networkRows } from '../../fidelity/published/networks.ts'
import { renderFidelity, renderNetworks } from '../../fidelity/show/render.ts'
import { sources } from '../../../runs/open-parameters/sources.ts'
import { facts } from '../../../runs/report/show/style.ts'
import type { TimingChoice, TimingSettings } from '../../../runs/simulation/timing-choice.ts'
import { chosenTiming } from '../chosen-timing.ts'
import { printReport, writeOutput } from '../output.ts'
import { showProgress, shownPath, styleFor } from '../terminal.ts'

export interface FidelityOptions {
  readonly json?: string
  readonly against?: string
  readonly set?: TimingSettings
  readonly timing?: TimingChoice
  readonly strict?: boolean
  readonly markdown?: string
  readonly firmware?: boolean
  readonly networks?: string
  readonly import?: string
  readonly board?: string
  readonly note?: string
  readonly out?: string
}

/** Runs the microbenchmarks on the emulator and compares each with what is published; or imports a board's log. */
export async function fidelity(options: FidelityOptions): Promise<number> {
  if (options.import !== undefined) return importCapture(options.import, options)
  if (options.board !== undefined || options.out !== undefined)
    throw new UserError('--board and --out belong to --import LOG.')
  if (options.markdown !== undefined && (options.set ?? options.timing ?? options.against) !== undefined)
    throw new UserError('--markdown is of the default parameters; leave out --set, --timing and --against.')
  if (options.firmware === true) return showFirmware()
  if (options.networks !== undefined) return networks(options.networks)
  const capture = options.against === undefined ? undefined : await readCapture(options.against)
  const progress = showProgress('fidelity')
  const result = await assess(chosenTiming(options), capture, (step, fraction) =>
    progress.update(fraction, step),
  ).finally(() => progress.done())
  if (options.json !== undefined)
    await writeOutput(options.json, `${JSON.stringify({ ...result, sources }, undefined, 2)}\n`)
  if (options.markdown !== undefined)
    await writeOutput(
      options.markdown,
      fidelityMarkdown(result, await documentedNetworks(), await documentedMemory()),
    )
  else printReport(renderFidelity(result, styleFor(process.stdout)))
  if (options.strict === true) requireExact(result)
  return ExitCode.fine
}

async function networks(file: string): Promise<number> {
  const progress = showProgress('networks')
  const runs = await runNetworks((step, fraction) => progress.update(fraction, step)).finally(() =>
    progress.done(),
  )
  await writeOutput(file, `${JSON.stringify(runs, undefined, 2)}\n`)
  printReport(renderNetworks(networkRows(runs.results), styleFor(process.stdout)))
  return ExitCode.fine
}

async function importCapture(log: string, { board, note, out }: FidelityOptions): Promise<number> {
  if (board === undefined) throw new UserError('--import needs --board NAME: what the log is from.')
  const capture = await importLog(log, board, note)
  const slug = board
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const file = out ?? `captures/${slug}.json`
  await writeOutput(file, `${JSON.stringify(capture, undefined, 2)}\n`)
  printReport(`  ${file}: ${capture.measurements.length} kernels of ${board}\n`)
  return ExitCode.fine
}

async function showFirmware(): Promise<number> {
  const { elfPath, hexPath, compiler } = await buildMicrobench()
  const rows = [
    ['firmware', `${shownPath(elfPath)}\n${shownPath(hexPath)}`],
    ['built with', compiler],
  ] as const
  printReport(`${facts(rows, styleFor(process.stdout))}\n`)
  return ExitCode.fine
}
