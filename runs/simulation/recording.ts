import { basename } from 'node:path'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { CHANNELS, Recording } from '../../emulator/trace/recording.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import type { RecordingFacts } from '../report/observation.ts'
import type { LogChoices } from '../sensor-log/choices.ts'
import { readSensorLog } from '../sensor-log/sensor-log.ts'

export interface LoadedRecording {
  readonly recording: Recording
  readonly facts: RecordingFacts
}

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
  const log = await readSensorLog(file, { ...choices, keep: 'motion', needsTime: true })
  const channels = CHANNELS.flatMap((channel) => {
    const values = log.channels.find(({ name }) => name === channel)?.values
    return values === undefined ? [] : [[channel, values] as const]
  })
  const times = log.times ?? new Float64Array()
  const recording = new Recording(new Map(channels), times, log.labels, { endPolicy: atEnd })
  return {
    recording,
    facts: {
      file: basename(file),
      sha256: log.sha256,
      format: log.format,
      rows: times.length,
      durationSeconds: recording.durationCycles / CYCLES_PER_SECOND,
      sampleRateHz: log.sampleRateHz,
      atEnd,
      ignoredColumns: log.ignored,
      notes: log.notes,
    },
  }
}
