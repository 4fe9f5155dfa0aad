import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { UserError } from '../../errors.ts'
import { openUnder } from '../../fidelity/possible.ts'
import { renderUncertainty } from '../../fidelity/render-uncertainty.ts'
import { checkUncertain, measureUncertainty } from '../../fidelity/uncertainty.ts'
import { renderReport } from '../../report/render.ts'
import type { RunReport } from '../../report/run-report.ts'
import { serialise } from '../../report/serialise.ts'
import { buildApp, factsOf } from '../../simulation/app.ts'
import { inputsOf, powerChoices, simulationOf } from '../../simulation/run-request.ts'
import type { RunChoices, RunRequest } from '../../simulation/run-request.ts'
import { RunThreads } from '../../simulation/run-threads.ts'
import { simulate } from '../../simulation/simulate.ts'
import type { SimulateOptions } from '../../simulation/simulate.ts'
import { apps } from '../../toolchain/units.ts'
import { writeWhole } from '../../write-whole.ts'
import { chosenTiming } from '../chosen-timing.ts'
import { checkReachedApp, exitCodeOf } from '../outcome.ts'
import { showProgress, styleFor } from '../terminal.ts'
import type { Progress } from '../terminal.ts'

export interface RunOptions extends RunChoices {
  /** Where the intervals go as JSON, beside the table. */
  readonly uncertainty?: string | true
  readonly json?: string
  readonly quiet?: boolean
}

/** Runs firmware: a file, or an app that is built first. */
export async function run(firmware: string, options: RunOptions, signal: AbortSignal): Promise<number> {
  const timing = chosenTiming(options)
  if (options.uncertainty !== undefined) checkUncertain(timing, openUnder(timing))
  await powerChoices(options)
  const isApp = apps.includes(firmware) && !existsSync(firmware)
  const isFolder = !isApp && existsSync(firmware) && statSync(firmware).isDirectory()
  const app = isApp ? firmware : ''
  await inputsOf(app, options)
  const stdin = options.stdin === undefined ? undefined : await readInput(options.stdin)
  const target = isApp || isFolder ? await buildFirst(firmware, options) : { file: firmware }
  const request: RunRequest = { app, options, target, ...(stdin && { stdin }) }
  const running = showProgress(`running ${firmware}`)
  const simulation = { ...(await simulationOf(request)), signal }
  const report = await simulate({
    ...simulation,
    onProgress: (fraction, step) => running.update(fraction, step),
    ...(options.quiet !== true && { onConsole: printer(running) }),
  }).finally(() => running.done())
  if (options.json !== undefined) await writeWhole(options.json, serialise(report))
  const endsInLine = options.quiet === true || /(^|\n)$/.test(report.console.text)
  process.stdout.write(`${endsInLine ? '' : '\n'}${renderReport(report, styleFor(process.stdout))}`)
  if (options.uncertainty !== undefined && report.run.stop !== 'interrupted')
    await showUncertainty(request, report, options.uncertainty, signal)
  const exitCode = exitCodeOf(report)
  if (isApp && firmware === 'gesture' && report.run.stop === 'recording-end') checkReachedApp(report)
  return exitCode
}

/** Runs again with each open parameter of the timing model at the ends of its range, in a thread for each core. */
async function showUncertainty(
  request: RunRequest,
  report: RunReport,
  file: string | true,
  signal: AbortSignal,
): Promise<void> {
  const progress = showProgress('uncertainty')
  const threads = new RunThreads(request, signal)
  const timing = chosenTiming(request.options)
  const uncertainty = await measureUncertainty({
    timing,
    parameters: openUnder(timing),
    report,
    parallel: threads.count,
    run: (timing) => threads.run(timing),
    onProgress: (fraction, step) => progress.update(fraction, step),
  }).finally(async () => {
    progress.done()
    await threads.end()
  })
  if (file !== true) await writeWhole(file, `${JSON.stringify(uncertainty, undefined, 2)}\n`)
  process.stdout.write(renderUncertainty(uncertainty, styleFor(process.stdout)))
}

async function buildFirst(
  app: string,
  options: RunOptions,
): Promise<Pick<SimulateOptions, 'file' | 'build'>> {
  const building = showProgress(`building ${app}`)
  const built = await buildApp(app, options, (fraction, step) => building.update(fraction, step)).finally(
    () => building.done(),
  )
  return { file: built.elfPath, build: factsOf(built) }
}

/** A longer line of the firmware is shown in pieces. */
const LONGEST_LINE = 4096

/** Firmware output goes to the terminal as it comes, line by line. */
function printer(progress: Progress): (byte: number) => void {
  let line: number[] = []
  const print = (): void => {
    if (line.length === 0) return
    progress.clear()
    process.stdout.write(Buffer.from(line))
    line = []
  }
  process.once('exit', print)
  return (byte) => {
    line.push(byte)
    if (byte === 10 || line.length === LONGEST_LINE) print()
  }
}

async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file)
  } catch (cause) {
    throw new UserError(
      `${file}: cannot be read for --stdin. Give a file, or - for standard input.`,
      undefined,
      { cause },
    )
  }
}
