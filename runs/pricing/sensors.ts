import type { Magnetometer } from './settings.ts'

/** A way to run a motion sensor, and the states of the currents data that it is in by output data rate. */
export interface SensorMode {
  readonly mode: string
  readonly title: string
  /** States by output data rate in Hz; one for all rates where the current does not depend on it. */
  readonly state: string | readonly (readonly [hertz: number, state: string | undefined])[]
}

export interface SensorModes {
  /** As the power ledger calls it. */
  readonly part: string
  readonly off: string
  readonly modes: readonly SensorMode[]
}

const rates = (
  hertz: readonly number[],
  stateOf: (hertz: number) => string | undefined,
): readonly (readonly [number, string | undefined])[] => hertz.map((one) => [one, stateOf(one)])

/** Output data rates: LSM9DS1 data sheet, table 46; LSM6DS3TR-C data sheet, table 51. */
export const SENSORS: readonly SensorModes[] = [
  {
    part: 'LSM9DS1 inertial',
    off: 'powerDown',
    modes: [
      { mode: 'off', title: 'off', state: 'powerDown' },
      { mode: 'accelerometer', title: 'accelerometer only', state: 'accelerometer' },
      { mode: 'gyroscope', title: 'both, normal', state: 'gyroscope' },
      {
        mode: 'gyroscope-low-power',
        title: 'both, gyroscope in low power',
        state: rates([14.9, 59.5, 119, 238, 476, 952], (hertz) =>
          hertz <= 119 ? `gyroscope low power ${hertz} Hz` : undefined,
        ),
      },
      { mode: 'gyroscope-asleep', title: 'both, gyroscope asleep', state: 'gyroscope asleep' },
    ],
  },
  {
    part: 'LSM6DS3TR-C',
    off: 'powerDown',
    modes: [
      { mode: 'off', title: 'off', state: 'powerDown' },
      {
        mode: 'accelerometer-low-power',
        title: 'accelerometer only, low power',
        state: rates([1.6, 12.5, 26, 52, 104, 208, 416], (hertz) =>
          hertz <= 52
            ? `accelerometer low power ${hertz} Hz`
            : hertz <= 208
              ? 'accelerometer normal'
              : undefined,
        ),
      },
      {
        mode: 'accelerometer',
        title: 'accelerometer only, high performance',
        state: 'accelerometer high performance',
      },
      {
        mode: 'gyroscope-low-power',
        title: 'both, low power',
        state: rates([12.5, 26, 52, 104, 208, 416], (hertz) =>
          hertz <= 52 ? 'both low power' : hertz <= 208 ? 'both normal' : undefined,
        ),
      },
      { mode: 'gyroscope', title: 'both, high performance', state: 'both high performance' },
      { mode: 'gyroscope-asleep', title: 'both, gyroscope asleep', state: 'gyroscope asleep' },
    ],
  },
]

/** The state that a mode is in; undefined where no current is known for it. */
export function stateOf({ state }: SensorMode, hertz: number | undefined): string | undefined {
  if (typeof state === 'string') return state
  return state.find(([one]) => one === hertz)?.[1]
}

/** Output data rates to choose from; none where the current does not depend on it. */
export const ratesOf = ({ state }: SensorMode): readonly number[] =>
  typeof state === 'string' ? [] : state.map(([hertz]) => hertz)

/** The mode and the rate that a state of the ledger stands for. */
export function modeOf(
  { modes }: SensorModes,
  state: string,
): { readonly mode: string; readonly odr: number | undefined } | undefined {
  for (const { mode, state: states } of modes) {
    if (states === state) return { mode, odr: undefined }
    if (typeof states === 'string') continue
    const found = states.find(([, one]) => one === state)
    if (found) return { mode, odr: found[0] }
  }
  return undefined
}

/** Of the LSM9DS1, as the power ledger calls it. */
export const MAGNETOMETER = 'LSM9DS1 magnetometer'

/** CTRL_REG1_M, OM: its states in the currents data. */
export const MAGNETOMETER_STATES: Readonly<Record<Magnetometer, string>> = {
  off: 'powerDown',
  low: 'low power',
  medium: 'medium',
  high: 'high',
  'ultra-high': 'ultra-high',
}
