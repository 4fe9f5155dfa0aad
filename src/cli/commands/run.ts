import { ExitCode, UserError } from '../../../runs/errors.ts'
import { togetherUnder } from '../../fidelity/memory/combinations.ts'
import { openUnder } from '../../../runs/open-parameters/possible.ts'
import { renderUncertainty } from '../../fidelity/show/render-uncertainty.ts'
import { checkUncertain, measureUncertainty } from '../../fidelity/parameters/uncertainty.ts'
import { renderReport } from '../../../runs/report/show/render.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { serialise } from '../../../runs/report/serialise.ts'
import { withArenaAdvice } from '../../running/app.ts'
import type { RunRequest } from '../../running/run-request.ts'
import { RunThreads } from '../../running/run-threads.ts'
import { writeWhole } from '../../write-whole.ts'
import { chosenTiming } from '../chosen-timing.ts'
import { checkReachedApp, exitCodeOf } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { writeTemplate } from '../own-model.ts'
import { writeCoverage } from '../coverage.ts'
import { runFirmware, type RunFirmwareOptions } from '../run-firmware.ts'
import { showProgress, styleFor } from '../terminal.ts'

export interface RunOptions extends RunFirmwareOptions {
  /** Where the intervals go as JSON, beside the table. */
  readonly uncertainty?: string | true
  readonly json?: string
  /** Where coverage goes, as lcov. */
  readonly coverage?: string
}

/** Runs firmware: a file, or an app that is built first. */
export async function run(firmware: string, options: RunOptions, signal: AbortSignal): Promise<number> {
  const timing = chosenTiming(options)
  if (options.uncertainty !== undefined) checkUncertain(timing, openUnder(timing))
  if (options.metadataTemplate !== undefined) {
    printReport(await writeTemplate(firmware, options))
    return ExitCode.fine
  }
  if (options.coverage !== undefined && !options.profile)
    throw new UserError('--coverage is made of the profile; leave out --no-profile.')
  const whole = await runFirmware(firmware, options, signal)
  const { report: ran, kind, request, own, recorded } = whole
  const advisedReport = kind === 'file' ? ran : await advised(ran, firmware, options)
  const { report, outputs } = own?.finish(advisedReport) ?? { report: advisedReport, outputs: undefined }
  if (own !== undefined && outputs !== undefined) await own.write(outputs)
  if (options.json !== undefined) await writeOutput(options.json, serialise(report))
  if (recorded !== undefined && options.record !== undefined)
    await writeWhole(options.record, await recorded(report))
  if (options.coverage !== undefined) await writeCoverage(whole, firmware, options.coverage)
  printReport(renderReport(report, styleFor(process.stdout)))
  if (own !== undefined && outputs !== undefined) printReport(own.render(outputs, styleFor(process.stdout)))
  if (options.uncertainty !== undefined && report.run.stop !== 'interrupted')
    await showUncertainty(request, report, options.uncertainty, signal)
  const exitCode = exitCodeOf(report)
  if (request.app === 'gesture' && report.run.stop === 'recording-end') checkReachedApp(report)
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

/** Too small an arena: builds again to say which would do. */
async function advised(report: RunReport, app: string, options: RunOptions): Promise<RunReport> {
  const measuring = showProgress('measuring the arena')
  return withArenaAdvice(report, app, options, (fraction, step) => measuring.update(fraction, step)).finally(
    () => measuring.done(),
  )
}
