import type { RunReport } from '../report/run-report.ts'
import type { SimulateOptions } from '../simulation/simulate.ts'
import { savedGiven, type GivenOptions } from './given.ts'
import type { ReplayPart } from './parts.ts'
import { newKeeper, recording, type Firmware } from './recorded-run.ts'
import { writeRun } from './run-file.ts'

/** What is handed to a run that shall be recorded, and what comes of it. */
export interface Recording {
  readonly hooks: Pick<SimulateOptions, 'snapshots' | 'attach'>
  /**
   * The `.boardless` file, when the run is over.
   * @param report of the run, as it is shown @param firmware asked for unless the file shall not have it
   */
  readonly finish: (
    options: GivenOptions,
    report: RunReport,
    firmware: () => Promise<Firmware>,
  ) => Promise<Uint8Array>
}

/** @param without what the file shall not have */
export function beginRecording(without: readonly ReplayPart[]): Recording {
  const snapshots = newKeeper()
  const { attach, recorder } = recording()
  return {
    hooks: { snapshots, attach },
    finish: async (options, report, firmware) => {
      recorder().finish()
      return writeRun({
        report,
        timeline: recorder().timeline,
        snapshots: snapshots.snapshots,
        given: without.includes('inputs') ? undefined : savedGiven(options),
        firmware: without.includes('firmware') ? undefined : await firmware(),
      })
    },
  }
}
