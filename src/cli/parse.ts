import { InvalidArgumentError } from 'commander'
import type { Wire } from '../../emulator/boards/board.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { pin } from '../../emulator/nrf52840/gpio.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { UserError } from '../../runs/errors.ts'
import { parseMeasure, parsePhase } from '../../runs/simulation/phase-specs.ts'
import type { PhaseSpec } from '../../runs/simulation/phase-specs.ts'
import { impossible } from '../../runs/open-parameters/possible.ts'
import { didYouMean, nearest } from '../../runs/nearest.ts'
import type { TimingSettings } from '../../runs/simulation/timing-choice.ts'
import { cyclesOf } from '../../runs/recording/instant.ts'
import { parseParts, type ReplayPart } from '../../runs/recording/parts.ts'
import { parseAddress } from '../../runs/image/files/address.ts'
import { parseColumns, parseRate } from '../../runs/sensor-log/choices.ts'
import type { ColumnChoice } from '../../runs/sensor-log/choices.ts'

// Parsers of option values. commander puts "error: option '--for' ... is invalid." before the message.

/** `10s`, `1.5 min`, `200ms`, `2min30s`, `64000c`: simulated seconds. */
export function duration(text: string): number {
  const seconds = cyclesOf(text) / CYCLES_PER_SECOND
  if (!(seconds > 0 && seconds < Infinity))
    throw new InvalidArgumentError('Give a time with a unit: 10s, 200ms, 2min.')
  return seconds
}

export function pattern(text: string): RegExp {
  if (text === '')
    throw new InvalidArgumentError('It is empty, and any line would do. Give . if that is meant.')
  try {
    return new RegExp(text)
  } catch {
    throw new InvalidArgumentError('Give a JavaScript regular expression.')
  }
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

/** Of a server; 0 is any that is free. */
export function portNumber(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('Give a whole number up to 65535.')
  return Number(text)
}

/** `0x10000`, or in decimal. */
export function address(text: string): number {
  const value = parseAddress(text)
  if (value === undefined) throw new InvalidArgumentError('Give an address, such as 0x10000.')
  return value
}

export function arenaSize(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a number of bytes, or auto.')
  return Number(text)
}

/** `ax_g=accX,ay_g=accY,time_ms=col1`. */
export function columns(text: string): readonly ColumnChoice[] {
  const choices = parseColumns(text)
  if (choices === undefined)
    throw new InvalidArgumentError(
      'Give NAME=COLUMN, each name once: ax_g=accX,ay_g=accY,az_g=accZ,time_ms=col1.',
    )
  return choices
}

/** `100Hz`. */
export function rate(text: string): number {
  const hertz = parseRate(text)
  if (hertz === undefined) throw new InvalidArgumentError('Give samples a second, such as 100Hz.')
  return hertz
}

export const list = (text: string): readonly string[] => text.split(',').map((one) => one.trim())

/** One each time, as often as wanted. */
export const several = (text: string, previous: readonly string[] = []): readonly string[] => [
  ...previous,
  text,
]

export function whole(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    if (value >= lowest && value <= highest) return value
    throw new InvalidArgumentError(`Give a whole number from ${lowest} to ${highest}.`)
  }
}

export function between(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text)
    if (value >= lowest && value <= highest) return value
    throw new InvalidArgumentError(`Give a number from ${lowest} to ${highest}.`)
  }
}

export function oneOf<T extends string>(...values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text)
    if (found === undefined)
      throw new InvalidArgumentError(`Give ${values.join(' or ')}.${didYouMean(text, values)}`)
    return found
  }
}

/** `Os`, `-O2` or `O3`. */
export function optimisation(text: string): '-Os' | '-O2' | '-O3' {
  return `-${oneOf('Os', 'O2', 'O3')(text.replace(/^-/, ''))}`
}

/** `flashReadWait=2` or `timing.flashReadWait=2`, as often as wanted. */
export function setting(text: string, previous: TimingSettings = {}): TimingSettings {
  const [, given = '', value] = /^([^=]*)=(.*)$/.exec(text.trim()) ?? [text, text.trim()]
  const name = parameterNamed(given.trim())
  if (value === undefined)
    throw new InvalidArgumentError(`Give a value: timing.${name}=${pipelineTiming[name]}.`)
  if (name === 'profile') return { ...previous, profile: oneOf('pipeline', 'oneCycle')(value) }
  const number = value.trim() === '' ? NaN : Number(value)
  const cannot = impossible(name, number)
  if (cannot !== undefined) throw new InvalidArgumentError(`timing.${name} is ${cannot}.`)
  return { ...previous, [name]: number }
}

function parameterNamed(given: string): keyof TimingParameters {
  const known = Object.keys(pipelineTiming) as readonly (keyof TimingParameters)[]
  const bare = given.replace(/^timing\./, '')
  const found = known.find((one) => one === bare)
  if (found !== undefined) return found
  const meant = nearest(bare, known)
  throw new InvalidArgumentError(
    `There is no timing.${bare}. ${meant === undefined ? 'docs/fidelity.md lists the parameters.' : `Did you mean timing.${meant}?`}`,
  )
}

/** `LSM9DS1.INT1=P1.11`, as often as wanted. */
export function wire(text: string, previous: readonly Wire[] = []): readonly Wire[] {
  const [, part, from, to] = /^(.+)\.(INT[12])=(P\d+\.\d+)$/.exec(text.trim()) ?? []
  if (part === undefined || to === undefined || (from !== 'INT1' && from !== 'INT2'))
    throw new InvalidArgumentError('Give a wire as LSM9DS1.INT1=P1.11.')
  try {
    pin(to)
  } catch {
    throw new InvalidArgumentError(`${to} is not a pin: P0.00 to P0.31, P1.00 to P1.15.`)
  }
  return [...previous.filter((one) => one.part !== part || one.from !== from), { part, from, to }]
}

const repeated =
  (parse: (text: string) => PhaseSpec) =>
  (text: string, previous: readonly PhaseSpec[] = []): readonly PhaseSpec[] => {
    try {
      return [...previous, parse(text)]
    } catch (error) {
      if (error instanceof UserError) throw new InvalidArgumentError(error.message)
      throw error
    }
  }

/** `inference=tflite::MicroInterpreter::Invoke`, `window=/^begin/../^end/`, as often as wanted. */
export const phase = repeated(parsePhase)

/** `memcpy`, `main.c:12..main.c:20`, `NAME=FROM..TO`, as often as wanted. */
export const measure = repeated(parseMeasure)

/** `firmware,inputs`. */
export function recordWithout(text: string): readonly ReplayPart[] {
  try {
    return parseParts(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof UserError ? error.message : String(error))
  }
}
