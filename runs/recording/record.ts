import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { RunReport } from '../report/run-report.ts'
import type { SimulateOptions } from '../simulation/simulate.ts'
import { savedGiven, type GivenOptions } from './given.ts'
import type { ReplayPart } from './parts.ts'
import { newKeeper, recording } from './recorded-run.ts'
import { writeRun } from './run-file.ts'

/** What is handed to a run that shall be recorded, and what comes of it. */
export interface Recording {
  readonly hooks: Pick<SimulateOptions, 'snapshots' | 'attach'>
  /** The `.boardless` file, when the run is over. @param report of the run, as it is shown */
  readonly finish: (
    options: GivenOptions & { readonly file: string },
    report: RunReport,
  ) => Promise<Uint8Array>
}

/** @param without what the file shall not have */
export function beginRecording(without: readonly ReplayPart[]): Recording {
  const snapshots = newKeeper()
  const { attach, recorder } = recording()
  return {
    hooks: { snapshots, attach },
    finish: async (options, report) => {
      recorder().finish()
      const bytes = without.includes('firmware') ? undefined : await readFile(options.file)
      return writeRun({
        report,
        timeline: recorder().timeline,
        snapshots: snapshots.snapshots,
        given: without.includes('inputs') ? undefined : savedGiven(options),
        firmware: bytes && { file: basename(options.file), bytes },
      })
    },
  }
}
