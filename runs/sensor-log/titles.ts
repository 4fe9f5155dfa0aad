/** What a column is, by its title: as our own files name columns, and as the formats of docs/recordings.md do. */
import { SURROUNDINGS, SURROUNDING_UNITS } from '../../emulator/trace/surroundings.ts'
import type { Surrounding } from '../../emulator/trace/surroundings.ts'
import { kindOf, sensorUnit, timeUnit, unitFits } from './units.ts'
import type { Kind } from './units.ts'

export type Axis = 'x' | 'y' | 'z'

export type Title =
  | {
      readonly is: 'motion'
      readonly kind: Kind
      readonly axis: Axis
      /** Suffix of units.ts; undefined where the title does not say. */
      readonly unit: string | undefined
      /** Which sensor of several of a kind: the smallest is nearest to what a chip feels. */
      readonly rank: number
    }
  /** x, y or z, of nothing that is named. */
  | { readonly is: 'axis'; readonly axis: Axis }
  /** Seconds have a suffix of units.ts; `clock` is date and time in words. */
  | { readonly is: 'time'; readonly unit: string | undefined; readonly rank: number }
  | { readonly is: 'label' }
  /** As our own files name it: temperature_c, humidity_pct, pressure_hpa, light_lux, red_lux, proximity_pct. */
  | { readonly is: 'surrounding'; readonly what: Surrounding }
  | { readonly is: 'other' }

interface Name {
  readonly kind: Kind
  readonly rank: number
  /** Where the name alone says it. */
  readonly unit?: string
}

/**
 * Names before or behind the axis, without anything but letters. Where they are from:
 * acc, gyr, mag: Edge Impulse (github.com/edgeimpulse/example-data-collection-csv; data acquisition format).
 * acceleration, linearacceleration, gyroscope, magneticfield: phyphox exports.
 * accelerometeracceleration, motionuseracceleration, motionrotationrate, gyrorotation: SensorLog for iOS.
 * gf, w, b: Physics Toolbox Sensor Suite, whose gF is g-force, in g.
 * acceleration, rotationrate: watch and headphones of Sensor Logger (awesome-sensor-logger, UNITS.md).
 */
const NAMES: Readonly<Record<string, Name>> = {
  a: { kind: 'a', rank: 0 },
  acc: { kind: 'a', rank: 0 },
  accl: { kind: 'a', rank: 0 },
  accel: { kind: 'a', rank: 0 },
  acceleration: { kind: 'a', rank: 0 },
  accelerometer: { kind: 'a', rank: 0 },
  accelerometeracceleration: { kind: 'a', rank: 0 },
  totalacc: { kind: 'a', rank: 0 },
  totalacceleration: { kind: 'a', rank: 0 },
  gf: { kind: 'a', rank: 0, unit: 'g' },
  gforce: { kind: 'a', rank: 0, unit: 'g' },
  bodyacc: { kind: 'a', rank: 1 },
  linacc: { kind: 'a', rank: 1 },
  linearacc: { kind: 'a', rank: 1 },
  linearacceleration: { kind: 'a', rank: 1 },
  useracceleration: { kind: 'a', rank: 1 },
  motionuseracceleration: { kind: 'a', rank: 1 },
  g: { kind: 'g', rank: 0 },
  gyr: { kind: 'g', rank: 0 },
  gyro: { kind: 'g', rank: 0 },
  gyroscope: { kind: 'g', rank: 0 },
  gyrorotation: { kind: 'g', rank: 0 },
  bodygyro: { kind: 'g', rank: 0 },
  angularvelocity: { kind: 'g', rank: 0 },
  w: { kind: 'g', rank: 0 },
  rotationrate: { kind: 'g', rank: 1 },
  motionrotationrate: { kind: 'g', rank: 1 },
  m: { kind: 'm', rank: 0 },
  mag: { kind: 'm', rank: 0 },
  magn: { kind: 'm', rank: 0 },
  magnetometer: { kind: 'm', rank: 0 },
  magneticfield: { kind: 'm', rank: 0 },
  b: { kind: 'm', rank: 0 },
  motionmagneticfield: { kind: 'm', rank: 1 },
}

