import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { cellNamed } from '../power-choices.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { cyclesOf } from '../recording/instant.ts'

export type Regulator = 'dcdc' | 'ldo'
/** `busy` never sleeps; `on` is System ON in low-power mode. */
export type Sleep = 'busy' | 'on' | 'constant-latency' | 'off'
export type LowClock = 'LFRC' | 'LFXO' | 'LFSYNT'
export type Magnetometer = 'off' | 'low' | 'medium' | 'high' | 'ultra-high'

/** What a price is asked for. What is left out is as in the run. */
export interface DutySettings {
  /** Windows a second. */
  readonly rate?: number
  /** Readings of the sensor a second. */
  readonly samples?: number
  /** Seconds for which a window needs its sensor. */
  readonly window?: number
  readonly regulator?: Regulator
  readonly sleep?: Sleep
  /** Seconds awake from the reset that ends System OFF until the first window's work. */
  readonly start?: number
  /** The instruction cache while the processor sleeps. */
  readonly cache?: 'on' | 'off'
  readonly hfxo?: 'on' | 'off'
  readonly lfclk?: LowClock
  /** Timers and serial receivers that keep the high-frequency clock on while nothing happens. */
  readonly peripherals?: 'kept' | 'stopped'
  /** A mode of the motion sensor. */
  readonly sensor?: string
  /** Its output data rate in Hz, where its current depends on it. */
  readonly odr?: number
  readonly magnetometer?: Magnetometer
  /** The motion sensor between windows. */
  readonly between?: 'on' | 'off'
  /** By the name of the light, "LED red": the share of the time that it is lit. It is read and written without "LED". */
  readonly leds?: Readonly<Record<string, number>>
  readonly cell?: string
}

export type SettingName = keyof DutySettings

/** `10`, `10s`, `200ms`. */
const seconds = (name: string, text: string, [least, most]: readonly [number, number]): number => {
  const value = /[a-z]/i.test(text) ? cyclesOf(text) / CYCLES_PER_SECOND : Number(text || NaN)
  if (value >= least && value <= most) return value
  throw new UserError(`${name} ${text}: give a time from ${least} s to ${most} s, such as 10s or 200ms.`)
}

const DECIMAL = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const number = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text)
  if (DECIMAL.test(text) && value >= least && value <= most) return value
  throw new UserError(`${name} ${text}: give a number from ${least} to ${most}.`)
}

const oneOf = <Value extends string>(name: string, text: string, values: readonly Value[]): Value => {
  const found = values.find((one) => one.toLowerCase() === text.toLowerCase())
  if (found !== undefined) return found
  throw new UserError(
    `${name} ${text}: unknown.${didYouMean(text, values, `Give one of ${values.join(', ')}.`)}`,
  )
}

export const regulators = ['dcdc', 'ldo'] as const
export const sleeps = ['busy', 'on', 'constant-latency', 'off'] as const
export const lowClocks = ['LFRC', 'LFXO', 'LFSYNT'] as const
export const magnetometers = ['off', 'low', 'medium', 'high', 'ultra-high'] as const
const onOff = ['on', 'off'] as const

/** Ends of what can be asked for, for fields and messages. */
export const ranges = {
  rate: [1e-6, 1e5],
  samples: [1e-6, 1e5],
  window: [1e-6, 1e6],
  start: [0, 1e4],
  odr: [0.1, 1e4],
} as const

type Reader<Value> = (text: string, name: string) => Value

const readers: { readonly [Name in SettingName]: Reader<NonNullable<DutySettings[Name]>> } = {
  rate: (text, name) => number(name, text, ...ranges.rate),
  samples: (text, name) => number(name, text, ...ranges.samples),
  window: (text, name) => seconds(name, text, ranges.window),
  regulator: (text, name) => oneOf(name, text, regulators),
  sleep: (text, name) => oneOf(name, text, sleeps),
  start: (text, name) => seconds(name, text, ranges.start),
  cache: (text, name) => oneOf(name, text, onOff),
  hfxo: (text, name) => oneOf(name, text, onOff),
  lfclk: (text, name) => oneOf(name, text, lowClocks),
  peripherals: (text, name) => oneOf(name, text, ['kept', 'stopped'] as const),
  sensor: (text) => text,
  odr: (text, name) => number(name, text, ...ranges.odr),
  magnetometer: (text, name) => oneOf(name, text, magnetometers),
  between: (text, name) => oneOf(name, text, onOff),
  leds: readLeds,
  cell: (text) => {
    cellNamed(text)
    return text
  },
}

/** As it is typed and shown. */
export const shortLight = (light: string): string => light.replace(/^LED /, '')

/** `power=on`, `red=10%+power=off`; `off` is none at all. */
function readLeds(text: string, name: string): Readonly<Record<string, number>> {
  const found = text.split('+').map((one) => {
    const [, light = '', how = ''] = /^(.+)=(on|off|\d+(?:\.\d+)?%)$/.exec(one.trim()) ?? []
    if (light === '')
      throw new UserError(`${name} ${text}: give NAME=on, NAME=off or NAME=10%, several with + between.`)
    const share = how === 'on' ? 1 : how === 'off' ? 0 : Number(how.slice(0, -1)) / 100
    if (share > 1) throw new UserError(`${name} ${text}: a light is lit for 100 % of the time at most.`)
    return [light.startsWith('LED') ? light : `LED ${light}`, share] as const
  })
  return Object.fromEntries(found)
}

const share = (value: number): string =>
  value === 0 ? 'off' : value === 1 ? 'on' : `${Number((100 * value).toPrecision(6))}%`

export const names = Object.keys(readers) as readonly SettingName[]

/** Settings by name, as they are typed. @param called for messages @throws UserError for the first that cannot be */
export function readSettings(
  values: Readonly<Record<string, string | undefined>>,
  called: (name: SettingName) => string = (name) => name,
): DutySettings {
  const read = Object.entries(values).flatMap(([name, text]) => {
    if (text === undefined) return []
    const known = names.find((one) => one === name)
    if (!known)
      throw new UserError(
        `${name}: no such setting.${didYouMean(name, names, `Give one of ${names.join(', ')}.`)}`,
      )
    return [[known, readers[known](text, called(known))] as const]
  })
  return Object.fromEntries(read)
}

const textOf = (value: string | number | Readonly<Record<string, number>>): string =>
  typeof value === 'object'
    ? Object.entries(value)
        .map(([name, lit]) => `${shortLight(name)}=${share(lit)}`)
        .join('+')
    : String(value)

/** Each setting as it is typed, in a fixed order. */
export const typed = (settings: DutySettings): readonly (readonly [SettingName, string])[] =>
  names.flatMap((name) => {
    const value = settings[name]
    return value === undefined ? [] : [[name, textOf(value)] as const]
  })

/** `rate:5,regulator:ldo`. */
export const writeSettings = (settings: DutySettings): string =>
  typed(settings)
    .map(([name, text]) => `${name}:${text}`)
    .join(',')

/** What `writeSettings` wrote. @throws UserError */
export function settingsFrom(text: string): DutySettings {
  const pairs = text
    .split(',')
    .filter((one) => one !== '')
    .map((one) => {
      const at = one.indexOf(':')
      return [one.slice(0, Math.max(at, 0)) || one, one.slice(at + 1)] as const
    })
  return readSettings(Object.fromEntries(pairs))
}
