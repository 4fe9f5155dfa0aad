import { basename } from 'node:path'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import type { LogChoices } from '../../runs/sensor-log/choices.ts'
import { FELT, recordingOf, type LoadedRecording } from '../../runs/simulation/recording.ts'
import { loadSensorLog } from './sensor-log.ts'

export interface RecordingChoices extends LogChoices {
  readonly atEnd: EndPolicy
  readonly onProgress?: ((fraction: number, step: string) => void) | undefined
}

/**
 * Reads what the board's sensors feel, in any of the formats of docs/recordings.md.
 * @throws UserError naming the file, the line and the column.
 */
export async function loadRecording(
  file: string,
  { atEnd, ...choices }: RecordingChoices,
): Promise<LoadedRecording> {
  return recordingOf(await loadSensorLog(file, { ...choices, ...FELT }), basename(file), atEnd)
}
