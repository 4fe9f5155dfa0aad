import type { RunReport } from '../../runs/report/run-report.ts'
import { simulate } from '../../runs/simulation/simulate.ts'
import { secondsOf, simulationOf, type FirmwareOptions, type Time } from './options.ts'

export interface RunFirmwareOptions extends FirmwareOptions {
  /** Simulated time; without it 10 s, or until the recording or the firmware ends. */
  readonly for?: Time
  /** It ends when a whole line of the console matches. */
  readonly until?: RegExp | string
  /** Aborted, it ends as if it were interrupted: its report says so. */
  readonly signal?: AbortSignal
}

/**
 * Runs a firmware file (ELF, HEX, BIN, UF2, DFU package) to its end, as `boardless run` does.
 * @returns its report; a fault or a budget that is not met is in it, and throws nothing
 * @throws UserError for what cannot be run, in one line that says what is wrong, where, and what to do
 */
export async function runFirmware(file: string, options: RunFirmwareOptions = {}): Promise<RunReport> {
  const { until, signal } = options
  return simulate({
    ...(await simulationOf(file, options)),
    ...(options.for !== undefined && { seconds: secondsOf(options.for) }),
    ...(until !== undefined && { until: new RegExp(until) }),
    ...(signal && { signal }),
  })
}
