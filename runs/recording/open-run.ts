import { loadDemangler } from '../image/demangle.ts'
import { readInput } from '../../src/read-input.ts'
import { UserError } from '../errors.ts'
import { missingForReplay } from './parts.ts'
import type { RecordedRun } from './recorded-run.ts'
import { readRun } from './run-file.ts'
import type { Replay } from './replay.ts'

export interface OpenRun {
  readonly run: RecordedRun
  /** Runs stretches of it again; undefined where it was recorded without what that takes. */
  readonly replay: Replay | undefined
  /** Why there is no replay. */
  readonly why: string
}

/**
 * A `.boardless` file.
 * @param isRunAgain nothing of it is otherwise: what that takes is not loaded
 * @throws UserError
 */
export async function openRun(file: string, { isRunAgain = true } = {}): Promise<OpenRun> {
  const run = readRun(await readInput(file, 'a .boardless file, which run --record writes'), file)
  const missing = missingForReplay((part) => run.has(part))
  if (missing !== undefined)
    return { run, replay: undefined, why: `the run was recorded without ${missing} (--record-without)` }
  if (!isRunAgain) return { run, replay: undefined, why: 'nothing of it is run again for that' }
  // Places that the run was given are names as the source has them.
  await loadDemangler()
  const made = await import('./replay.ts')
  let replay: Replay | undefined
  return {
    run,
    // A machine takes time to make, and most questions want none.
    get replay() {
      return (replay ??= new made.Replay(run, file))
    },
    why: '',
  }
}

/** @throws UserError where it cannot be run again */
export function replayOf({ replay, why }: OpenRun, what: string): Replay {
  if (!replay) throw new UserError(`${what} is run again for that, and ${why}.`)
  return replay
}
