import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { CHANNELS, Recording } from '../../emulator/trace/recording.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import type { RecordingFacts } from '../report/observation.ts'
import type { LogOptions, SensorLog } from '../sensor-log/log.ts'

export interface LoadedRecording {
  readonly recording: Recording
  readonly facts: RecordingFacts
}

/** How a recording is read that a board's sensors shall feel. */
export const FELT = { keep: 'motion', needsTime: true } as const satisfies LogOptions

/** What the board's sensors feel. @param file the name that the report has @param log read as FELT says */
export function recordingOf(log: SensorLog, file: string, atEnd: EndPolicy): LoadedRecording {
  const channels = CHANNELS.flatMap((channel) => {
    const values = log.channels.find(({ name }) => name === channel)?.values
    return values === undefined ? [] : [[channel, values] as const]
  })
  const times = log.times ?? new Float64Array()
  const recording = new Recording(new Map(channels), times, log.labels, { endPolicy: atEnd })
  return {
    recording,
    facts: {
      file,
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
