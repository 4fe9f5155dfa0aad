import { ExitCode, UserError } from '../../runs/errors.ts'
import type { RunReport } from '../../runs/report/run-report.ts'

/** 128 and the number of SIGINT, as shells have it. */
export const INTERRUPTED = 130

/** The most that a shell is told of an exit code. */
const HIGHEST = 255

/** A C program's exit(-1) comes as 4294967295. */
const signed = (code: number): string => String(code > 0x7fff_ffff ? code | 0 : code)

/**
 * The command's exit code for how a run ended. 0 only where it ended well and all that was asked of it was met.
 * @throws UserError with the one line, where the run is not what was asked for, or the firmware's own code is not 0
 */
export function exitCodeOf(report: Pick<RunReport, 'run' | 'firmware'>): number {
  const { run, firmware } = report
  if (run.stop === 'interrupted') return INTERRUPTED
  const unmet = run.until !== null && run.until.metCycle === null
  const line = (what: string, code: number): UserError => new UserError(`${firmware.file}: ${what}`, code)
  const also = unmet ? `; --until ${run.until.pattern} was not met` : ''
  if (run.gaveUp !== null) throw line(`the firmware gave up: ${run.gaveUp}${also}`, ExitCode.firmwareCrashed)
  if (run.stop === 'fault' || run.stop === 'breakpoint' || run.stop === 'reset-loop')
    throw line(`${run.stopDetail}${also}`, ExitCode.firmwareCrashed)
  if (run.stop === 'unmodelled') throw line(`${run.stopDetail}${also}`, ExitCode.budgetFailed)
  const own = run.exitCode
  if (unmet) {
    const code = own === null ? '' : `, with ${signed(own)}`
    throw line(`--until ${run.until.pattern} was not met: ${run.stopDetail}${code}`, ExitCode.budgetFailed)
  }
  if (own === null || own === 0) return ExitCode.fine
  const told = own < 0 || own > HIGHEST ? HIGHEST : own
  const clamped = told === own ? '' : `; an exit code is ${HIGHEST} at most, so this is ${told}`
  throw line(`the firmware itself exited with ${signed(own)}${clamped}`, told)
}

/** Our own apps print a prediction for each window; one that never does has not worked. */
export function checkReachedApp(report: RunReport): void {
  if (report.predictions || report.run.stop === 'interrupted' || report.run.stop === 'fault') return
  const said = report.console.text.trim().split('\n').at(-1) ?? ''
  const last = said === '' ? 'it printed nothing' : `its last line: ${said}`
  const isShort = report.run.stop === 'time'
  throw new UserError(
    `${report.firmware.file}: the firmware never got to a prediction: ${report.run.stopDetail}; ${last}`,
    isShort ? ExitCode.budgetFailed : ExitCode.firmwareCrashed,
  )
}
