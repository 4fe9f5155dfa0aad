/** The rows of a table become the channels of a recording, one after the other. */
import { LabelRuns } from '../../emulator/trace/labels.ts'
import { UserError } from '../errors.ts'
import { UnclosedQuote, cellsOf, isBlank, isComment, numberOf, pairsOf } from './cells.ts'
import type { Clock } from './clock.ts'
import { Column } from './column.ts'
import type { Dialect } from './dialect.ts'
import { printable } from './found.ts'
import type { LogOptions, Note, SensorLog } from './log.ts'
import { ignoredOf } from './plan.ts'
import type { Plan } from './planned.ts'
import { TimesTrouble, goForward } from './times.ts'
import { noticed } from './values.ts'

export const decimalOf = ({ layout }: Dialect): '.' | ',' => (layout.kind === 'pairs' ? '.' : layout.decimal)

/** Pairs are put into the order of the header, whatever theirs is. @throws UnclosedQuote */
export function cellsBy(line: string, { layout }: Dialect, titles: readonly string[]): readonly string[] {
  if (layout.kind !== 'pairs') return cellsOf(line, layout)
  const pairs = pairsOf(line)
  if (pairs === undefined) return []
  const by = new Map(pairs)
  return titles.map((title) => by.get(title) ?? '')
}

export interface ChosenTime {
  readonly at: number
  readonly title: string
  readonly clock: Clock
  /** What had to be guessed. */
  readonly note?: string
}

export interface Reading {
  readonly dialect: Dialect
  readonly titles: readonly string[]
  readonly plan: Plan
  readonly time: ChosenTime | undefined
  readonly options: LogOptions
  readonly format: string | undefined
  /** Whether odd values are told of; default: yes. */
  readonly notices?: boolean
}

export class RowReader {
  readonly #columns: readonly Column[]
  readonly #times = new Column()
  readonly #lines = new Column()
  readonly #labels: LabelRuns | undefined
  #line = 0
  /** Cells that a row needs. */
  readonly #needed: number
  readonly #skipped = { text: 0, firstText: 0, cut: 0, firstCut: 0 }

  constructor(
    readonly file: string,
    private readonly reading: Reading,
  ) {
    this.#columns = reading.plan.channels.map(() => new Column())
    this.#needed = Math.max(...reading.plan.channels.map(({ at }) => at), reading.time?.at ?? 0) + 1
    this.#labels = reading.plan.label === undefined ? undefined : new LabelRuns()
  }

  add(lines: readonly string[]): void {
    for (const line of lines) {
      this.#line += 1
      if (this.#line > this.reading.dialect.linesAbove && !isBlank(line) && !isComment(line)) this.#row(line)
    }
  }

  #row(line: string): void {
    const { dialect, plan, time } = this.reading
    const cells = this.#cells(line)
    const decimal = decimalOf(dialect)
    const numbers = plan.channels.map(({ at }) => numberOf(cells[at] ?? '', decimal))
    const isWhole = cells.length >= this.#needed && !numbers.some(Number.isNaN)
    if (!isWhole && (dialect.isLog || this.#isText(cells))) {
      this.#leaveOut(cells, decimal)
      return
    }
    if (!dialect.isLog) this.#checkWidth(cells)
    const wrong = plan.channels[numbers.findIndex(Number.isNaN)]
    if (wrong) throw this.#wrong(wrong.title, cells[wrong.at] ?? '', 'not a number')
    const at = time === undefined ? 0 : time.clock.read(cells[time.at] ?? '')
    if (Number.isNaN(at)) throw this.#wrong(time?.title ?? '', cells[time?.at ?? 0] ?? '', 'no time')
    numbers.forEach((value, n) => this.#columns[n]?.push(value * (plan.channels[n]?.factor ?? 1)))
    this.#times.push(at)
    this.#lines.push(this.#line)
    this.#labels?.push((cells[plan.label ?? 0] ?? '').trim())
  }

  #cells(line: string): readonly string[] {
    try {
      return cellsBy(line, this.reading.dialect, this.reading.titles)
    } catch (cause) {
      if (!(cause instanceof UnclosedQuote)) throw cause
      if (this.reading.dialect.isLog) return []
      throw new UserError(
        `${this.file}: line ${this.#line}: ${cause.message}; a cell ends on its line`,
        undefined,
        {
          cause,
        },
      )
    }
  }

  /** Nothing of a row is in it. */
  #isText(cells: readonly string[]): boolean {
    const decimal = decimalOf(this.reading.dialect)
    return (
      cells.length > 0 &&
      cells.length < this.reading.titles.length &&
      cells.every((cell) => Number.isNaN(numberOf(cell, decimal)))
    )
  }

