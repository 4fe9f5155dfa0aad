/** Formats that are recognised by more than their titles. */
import type { Dialect } from './dialect.ts'
import type { Kind } from './units.ts'

export interface Known {
  readonly format?: string
  /** Of columns that have none. */
  readonly titles?: readonly string[]
  readonly axesAre?: { readonly kind: Kind; readonly unit: string | undefined }
  /** What to do instead: the file is recognised, and cannot be read alone. */
  readonly instead?: string
}

/**
 * One sensor a file, by the file's name; units by UNITS.md of github.com/tszheichoi/awesome-sensor-logger. Those of
 * uncalibrated acceleration differ between Android and iOS.
 */
const SENSOR_LOGGER: readonly (readonly [RegExp, NonNullable<Known['axesAre']>])[] = [
  [/^(watch)?accelerometeruncalibrated/i, { kind: 'a', unit: undefined }],
  [/^(accelerometer|totalacceleration|gravity)/i, { kind: 'a', unit: 'ms2' }],
  [/^gyroscope/i, { kind: 'g', unit: 'rads' }],
  [/^(watch)?magnetometer/i, { kind: 'm', unit: 'ut' }],
]

/** user, activity, timestamp in ns of uptime, x, y, z in m/s2 (10 = 1 g): WISDM_ar_v1.1_raw_about.txt. */
const WISDM = ['user', 'activity', 'time_ns', 'ax_ms2', 'ay_ms2', 'az_ms2'] as const

/** README.txt of the UCI HAR dataset: 128 readings of one axis a row; 561 features in X_train.txt. */
const UCI_HAR_READINGS = 128
const UCI_HAR_FEATURES = 561

export function knownLayout(name: string, { layout, header, firstRow }: Dialect): Known | undefined {
  const titles = header?.map((title) => title.trim().toLowerCase())
  if (
    titles?.includes('seconds_elapsed') === true &&
    ['x', 'y', 'z'].every((axis) => titles.includes(axis))
  ) {
    const axesAre = SENSOR_LOGGER.find(([pattern]) => pattern.test(name))?.[1]
    return { format: 'Sensor Logger', ...(axesAre && { axesAre }) }
  }
  if (header !== undefined || layout.kind === 'pairs') return undefined
  if (layout.kind === 'cells' && isWisdm(firstRow)) return { format: 'WISDM', titles: WISDM }
  if (firstRow.length === UCI_HAR_READINGS)
    return {
      instead:
        'rows of 128 numbers, as UCI HAR has them for one axis a file: give the folder "Inertial Signals" that holds all of them',
    }
  if (firstRow.length === UCI_HAR_FEATURES)
    return {
      instead:
        '561 features a row, as UCI HAR has them: give its folder "Inertial Signals", which holds the signals',
    }
  return undefined
}

const isWisdm = (row: readonly string[]): boolean =>
  row.length === WISDM.length &&
  /^\d{1,4}$/.test(row[0] ?? '') &&
  /^[A-Za-z]/.test(row[1] ?? '') &&
  /^\d+$/.test(row[2] ?? '')
