/** One recording of the user: a CSV file with a header, a row for each sample, a column for each channel. */
import { SECONDS_PER_UNIT } from '../../../emulator/trace/recording.ts'
import { UserError } from '../../errors.ts'
import { channels as imuChannels, imuColumn, parseNumber, parseTable } from './dataset.ts'

export interface RecordingFile {
  readonly channels: readonly string[]
  /** Of each channel: g or dps where its column's unit could be converted, else "". */
  readonly units: readonly string[]
  readonly samples: readonly (readonly number[])[]
  /** null without a column of time that has a unit, and for one sample alone. */
  readonly sampleRateHz: number | null
}

const timeColumns = ['time', 'time_s', 'time_ms', 'time_us', 'timestamp', 't']

interface Column {
  readonly at: number
  /** As the file has it. */
  readonly title: string
  readonly channel: string
  readonly unit: string
  readonly factor: number
}

/**
 * Columns of time give the rate. The motion sensor's channels (`ax_g`, `ax_ms2`, `gx_dps`, `gx_rads`) are converted to
 * what it gives, g and degrees a second, and put into its order; any others, or all `asRecorded`, stay as they are.
 * Throws UserError naming the line.
 */
export function parseRecordingFile(text: string, path: string, asRecorded: boolean): RecordingFile {
  const [header = [], ...rows] = parseTable(text, path)
  if (header.length > 0 && header.every((title) => Number.isFinite(Number(title)))) {
    throw new UserError(`${path}: the first line has numbers alone; expected the names of the columns`)
  }
  const columns = columnsOf(header, path, asRecorded)
  if (rows.length === 0) throw new UserError(`${path}: no samples below the header`)
  const samples = rows.map((row, index) => {
    const where = lineOf(path, index)
    return columns.map(({ at, title, factor }) => parseNumber(row[at] ?? '', where, title) * factor)
  })
  return {
    channels: columns.map(({ channel }) => channel),
    units: columns.map(({ unit }) => unit),
    samples,
    sampleRateHz: rateOf(header, rows, path),
  }
}

const lineOf = (path: string, index: number): string => `${path}, line ${index + 2}`

function columnsOf(header: readonly string[], path: string, asRecorded: boolean): readonly Column[] {
  const columns = header.flatMap((title, at): Column[] => {
    if (timeColumns.includes(title.toLowerCase())) return []
    const imu = asRecorded ? undefined : imuColumn(title)
    return [{ at, title, channel: title, unit: '', factor: 1, ...imu }]
  })
  if (columns.length === 0)
    throw new UserError(`${path}: no columns; expected a header and one column for each channel`)
  const twin = columns.find(({ channel }, index) =>
    columns.slice(0, index).some((other) => other.channel === channel),
  )
  if (twin !== undefined)
    throw new UserError(`${path}: column "${twin.title}": ${twin.channel} is there twice`)
  const place = ({ channel }: Column): number => (imuChannels as readonly string[]).indexOf(channel)
  return columns.every(({ unit }) => unit !== '') ? columns.sort((a, b) => place(a) - place(b)) : columns
}

function rateOf(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  path: string,
): number | null {
  const at = header.findIndex((title) => SECONDS_PER_UNIT[title.toLowerCase()] !== undefined)
  const title = header[at]
  if (title === undefined || rows.length < 2) return null
  const times = rows.map((row, index) => parseNumber(row[at] ?? '', lineOf(path, index), title))
  const back = times.findIndex((time, index) => index > 0 && time <= (times[index - 1] ?? -Infinity))
  if (back > 0) throw new UserError(`${lineOf(path, back)}: ${title} does not increase`)
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) * (SECONDS_PER_UNIT[title.toLowerCase()] ?? 1)
  return Number(((rows.length - 1) / seconds).toPrecision(6))
}
