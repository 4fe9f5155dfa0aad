/**
 * Currents in tables: what nRF Connect Power Profiler, Joulescope and Otii export, our own CSV, and any other whose
 * titles say their units.
 */
import type { ByteSource } from '../bytes/byte-source.ts'
import { UserError } from '../errors.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { didYouMean } from '../nearest.ts'
import { isNumber } from '../sensor-log/cells.ts'
import { clockInWords, clockOfNumbers } from '../sensor-log/clock.ts'
import { dialectOf } from '../sensor-log/dialect.ts'
import type { Dialect } from '../sensor-log/dialect.ts'
import { found, printable } from '../sensor-log/found.ts'
import { RowReader, decimalOf } from '../sensor-log/rows.ts'
import type { ChosenTime } from '../sensor-log/rows.ts'
import { TextSource } from '../sensor-log/source.ts'
import { currentColumns, isJoulescope, timeColumn } from './current-titles.ts'
import type { CurrentColumn } from './current-titles.ts'
import { GIVE, MEASURED } from './measured-current.ts'
import type { MeasuredCurrent, MeasuredOptions } from './measured-current.ts'
import { SampledLevel } from './sampled-level.ts'

const HEAD_LINES = 400

/** @throws UserError naming the file, and where there is one the line */
export async function readCurrentCsv(
  bytes: ByteSource,
  { startCycle = 0, column }: MeasuredOptions,
): Promise<MeasuredCurrent> {
  const { name: file } = bytes
  const source = new TextSource(bytes, { give: `give ${GIVE}` })
  let reader: RowReader | undefined
  const waiting: string[] = []
  for await (const lines of source.lines()) {
    if (reader) reader.add(lines)
    else {
      for (const line of lines) waiting.push(line)
      if (waiting.length >= HEAD_LINES) reader = begun(file, waiting, column)
    }
  }
  reader ??= begun(file, waiting, column)
  const { channels, times, sampleRateHz, notes, format } = reader.finish()
  const values = channels[0]?.values ?? new Float64Array()
  const cycles = (times ?? new Float64Array()).map(
    (seconds) => startCycle + Math.round(seconds * CYCLES_PER_SECOND),
  )
  const count = values.length
  const last = cycles[count - 1] ?? startCycle
  // The last sample holds as long as the one before it.
  const end = last + Math.max(last - (cycles[count - 2] ?? last - CYCLES_PER_SECOND), 1)
  return {
    format,
    sha256: source.sha256,
    current: new SampledLevel(MEASURED, {
      count,
      cycleOf: (sample) => cycles[sample] ?? end,
      picoampsOf: (sample) => values[sample] ?? NaN,
    }),
    pins: [],
    samples: count,
    from: startCycle,
    to: end,
    samplesPerSecond: sampleRateHz,
    notes,
  }
}

function begun(file: string, lines: string[], wanted: string | undefined): RowReader {
  // Joulescope writes its header as a comment.
  const header = lines.slice(0, HEAD_LINES).findIndex((line) => /^(\uFEFF)?#\s*time\b/i.test(line))
  if (header >= 0) lines[header] = (lines[header] ?? '').replace(/^\uFEFF?#\s*/, '')
  const [first] = lines
  if (first !== undefined) lines[0] = first.replace(/^\uFEFF/, '')
  const dialect = dialectOf(lines.slice(0, HEAD_LINES))
  if (dialect === undefined || dialect.layout.kind === 'pairs') throw nothing(file, lines)
  const { header: titles, firstRow } = dialect
  if (titles === undefined)
    throw new UserError(`${file}: the columns have no titles: ${found([], firstRow)}; give ${GIVE}`)
  const column = chosen(file, titles, firstRow, wanted)
  const time = timeOf(file, titles, dialect)
  const reader = new RowReader(file, {
    dialect,
    titles,
    plan: {
      times: [],
      label: undefined,
      channels: [{ at: column.at, title: column.title, name: 'current', unit: '', factor: column.picoamps }],
      notes: [],
    },
    time,
    options: { keep: 'all' },
    format: isJoulescope(titles) ? 'Joulescope CSV' : undefined,
    notices: false,
  })
  reader.add(lines)
  return reader
}

function nothing(file: string, lines: readonly string[]): UserError {
  const line = lines.find((one) => one.trim() !== '')
  return new UserError(
    line === undefined
      ? `${file}: is empty: give ${GIVE}`
      : `${file}: no line has numbers in columns; found "${printable(line.slice(0, 60))}"; give ${GIVE}`,
  )
}

function chosen(
  file: string,
  titles: readonly string[],
  firstRow: readonly string[],
  wanted: string | undefined,
): CurrentColumn {
  const columns = currentColumns(titles)
  const names = columns.map(({ title }) => title)
  if (wanted !== undefined) {
    const named = columns.find(({ title }) => title.trim() === wanted.trim())
    if (named) return named
    throw new UserError(
      `${file}: no current in column "${wanted}".${didYouMean(wanted, names, ` ${found(titles, firstRow)}.`)}`,
    )
  }
  const main = columns.length > 1 ? columns.filter(({ isMain }) => isMain) : columns
  const [only] = main
  if (only !== undefined && main.length === 1) return only
  throw new UserError(
    columns.length === 0
      ? `${file}: no column of a current with its unit: ${found(titles, firstRow)}; give ${GIVE}`
      : `${file}: ${columns.length} currents: ${names.join(', ')}; name the column that is wanted`,
  )
}

function timeOf(file: string, titles: readonly string[], dialect: Dialect): ChosenTime {
  const time = timeColumn(titles)
  if (time === undefined)
    throw new UserError(`${file}: no column of time: ${found(titles, dialect.firstRow)}; give ${GIVE}`)
  const { at, title, unit } = time
  const decimal = decimalOf(dialect)
  if (!isNumber(dialect.firstRow[at] ?? '', decimal)) return { at, title, clock: clockInWords() }
  if (unit === undefined)
    throw new UserError(
      `${file}: column ${title} does not say its unit; write it into the title, such as ${title} (s) or ${title} (ms)`,
    )
  return { at, title, clock: clockOfNumbers(unit, decimal) }
}
