/** One recording of the user's, in any of the formats of docs/recordings.md: every column of numbers is a channel. */
import type { LogChoices } from '../../../runs/sensor-log/choices.ts'
import { loadSensorLog } from '../../files/sensor-log.ts'
import type { Note } from '../../../runs/sensor-log/log.ts'

export interface RecordingFile {
  readonly channels: readonly string[]
  /** Of each channel: g, dps or gauss where its column's unit could be converted, else "". */
  readonly units: readonly string[]
  readonly samples: readonly (readonly number[])[]
  /** null without a time whose unit is known, and for one sample alone. */
  readonly sampleRateHz: number | null
  readonly notes: readonly Note[]
}

/**
 * A motion sensor's channels are converted to g, degrees a second and gauss, and put into its order; any others, or all
 * `asRecorded`, stay as they are. @throws UserError naming the line
 */
export async function readRecordingFile(
  path: string,
  { asRecorded, ...choices }: LogChoices & { readonly asRecorded: boolean },
): Promise<RecordingFile> {
  const { channels, sampleRateHz, notes } = await loadSensorLog(path, { ...choices, keep: 'all', asRecorded })
  const rows = channels[0]?.values.length ?? 0
  return {
    channels: channels.map(({ name }) => name),
    units: channels.map(({ unit }) => unit),
    samples: Array.from({ length: rows }, (_, row) => channels.map(({ values }) => values[row] ?? NaN)),
    sampleRateHz,
    notes,
  }
}
