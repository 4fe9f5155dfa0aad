import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UserError } from '../errors.ts'
import { loadImage } from '../image/image.ts'
import type { Simulated, SimulateOptions } from '../simulation/simulate.ts'
import { simulateWhole } from '../simulation/simulate.ts'
import { savedGiven, type GivenOptions } from './given.ts'
import { newKeeper, recording, writeRun } from './recorded-run.ts'

/** What a recorded run can do without: it cannot be run again then. */
export const REPLAY_PARTS = ['firmware', 'recording'] as const
export type ReplayPart = (typeof REPLAY_PARTS)[number]

/** @throws UserError */
export function parseParts(text: string): readonly ReplayPart[] {
  return text.split(',').map((one) => {
    const part = REPLAY_PARTS.find((known) => known === one.trim())
    if (!part) throw new UserError(`${one}: give firmware, recording, or both: firmware,recording.`)
    return part
  })
}

export interface RecordedFile {
  readonly simulated: Simulated
  /** A `.boardless` file. */
  readonly file: Uint8Array
}

/** Runs, and records the run. @param without what the file shall not have @throws UserError */
export async function recordRun(
  options: GivenOptions & Pick<SimulateOptions, 'file' | 'onConsole' | 'onProgress' | 'signal'>,
  { without }: { readonly without: readonly ReplayPart[] },
): Promise<RecordedFile> {
  const snapshots = newKeeper()
  const { attach, recorder } = recording()
  const bytes = await readFile(options.file)
  const image = await loadImage(options.file)
  const simulated = await simulateWhole({ ...options, image, snapshots, attach })
  recorder().finish()
  const file = writeRun({
    report: simulated.report,
    timeline: recorder().timeline,
    snapshots,
    given: without.includes('recording') ? undefined : savedGiven(options),
    firmware: without.includes('firmware') ? undefined : { file: basename(options.file), bytes },
  })
  return { simulated, file }
}
