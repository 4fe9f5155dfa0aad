/** Times of rows: numbers in some unit, or date and time in words. */
import { isNumber, numberOf } from './cells.ts'
import { secondsOf } from './units.ts'

/** Reads the cell of one row after the other. */
export interface Clock {
  /** Seconds from the first row; NaN for what is no time. */
  read(cell: string): number
}

/** 2024-05-01 12:00:00.123 +0200, 2024-05-01T12:00:00Z; or 12:00:00.123, 12:00:00:123. */
const DATE =
  /^(\d{4})[-/](\d\d?)[-/](\d\d?)[T ](\d\d?):(\d\d):(\d\d)(?:[.,:](\d+))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/
const TIME_OF_DAY = /^(\d\d?):(\d\d):(\d\d)(?:[.,:](\d+))?$/

/** Whole seconds and what is beyond them; undefined for no time in words. */
function wordsOf(cell: string): { readonly whole: number; readonly fraction: number } | undefined {
  const text = cell.trim()
  const fraction = (digits: string | undefined): number => (digits === undefined ? 0 : Number(`0.${digits}`))
  const date = DATE.exec(text)
  if (date !== null) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = date.slice(1, 7).map(Number)
    const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(date[8] ?? '') ?? []
    const offset = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60)
    return {
      whole: Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - offset,
      fraction: fraction(date[7]),
    }
  }
  const time = TIME_OF_DAY.exec(text)
  if (time === null) return undefined
  const [hour = 0, minute = 0, second = 0] = time.slice(1, 4).map(Number)
  return { whole: hour * 3600 + minute * 60 + second, fraction: fraction(time[4]) }
}

export const isTime = (cell: string, decimal: '.' | ','): boolean =>
  isNumber(cell, decimal) || wordsOf(cell) !== undefined

export function clockInWords(): Clock {
  let first: ReturnType<typeof wordsOf>
  return {
    read(cell) {
      const read = wordsOf(cell)
      if (read === undefined) return NaN
      first ??= read
      return read.whole - first.whole + (read.fraction - first.fraction)
    },
  }
}

/** @param unit suffix of units.ts */
export function clockOfNumbers(unit: string, decimal: '.' | ','): Clock {
  const seconds = secondsOf(unit)
  let first: bigint | number | undefined
  return {
    read(cell) {
      const text = cell.trim()
      // More digits than a double holds: nanoseconds since 1970.
      if (/^\d{16,20}$/.test(text) && typeof first !== 'number') {
        const whole = BigInt(text)
        first ??= whole
        return Number(whole - first) * seconds
      }
      const value = numberOf(cell, decimal)
      first ??= value
      return (value - Number(first)) * seconds
    },
  }
}

interface Guess {
  readonly unit: string
  readonly stepSeconds: number
}

const UNITS = ['s', 'ms', 'us', 'ns'] as const
/** Samples a second that a recording of movements may have. Each step is one of these in one unit at most. */
const SLOWEST_HZ = 2
const FASTEST_HZ = 2000
/** What 1970 until then is, from 2001 to 2096. */
const EPOCH_SECONDS = [1e9, 4e9] as const

/** The unit of times that do not say it, from when they are and how far apart; undefined where that does not tell. */
export function guessTimeUnit(cells: readonly string[], decimal: '.' | ','): Guess | undefined {
  const values = cells.map((cell) => numberOf(cell, decimal))
  const exact = cells.every((cell) => /^\d{16,20}$/.test(cell.trim()))
    ? cells.map((cell) => BigInt(cell.trim()))
    : undefined
  const steps = values.slice(1).map((value, at) => {
    const [before, after] = [exact?.[at], exact?.[at + 1]]
    return before !== undefined && after !== undefined ? Number(after - before) : value - (values[at] ?? NaN)
  })
  const sorted = steps.filter((step) => step > 0).sort((a, b) => a - b)
  const step = sorted[sorted.length >> 1]
  const first = values[0]
  if (step === undefined || first === undefined) return undefined
  const seconds = (unit: string): number => step * secondsOf(unit)
  const epoch = UNITS.find((unit) => {
    const since = first * secondsOf(unit)
    return (
      since >= EPOCH_SECONDS[0] &&
      since <= EPOCH_SECONDS[1] &&
      seconds(unit) <= 60 &&
      1 / seconds(unit) <= 20_000
    )
  })
  if (epoch !== undefined) return { unit: epoch, stepSeconds: seconds(epoch) }
  // 0, 1, 2 ... may be numbers of rows.
  if (step === 1) return undefined
  const unit = UNITS.find((one) => 1 / seconds(one) >= SLOWEST_HZ && 1 / seconds(one) <= FASTEST_HZ)
  return unit === undefined ? undefined : { unit, stepSeconds: seconds(unit) }
}
