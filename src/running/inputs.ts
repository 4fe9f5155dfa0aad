import type { BoardDescription, Wire } from '../../emulator/boards/board.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { UserError } from '../../runs/errors.ts'
import { heldOutRecording } from '../project.ts'
import { appTable } from '../toolchain/apps/app-table.ts'
import type { LogChoices } from '../../runs/sensor-log/choices.ts'
import type * as Recording from '../files/recording.ts'
import type { SimulateFileOptions } from '../files/simulate.ts'
import { soundOf } from '../../runs/simulation/sound.ts'
import { loadSound } from '../files/sound.ts'
import { checkWires, wiresFor } from '../../runs/simulation/wires.ts'

/** What the user names, in place of what an app of ours is played. */
export interface InputChoices {
  readonly end: EndPolicy
  readonly board: BoardDescription
  /** Of docs/recordings.md. */
  readonly recording?: string | undefined
  /** What the user says of it. */
  readonly log?: LogChoices | undefined
  readonly onProgress?: ((fraction: number, step: string) => void) | undefined
  /** WAV. */
  readonly audio?: string | undefined
  readonly wires?: readonly Wire[] | undefined
}

/** What a board feels and hears, and the wires on it. @throws UserError */
export async function inputOf(
  app: string,
  { end, board, recording, log, onProgress, audio, wires = [] }: InputChoices,
): Promise<Pick<SimulateFileOptions, 'recording' | 'audio' | 'wires'>> {
  checkWires(wires, board)
  if (audio !== undefined && !board.parts.some(({ kind }) => kind === 'microphone'))
    throw new UserError(`--audio ${audio}: ${board.name} has no microphone.`)
  const known = appTable[app]
  const file = recording ?? (known?.input === 'imu' ? heldOutRecording() : undefined)
  if (file === undefined && (log?.columns ?? log?.rateHz) !== undefined)
    throw new UserError('--columns and --rate are of a recording: give one with --recording.')
  const sound =
    audio !== undefined
      ? await loadSound(audio, end)
      : known?.input === 'audio'
        ? soundOf(
            await (await import('../toolchain/apps/audio.ts')).keywordSamples(),
            'words of micro_speech',
            end,
          )
        : undefined
  const soldered = wiresFor(board, known?.wires ?? [], wires)
  return {
    ...(file !== undefined && { recording: await recordingOf(file, { ...log, atEnd: end, onProgress }) }),
    ...(sound && { audio: sound }),
    ...(soldered.length > 0 && { wires: soldered }),
  }
}

/** What reads recordings is loaded where there is one. */
const recordingOf = async (...given: Parameters<typeof Recording.loadRecording>) =>
  (await import('../files/recording.ts')).loadRecording(...given)
