import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { RecordingError, recordingFromRows } from '../../emulator/trace/recording.ts'
import type { EndPolicy, Recording } from '../../emulator/trace/recording.ts'
import { UserError } from '../errors.ts'
import { readInput } from '../read-input.ts'
import type { RecordingFacts } from '../report/observation.ts'

export interface LoadedRecording {
  readonly recording: Recording
  readonly facts: RecordingFacts
}

/**
 * Reads what the board's sensors feel from a CSV file.
 * @throws UserError naming the file, the line and the column.
 */
export async function loadRecording(file: string, atEnd: EndPolicy): Promise<LoadedRecording> {
  const bytes = await readInput(file, 'a recording in CSV')
  const { header, rows, lines } = readCsv(bytes.toString('utf8'), file)
  const recording = toRecording(header, rows, lines, atEnd, file)
  const durationSeconds = recording.durationCycles / CYCLES_PER_SECOND
  return {
    recording,
    facts: {
      file: basename(file),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rows: rows.length,
      durationSeconds,
      atEnd,
    },
  }
}

function readCsv(text: string, file: string): { header: string[]; rows: string[][]; lines: number[] } {
  try {
    const records = parse(text, {
      info: true,
      bom: true,
      comment: '#',
      skip_empty_lines: true,
      relax_column_count: true,
    })
    const found = records as unknown as { record: string[]; info: { lines: number } }[]
    const [header, ...rest] = found
    if (!header)
      throw new UserError(
        `${file}: the recording is empty. Give a CSV with a header row, units in its names.`,
      )
    return {
      header: header.record,
      rows: rest.map(({ record }) => record),
      lines: rest.map(({ info }) => info.lines),
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw new UserError(`${file}: not a CSV file: ${cause.message.replace(/\.$/, '')}.`, undefined, { cause })
  }
}

function toRecording(
  header: string[],
  rows: string[][],
  lines: number[],
  endPolicy: EndPolicy,
  file: string,
): Recording {
  try {
    return recordingFromRows(header, rows, { endPolicy, lineOf: (row) => lines[row] ?? row + 2 })
  } catch (cause) {
    if (!(cause instanceof RecordingError)) throw cause
    const column = cause.column === undefined ? '' : `, column ${cause.column}`
    throw new UserError(`${file}: line ${cause.line}${column}: ${cause.message}.`, undefined, { cause })
  }
}
