import { UserError } from '../errors.ts'
import { missingForReplay } from './parts.ts'
import type { RecordedRun } from './recorded-run.ts'
import { readRun } from './run-file.ts'
import type { Replay } from './replay.ts'

export interface OpenRun {
  readonly run: RecordedRun
  /** Runs stretches of it again; undefined where it was recorded without what that takes. */
  readonly replay: Replay | undefined
  /** The same, recording calls of functions, whether the run did or not. @throws UserError for firmware without symbols */
  readonly withFunctions: Replay | undefined
  /** Why there is no replay. */
  readonly why: string
}

export interface OpenOptions {
  /** Before anything of it is run again: what that takes, such as names as the source has them. */
  readonly prepare: () => Promise<void>
  /** Default: yes. Where nothing of it is, what that takes is not loaded. */
  readonly isRunAgain?: boolean
}

/** A `.boardless` file. @param file for messages @throws UserError */
export async function openRun(
  bytes: Uint8Array,
  file: string,
  { prepare, isRunAgain = true }: OpenOptions,
): Promise<OpenRun> {
  const run = readRun(bytes, file)
  const missing = missingForReplay((part) => run.has(part))
  if (missing !== undefined)
    return {
      run,
      replay: undefined,
      withFunctions: undefined,
      why: `the run was recorded without ${missing} (--record-without)`,
    }
  if (!isRunAgain)
    return { run, replay: undefined, withFunctions: undefined, why: 'nothing of it is run again for that' }
  await prepare()
  const made = await import('./replay.ts')
  let replay: Replay | undefined
  let withFunctions: Replay | undefined
  return {
    run,
    // A machine takes time to make, and most questions want none.
    get replay() {
      return (replay ??= new made.Replay(run, file))
    },
    get withFunctions() {
      return (withFunctions ??= new made.Replay(run, file, { withFunctions: true }))
    },
    why: '',
  }
}

/** @throws UserError where it cannot be run again */
export function replayOf({ replay, why }: OpenRun, what: string): Replay {
  if (!replay) throw new UserError(`${what} is run again for that, and ${why}.`)
  return replay
}