  #leaveOut(cells: readonly string[], decimal: '.' | ','): void {
    const skipped = this.#skipped
    const hasNumber = cells.some((cell) => Number.isFinite(numberOf(cell, decimal)))
    if (hasNumber) {
      skipped.cut += 1
      skipped.firstCut ||= this.#line
    } else {
      skipped.text += 1
      skipped.firstText ||= this.#line
    }
  }

  #checkWidth(cells: readonly string[]): void {
    const { titles } = this.reading
    const extra = cells.slice(titles.length)
    if (cells.length >= titles.length && extra.every(isBlank)) return
    if (cells.length === titles.length - 1 && isBlank(titles.at(-1) ?? '')) return
    throw new UserError(
      `${this.file}: line ${this.#line}: ${cells.length} cells where the header has ${titles.length}: mend the line or take it out`,
    )
  }

  #wrong(title: string, cell: string, not: string): UserError {
    const what = isBlank(cell) ? 'the cell is empty' : `"${printable(cell.trim().slice(0, 40))}" is ${not}`
    return new UserError(
      `${this.file}: line ${this.#line}, column ${title}: ${what}: mend the line or take it out`,
    )
  }

  finish(): Omit<SensorLog, 'sha256'> {
    const { titles, plan, time, options, format, dialect } = this.reading
    const rows = this.#times.length
    if (rows === 0)
      throw new UserError(`${this.file}: the recording has no samples: no rows below the header`)
    const lines = this.#lines
    const kept = lines.take()
    const lineOf = (row: number): number => kept[row] ?? 0
    const timing = this.#timing(time, options, lineOf)
    const channels = plan.channels.map(({ name, unit, title }, at) => ({
      name,
      unit,
      title,
      values: this.#columns[at]?.take(timing?.leavesOut, timing?.leftOut) ?? new Float64Array(),
    }))
    const isWhole = timing === undefined || timing.leftOut === 0
    const placeOf = isWhole ? (row: number): string => `line ${lineOf(row)}` : undefined
    const labels = isWhole ? this.#labels : this.#labels?.without(timing.leavesOut)
    return {
      format: format ?? FORMATS[dialect.layout.kind],
      channels,
      times: timing?.times,
      sampleRateHz: timing === undefined || rows < 2 ? null : Number((1 / timing.stepSeconds).toPrecision(6)),
      labels,
      ignored: ignoredOf(titles, plan, time?.at),
      notes: [
        ...this.#ownNotes(),
        ...(timing?.notes ?? []),
        ...(this.reading.notices === false ? [] : noticed(channels, placeOf)),
      ],
    }
  }

  #timing(
    time: ChosenTime | undefined,
    { rateHz }: LogOptions,
    lineOf: (row: number) => number,
  ): ReturnType<typeof goForward> | undefined {
    if (time === undefined && rateHz === undefined) return undefined
    const times = this.#times.take()
    if (rateHz !== undefined) times.forEach((_, row) => (times[row] = row / rateHz))
    try {
      return goForward(times, lineOf)
    } catch (cause) {
      if (!(cause instanceof TimesTrouble)) throw cause
      throw new UserError(
        `${this.file}: line ${lineOf(cause.row)}, column ${time?.title ?? ''}: ${cause.message}; ${cause.advice}`,
        undefined,
        { cause },
      )
    }
  }

  #ownNotes(): readonly Note[] {
    const { text, firstText, cut, firstCut } = this.#skipped
    const { plan, time, dialect } = this.reading
    const say = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
    return [
      ...(dialect.linesAbove > 1
        ? [
            {
              message: `${say(dialect.linesAbove - 1, 'line', 'lines')} above the header left out`,
              count: dialect.linesAbove - 1,
              line: 1,
            },
          ]
        : []),
      ...(text > 0
        ? [
            {
              message: `${say(text, 'line that is', 'lines that are')} no row, first at line ${firstText}: left out`,
              count: text,
              line: firstText,
            },
          ]
        : []),
      ...(cut > 0
        ? [
            {
              message: `${say(cut, 'row that is', 'rows that are')} not whole, first at line ${firstCut}: left out`,
              count: cut,
              line: firstCut,
            },
          ]
        : []),
      ...(time?.note === undefined ? [] : [{ message: time.note, count: 1, line: 0 }]),
      ...plan.notes.map((message) => ({ message, count: 1, line: 0 })),
    ]
  }
}

const FORMATS: Readonly<Record<Dialect['layout']['kind'], string>> = {
  cells: 'CSV',
  blanks: 'columns between blanks',
  pairs: 'serial plotter',
}
