import { ExitCode, UserError } from '../errors.ts'
import type { RunReport } from '../report/run-report.ts'
import { gaveUp } from '../simulation/gave-up.ts'

/** 128 and the number of SIGINT, as shells have it. */
export const INTERRUPTED = 130

/**
 * The command's exit code for how a run ended: the firmware's own where it gave one.
 * @param until a match was asked for
 * @throws UserError with the one line, where the run is not what was asked for
 */
export function exitCodeOf(report: RunReport, until: boolean): number {
  const { run, firmware } = report
  const fatal = gaveUp(report)
  if (fatal !== undefined) {
    throw new UserError(`${firmware.file}: the firmware gave up: ${fatal}`, ExitCode.firmwareCrashed)
  }
  switch (run.stop) {
    case 'exit':
      return (run.exitCode ?? 0) & 0xff
    case 'fault':
    case 'breakpoint':
      throw new UserError(`${firmware.file}: ${run.stopDetail}`, ExitCode.firmwareCrashed)
    case 'unmodelled':
      throw new UserError(`${firmware.file}: ${run.stopDetail}`, ExitCode.budgetFailed)
    case 'interrupted':
      return INTERRUPTED
    default:
      if (until && run.stop !== 'until') {
        throw new UserError(`${firmware.file}: --until was not met: ${run.stopDetail}`, ExitCode.budgetFailed)
      }
      return ExitCode.fine
  }
}

/** Our own apps print a prediction for each window; one that never does has not worked. */
export function checkReachedApp(report: RunReport): void {
  if (report.predictions || report.run.stop === 'interrupted' || report.run.stop === 'fault') return
  const said = report.console.text.trim().split('\n').at(-1) ?? ''
  const last = said === '' ? 'it printed nothing' : `its last line: ${said}`
  throw new UserError(
    `${report.firmware.file}: the firmware never got to a prediction: ${report.run.stopDetail}; ${last}`,
    ExitCode.firmwareCrashed,
  )
}
