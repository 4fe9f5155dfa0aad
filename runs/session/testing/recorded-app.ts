import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { firmwareToKeep } from '../../../src/files/recorded-run.ts'
import { simulate } from '../../../src/files/simulate.ts'
import { buildApp, factsOf } from '../../../src/running/app.ts'
import { inputOf } from '../../../src/running/inputs.ts'
import { beginRecording } from '../../recording/record.ts'
import type { RunReport } from '../../report/run-report.ts'
import { Session } from '../session.ts'

type Given = Parameters<typeof simulate>[0]

/** An app of ours that ran as the command line runs it, and was recorded. */
export interface RecordedApp {
  readonly given: Given
  readonly report: RunReport
  readonly zip: Uint8Array
}

/** @param more beside what the app is fed with by itself */
export async function recordedApp(app: string, more: Partial<Given>): Promise<RecordedApp> {
  const built = await buildApp(app, {}, () => undefined)
  const inputs = await inputOf(app, { end: 'stop', log: {}, board: NANO_33_BLE_SENSE })
  const given = {
    ...inputs,
    file: built.elfPath,
    build: factsOf(built, {}),
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    ...more,
  }
  const { hooks, finish } = beginRecording([])
  const report = await simulate({ ...given, ...hooks })
  return { given, report, zip: await finish(given, report, () => firmwareToKeep(given.file)) }
}

/** A session in which it is open. */
export function openedSession({ zip }: RecordedApp): Session {
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))
  const session = new Session({ tell: () => undefined, breathe })
  session.openRecorded(zip, 'run.boardless')
  return session
}
