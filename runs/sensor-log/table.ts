/** A recording in lines: a row for each sample. */
import { fileName } from '../bytes/byte-source.ts'
import { UserError } from '../errors.ts'
import { UnclosedQuote, isBlank, isComment, isNumberLike, numberOf } from './cells.ts'
import { clockInWords, clockOfNumbers, guessTimeUnit, isTime } from './clock.ts'
import { dialectOf } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { found, printable } from './found.ts'
import { knownLayout } from './known.ts'
import type { LogOptions, SensorLog } from './log.ts'
import { planColumns } from './plan.ts'
import { ColumnTrouble, exampleOf } from './planned.ts'
import type { Plan } from './planned.ts'
import { RowReader, cellsBy, decimalOf } from './rows.ts'
import type { ChosenTime } from './rows.ts'
import type { TextSource } from './source.ts'
import { seconds } from './times.ts'

type Parts = Omit<SensorLog, 'sha256'>

/** Lines by which a table is recognised. */
const HEAD_LINES = 400

/** @throws UserError, ColumnTrouble */
export async function readTable(source: TextSource, options: LogOptions): Promise<Parts> {
  const waiting: string[] = []
  let reader: RowReader | undefined
  for await (const lines of source.lines()) {
    if (reader) reader.add(lines)
    else {
      for (const line of lines) waiting.push(line)
      if (waiting.length >= HEAD_LINES) reader = begin(source.file, waiting, options)
    }
  }
  reader ??= begin(source.file, waiting, options)
  return reader.finish()
}

function begin(file: string, lines: string[], options: LogOptions): RowReader {
  const first = lines[0]?.replace(/^\uFEFF/, '')
  if (first !== undefined) lines[0] = first
  const head = lines.slice(0, HEAD_LINES)
  const dialect = dialectOf(head)
  if (dialect === undefined) throw nothingIn(file, head, options)
  const known = knownLayout(fileName(file), dialect)
  if (known?.instead !== undefined) throw new UserError(`${file}: ${known.instead}`)
  const titles = known?.titles ?? dialect.header ?? dialect.firstRow.map((_, at) => `col${at + 1}`)
  const rows = headRows(head, dialect, titles)
  const what = found(dialect.header ?? [], dialect.firstRow)
  try {
    const numbers = rows.map((row) => row.map((cell) => roughly(cell, decimalOf(dialect))))
    if (known?.titles === undefined && dialect.header === undefined && options.columns === undefined)
      throw new ColumnTrouble('the columns have no names', exampleOf(titles))
    const plan = planColumns(titles, numbers, { ...options, axesAre: known?.axesAre })
    const time = chosenTime(plan, rows, dialect, options)
    const reader = new RowReader(file, { dialect, titles, plan, time, options, format: known?.format })
    reader.add(lines)
    return reader
  } catch (cause) {
    if (!(cause instanceof ColumnTrouble)) throw cause
    throw new ColumnTrouble(`${cause.message}: ${what}`, cause.advice)
  }
}

function nothingIn(file: string, head: readonly string[], { keep }: LogOptions): UserError {
  const line = head.find((one) => !isBlank(one) && !isComment(one))
  if (line === undefined)
    return new UserError(`${file}: is empty; a recording has a header and a row for each sample`)
  const like =
    keep === 'motion' ? 'time_s,ax_g,ay_g,az_g and then 0.00,0.01,-0.02,0.98' : 'a header and rows of numbers'
  return new UserError(
    `${file}: no samples: no line has numbers in columns; found "${printable(line.slice(0, 60))}"; a recording is such as ${like}`,
  )
}

/** Infinity for what is a number and cannot be used, NaN for what is none. */
const roughly = (cell: string, decimal: '.' | ','): number =>
  isNumberLike(cell, decimal) ? finite(numberOf(cell, decimal)) : NaN

const finite = (value: number): number => (Number.isNaN(value) ? Infinity : value)

/** The whole ones of the first rows. */
function headRows(
  head: readonly string[],
  dialect: Dialect,
  titles: readonly string[],
): readonly (readonly string[])[] {
  return head.slice(dialect.linesAbove).flatMap((line) => {
    if (isBlank(line) || isComment(line)) return []
    try {
      const cells = cellsBy(line, dialect, titles)
      return cells.length >= titles.length ? [cells] : []
    } catch (cause) {
      if (cause instanceof UnclosedQuote) return []
      throw cause
    }
  })
}

/** @throws ColumnTrouble where a recording needs a time and has none */
function chosenTime(
  plan: Plan,
  rows: readonly (readonly string[])[],
  dialect: Dialect,
  { rateHz, needsTime }: LogOptions,
): ChosenTime | undefined {
  if (rateHz !== undefined) return undefined
  const decimal = decimalOf(dialect)
  const asked: string[] = []
  for (const { at, title, unit } of plan.times) {
    const cells = rows.map((row) => row[at] ?? '')
    const read = cells.filter((cell) => isTime(cell, decimal))
    if (!isTime(cells[0] ?? '', decimal) || read.length * 2 < cells.length) continue
    if (unit !== undefined) return { at, title, clock: clockOfNumbers(unit, decimal) }
    if (Number.isNaN(numberOf(cells[0] ?? '', decimal))) return { at, title, clock: clockInWords() }
    const guess = guessTimeUnit(read, decimal)
    if (guess === undefined) {
      asked.push(title)
      continue
    }
    const { stepSeconds } = guess
    const note =
      `column ${title} does not say its unit: taken as ${guess.unit}, a step of ${seconds(stepSeconds)}; ` +
      `--columns time_${guess.unit}=${title} says so`
    return { at, title, clock: clockOfNumbers(guess.unit, decimal), note }
  }
  if (needsTime !== true) return undefined
  const [title] = asked
  throw title === undefined
    ? new ColumnTrouble(
        'no column time_s, time_ms or time_us',
        'say how fast it was recorded, --rate 100Hz, or which column is the time, --columns time_ms=COLUMN',
      )
    : new ColumnTrouble(
        `column ${title} does not say its unit, and does not show it`,
        `say it, such as --columns time_ms=${title}, or --rate 100Hz`,
      )
}
