import { ExitCode, UserError } from '../../../runs/errors.ts'
import { renderReport } from '../../../runs/report/show/render.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { serialise } from '../../../runs/report/serialise.ts'
import { writeWhole } from '../../write-whole.ts'
import { chosenTiming } from '../chosen-timing.ts'
import { checkReachedApp, exitCodeOf } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { writeTemplate } from '../own-model.ts'
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
  const uncertain = options.uncertainty === undefined ? undefined : await import('../uncertainty.ts')
  uncertain?.checkTiming(timing)
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
  if (options.coverage !== undefined)
    await (await import('../coverage.ts')).writeCoverage(whole, firmware, options.coverage)
  printReport(renderReport(report, styleFor(process.stdout)))
  if (own !== undefined && outputs !== undefined) printReport(own.render(outputs, styleFor(process.stdout)))
  if (options.uncertainty !== undefined && report.run.stop !== 'interrupted')
    await uncertain?.showUncertainty(request, report, options.uncertainty, signal)
  const exitCode = exitCodeOf(report)
  if (request.app === 'gesture' && report.run.stop === 'recording-end') checkReachedApp(report)
  return exitCode
}

/** Too small an arena: builds again to say which would do. */
async function advised(report: RunReport, app: string, options: RunOptions): Promise<RunReport> {
  const { withArenaAdvice } = await import('../../running/app.ts')
  const measuring = showProgress('measuring the arena')
  return withArenaAdvice(report, app, options, (fraction, step) => measuring.update(fraction, step)).finally(
    () => measuring.done(),
  )
}
