import { readFile } from 'node:fs/promises'
import { ExitCode, UserError } from '../../errors.ts'
import { togetherUnder } from '../../fidelity/memory/combinations.ts'
import { openUnder } from '../../fidelity/parameters/possible.ts'
import { renderUncertainty } from '../../fidelity/show/render-uncertainty.ts'
import { checkUncertain, measureUncertainty } from '../../fidelity/parameters/uncertainty.ts'
import { renderReport } from '../../report/show/render.ts'
import type { RunReport } from '../../report/run-report.ts'
import { serialise } from '../../report/serialise.ts'
import { buildApp, factsOf, withArenaAdvice } from '../../simulation/app.ts'
import { inputsOf, powerChoices, simulationOf } from '../../simulation/run-request.ts'
import type { RunChoices, RunRequest } from '../../simulation/run-request.ts'
import { RunThreads } from '../../simulation/run-threads.ts'
import { simulate } from '../../simulation/simulate.ts'
import type { SimulateOptions } from '../../simulation/simulate.ts'
import { chosenTiming } from '../chosen-timing.ts'
import { firmwareConsole, type ConsoleChoices } from '../firmware-console.ts'
import { checkReachedApp, exitCodeOf } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { boardChoices, Inferences, writeTemplate, type OwnModelOptions } from '../own-model.ts'
import { showProgress, styleFor } from '../terminal.ts'
import { kindOf, refuseIgnored } from '../which-firmware.ts'

export interface RunOptions
  extends RunChoices, ConsoleChoices, Omit<OwnModelOptions, 'model' | 'stdin' | 'for' | 'columns' | 'rate'> {
  /** Where the intervals go as JSON, beside the table. */
  readonly uncertainty?: string | true
  readonly json?: string
}

/** Runs firmware: a file, or an app that is built first. */
export async function run(firmware: string, options: RunOptions, signal: AbortSignal): Promise<number> {
  const timing = chosenTiming(options)
  if (options.uncertainty !== undefined) checkUncertain(timing, openUnder(timing))
  await powerChoices(options)
  const kind = kindOf(firmware)
  refuseIgnored(firmware, kind, options)
  const app = kind === 'app' ? firmware : ''
  if (options.metadataTemplate !== undefined) {
    printReport(await writeTemplate(firmware, options))
    return ExitCode.fine
  }
  const own = await Inferences.prepare(app, options)
  const reading = showProgress(`reading ${options.recording ?? options.audio ?? ''}`)
  const inputs = await inputsOf(app, boardChoices(own, options), (fraction, step) =>
    reading.update(fraction, step),
  ).finally(() => reading.done())
  const stdin = own?.stdin ?? (options.stdin === undefined ? undefined : await readInput(options.stdin))
  const target = kind === 'file' ? { file: firmware } : await buildFirst(firmware, options)
  const request: RunRequest = { app, options, target, ...(stdin && { stdin }) }
  const running = showProgress(`running ${firmware}`)
  const simulation = {
    ...(await simulationOf(request, inputs)),
    signal,
    ...(own && { seconds: own.seconds }),
  }
  const console = firmwareConsole(options, running)
  const ran = await simulate({
    ...simulation,
    onProgress: (fraction, step) => running.update(fraction, step),
    ...(own !== undefined
      ? { onConsole: own.texts(console.onConsole) }
      : console.onConsole && { onConsole: console.onConsole }),
  }).finally(() => {
    running.done()
    console.end()
  })
  const advisedReport = kind === 'file' ? ran : await advised(ran, firmware, options)
  const { report, outputs } = own?.finish(advisedReport) ?? { report: advisedReport, outputs: undefined }
  if (own !== undefined && outputs !== undefined) await own.write(outputs)
  if (options.json !== undefined) await writeOutput(options.json, serialise(report))
  printReport(renderReport(report, styleFor(process.stdout)))
  if (own !== undefined && outputs !== undefined) printReport(own.render(outputs, styleFor(process.stdout)))
  if (options.uncertainty !== undefined && report.run.stop !== 'interrupted')
    await showUncertainty(request, report, options.uncertainty, signal)
  const exitCode = exitCodeOf(report)
  if (app === 'gesture' && report.run.stop === 'recording-end') checkReachedApp(report)
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
    together: togetherUnder(timing),
    report,
    parallel: threads.count,
    run: (timing) => threads.run(timing),
    onProgress: (fraction, step) => progress.update(fraction, step),
  }).finally(async () => {
    progress.done()
    await threads.end()
  })
  if (file !== true) await writeOutput(file, `${JSON.stringify(uncertainty, undefined, 2)}\n`)
  printReport(renderUncertainty(uncertainty, styleFor(process.stdout)))
}

async function buildFirst(
  app: string,
  options: RunOptions,
): Promise<Pick<SimulateOptions, 'file' | 'build'>> {
  const building = showProgress(`building ${app}`)
  const built = await buildApp(app, options, (fraction, step) => building.update(fraction, step)).finally(
    () => building.done(),
  )
  return { file: built.elfPath, build: factsOf(built, options) }
}

/** Too small an arena: builds again to say which would do. */
async function advised(report: RunReport, app: string, options: RunOptions): Promise<RunReport> {
  const measuring = showProgress('measuring the arena')
  return withArenaAdvice(report, app, options, (fraction, step) => measuring.update(fraction, step)).finally(
    () => measuring.done(),
  )
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
