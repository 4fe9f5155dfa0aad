import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { UserError } from '../errors.ts'

/** A time of a run as a user writes it, in whole cycles of 64 MHz since the run began. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

const CYCLES: Readonly<Record<string, number>> = {
  c: 1,
  cycles: 1,
  ns: CYCLES_PER_SECOND / 1e9,
  us: CYCLES_PER_SECOND / 1e6,
  ms: CYCLES_PER_SECOND / 1e3,
  s: CYCLES_PER_SECOND,
  min: 60 * CYCLES_PER_SECOND,
  h: 3600 * CYCLES_PER_SECOND,
}

const EXAMPLES = 'Give a time with a unit: 1.5s, 20ms, 64000c for cycles, end, end-10ms'

/** Cycles, whole or not, of `1.5s`, `2min30s`, `64000c`; NaN for what is no time. */
export function cyclesOf(text: string): number {
  const written = text.trim()
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/g)]
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== written) return NaN
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (unitOf(unit ?? '') ?? NaN), 0)
}

const unitOf = (name: string): number | undefined => (Object.hasOwn(CYCLES, name) ? CYCLES[name] : undefined)

/** To the nearest cycle. @throws UserError */
export function parseSpan(text: string): number {
  const cycles = Math.round(cyclesOf(text))
  if (!Number.isSafeInteger(cycles)) throw new UserError(`${text}: ${EXAMPLES}.`)
  return cycles
}

/** A span since the beginning, `end`, or `end-SPAN`. @throws UserError also for what is not in the run */
export function parseInstant(text: string, end: number): number {
  const written = text.trim()
  if (written === 'end') return end
  const fromEnd = /^end\s*-\s*(.+)$/.exec(written)
  const cycle = fromEnd ? end - parseSpan(fromEnd[1] ?? '') : written === '0' ? 0 : parseSpan(written)
  if (cycle < 0 || cycle > end)
    throw new UserError(`${text} is not in the run, which goes from 0 to ${spanText(end)}.`)
  return cycle
}

/** `FROM..TO` or `FROM+SPAN`; an end that is left out is the run's. @throws UserError for one that is empty or backwards */
export function parseStretch(text: string, end: number): Stretch {
  const [, plusFrom, span] = /^([^+]+)\+([^+]+)$/.exec(text) ?? []
  const [, first, second] = /^(.*)\.\.(.*)$/.exec(text) ?? []
  if (span === undefined && second === undefined)
    throw new UserError(`${text}: Give a stretch: 1s..2s, 1s+20ms, ..2s.`)
  const from = parseInstant(plusFrom ?? orElse(first, '0'), end)
  const to =
    span === undefined ? parseInstant(orElse(second, 'end'), end) : Math.min(from + parseSpan(span), end)
  if (to <= from)
    throw new UserError(`${text}: it ends at ${spanText(to)}, not after it begins, at ${spanText(from)}.`)
  return { from, to }
}

const orElse = (text: string | undefined, otherwise: string): string =>
  text === undefined || text.trim() === '' ? otherwise : text

/** To the digit: `1.234567 s`, `20 ms`, `250 ns`; whole cycles where that takes more than three places below. */
export function spanText(cycles: number): string {
  const unit = ['s', 'ms', 'us'].find((one) => cycles >= (CYCLES[one] ?? Infinity)) ?? 'ns'
  return `${Number((cycles / (CYCLES[unit] ?? 1)).toFixed(unit === 'ns' ? 3 : 6))} ${unit}`
}