/** The smallest rank is the first choice: our own names, then seconds since the start, then others. */
const TIMES: Readonly<Record<string, number>> = {
  secondselapsed: 1,
  time: 2,
  t: 2,
  timestamp: 2,
  millis: 2,
  micros: 2,
  elapsed: 2,
  elapsedtime: 2,
  loggingtime: 3,
  datetime: 3,
}
const LABELS = ['label', 'activity']

/** Units behind a name without brackets, such as ax_ms2 or time_ms. */
const SUFFIX = /^(.+?)[_ ]([A-Za-zµμ°/]+\d?)$/
const BRACKETS = /^(.*?)[\s_]*[([{](.*)[)\]}]$/

export function readTitle(title: string): Title {
  const text = title.trim()
  const what = SURROUNDINGS.find((one) => text.toLowerCase() === `${one}_${SURROUNDING_UNITS[one]}`)
  if (what !== undefined) return { is: 'surrounding', what }
  const [base, written] = split(text)
  const name = letters(base)
  if (LABELS.includes(name) && written === undefined) return { is: 'label' }
  const time = timeTitle(name, written)
  if (time !== undefined) return time
  const axis = /^[xyz]$/.exec(letters(text).replace(/axis$/, ''))
  if (axis !== null) return { is: 'axis', axis: axis[0] as Axis }
  return motionTitle(name, written) ?? { is: 'other' }
}

/** Name and unit; the unit may be one that nobody knows. */
function split(text: string): readonly [string, string | undefined] {
  const bracketed = BRACKETS.exec(text)
  if (bracketed !== null) return [bracketed[1] ?? '', bracketed[2] ?? '']
  const [, base = '', suffix = ''] = SUFFIX.exec(text) ?? []
  if (base === '' || /^(axis|[xyz])$/i.test(suffix) || /^elapsed$/i.test(suffix)) return [text, undefined]
  return [base, suffix]
}

const letters = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '')

function timeTitle(name: string, written: string | undefined): Title | undefined {
  const rank = TIMES[name] ?? (/^(accelerometer|gyro|motion)?timestamp/.test(name) ? 4 : undefined)
  if (rank === undefined) return undefined
  const own =
    name === 'millis' ? 'ms' : name === 'micros' ? 'us' : name === 'secondselapsed' ? 's' : undefined
  const unit = own ?? (written === undefined ? undefined : timeUnit(written))
  return { is: 'time', unit, rank: unit !== undefined && name === 'time' ? 0 : rank }
}

function motionTitle(name: string, written: string | undefined): Title | undefined {
  const alone = /^([xyz])(axis)?$/.exec(name)?.[1]
  const unitAlone = written === undefined ? undefined : sensorUnit(written)
  if (alone !== undefined && unitAlone !== undefined)
    return { is: 'motion', kind: kindOf(unitAlone), axis: alone as Axis, unit: unitAlone, rank: 0 }
  const [, before, last] = /^(.+)([xyz])$/.exec(name) ?? []
  const [, first, behind] = /^([xyz])(?:axis)?(.+)$/.exec(name) ?? []
  const found = NAMES[before ?? ''] ?? (behind !== undefined && behind.length > 1 ? NAMES[behind] : undefined)
  const axis = NAMES[before ?? ''] === undefined ? first : last
  if (found === undefined || axis === undefined) return undefined
  const unit = written === undefined ? found.unit : sensorUnit(written)
  const fits = unit !== undefined && unitFits(unit, found.kind) ? unit : undefined
  if (written !== undefined && fits === undefined && !looksLikeUnit(written)) return undefined
  return { is: 'motion', kind: found.kind, axis: axis as Axis, unit: fits, rank: found.rank }
}

/** ax_ms3 is an acceleration in a unit that nobody knows; ax_filtered is another thing. */
const looksLikeUnit = (written: string): boolean => written.length <= 3 || /[/²°^]/.test(written)
