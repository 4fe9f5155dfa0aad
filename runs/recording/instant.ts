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

/** What a name stands for, where times are expected; undefined for what is none. @throws UserError for one that is not there */
export type NamedTimes = (name: string) => { readonly from: number; readonly to: number | null } | undefined

const noNames: NamedTimes = () => undefined

/**
 * A span since the beginning, `end`, `end-SPAN`, or a name: where it begins.
 * @throws UserError also for what is not in the run
 */
export function parseInstant(text: string, end: number, named: NamedTimes = noNames): number {
  const written = text.trim()
  if (written === 'end') return end
  const fromEnd = /^end\s*-\s*(.+)$/.exec(written)
  if (!fromEnd) {
    const found = named(written)
    if (found) return found.from
  }
  const cycle = fromEnd ? end - parseSpan(fromEnd[1] ?? '') : written === '0' ? 0 : parseSpan(written)
  if (cycle < 0 || cycle > end)
    throw new UserError(`${text} is not in the run, which goes from 0 to ${spanText(end)}.`)
  return cycle
}

/**
 * `FROM..TO`, `FROM+SPAN`, or the name of a stretch; an end that is left out is the run's.
 * @throws UserError for one that is empty or backwards
 */
export function parseStretch(text: string, end: number, named: NamedTimes = noNames): Stretch {
  const [, plusFrom, span] = /^([^+]+)\+([^+]+)$/.exec(text) ?? []
  const [, first, second] = /^(.*)\.\.(.*)$/.exec(text) ?? []
  if (span === undefined && second === undefined) {
    const found = named(text.trim())
    if (found && found.to !== null) return { from: found.from, to: found.to }
    if (found) throw new UserError(`${text} is a moment: give a stretch, such as ${text}+20ms.`)
    throw new UserError(`${text}: Give a stretch: 1s..2s, 1s+20ms, ..2s.`)
  }
  const from = parseInstant(plusFrom ?? orElse(first, '0'), end, named)
  const to =
    span === undefined
      ? lastInstant(orElse(second, 'end'), end, named)
      : Math.min(from + parseSpan(span), end)
  if (to <= from)
    throw new UserError(`${text}: it ends at ${spanText(to)}, not after it begins, at ${spanText(from)}.`)
  return { from, to }
}

/** Where a stretch ends: of a name of a stretch, its own end. */
function lastInstant(text: string, end: number, named: NamedTimes): number {
  return (/^end\b/.test(text.trim()) ? undefined : named(text.trim())?.to) ?? parseInstant(text, end, named)
}

const orElse = (text: string | undefined, otherwise: string): string =>
  text === undefined || text.trim() === '' ? otherwise : text

/** To the digit: `1.234567 s`, `20 ms`, `250 ns`; whole cycles where that takes more than three places below. */
export function spanText(cycles: number): string {
  const unit = ['s', 'ms', 'us'].find((one) => cycles >= (CYCLES[one] ?? Infinity)) ?? 'ns'
  return `${Number((cycles / (CYCLES[unit] ?? 1)).toFixed(unit === 'ns' ? 3 : 6))} ${unit}`
}

/** The same of a moment that may be before the run. */
export const signedSpanText = (cycles: number): string =>
  `${cycles < 0 ? '-' : ''}${spanText(Math.abs(Math.round(cycles)))}`
