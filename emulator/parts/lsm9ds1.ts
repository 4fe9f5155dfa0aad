import type { Cycles } from '../cpu/bus.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { Timeline } from '../time/timeline.ts'
import type { Motion } from '../trace/recording.ts'
import { Lsm9ds1Inertial } from './lsm9ds1-inertial.ts'
import type { Lsm9ds1InertialState } from './lsm9ds1-inertial.ts'
import { Lsm9ds1Magnetometer } from './lsm9ds1-magnetometer.ts'
import type { Lsm9ds1MagnetometerState } from './lsm9ds1-magnetometer.ts'
import { Digitizer } from './sensor-channel.ts'
import type {
  Clipping,
  DigitizerState,
  SampleTold,
  SensorClock,
  SensorEnvironment,
} from './sensor-channel.ts'

export interface Lsm9ds1Options {
  readonly clock: SensorClock
  readonly recording: Motion | undefined
  readonly power: PowerLedger
  /** Degrees Celsius. */
  readonly temperature?: (cycle: Cycles) => number
  readonly schedule?: Pick<Timeline, 'alarm'>
  /** INT1_A/G or INT2_A/G has changed. */
  readonly onInterrupt?: (pin: 1 | 2, level: boolean) => void
  readonly onSample?: SampleTold
}

interface Lsm9ds1State {
  readonly inertial: Lsm9ds1InertialState
  readonly magnetometer: Lsm9ds1MagnetometerState
  readonly digitizer: DigitizerState
  readonly suppliedSince: Cycles | undefined
  readonly pulledUp: boolean
}

/** From supply to the first acknowledged address. estimate: 10 ms, as drivers wait after power-on and reset. */
export const BOOT_TIME_CYCLES = 640_000

/**
 * LSM9DS1, ST DocID025715 Rev 3: accelerometer and gyroscope at 0x6B, magnetometer at 0x1E (SDO pins high).
 * Approximated:
 * 1. No noise, offset, filter, self-test or settling: a sample is the recording's value at that moment.
 * 2. The gyroscope's and the magnetometer's interrupt generators, activity detection, and filters of the outputs are
 *    storage.
 * 3. Samples fall on an exact grid of the nominal data rate that begins when the rate is set.
 */
export class Lsm9ds1 {
  readonly stateVersion = 2
  readonly inertial: Lsm9ds1Inertial
  readonly magnetometer: Lsm9ds1Magnetometer
  /** Not saved: the two dies again. */
  readonly devices: readonly [Lsm9ds1Inertial, Lsm9ds1Magnetometer]
  readonly #options: Lsm9ds1Options
  readonly #digitizer: Digitizer
  #suppliedSince: Cycles | undefined
  #pulledUp = false

  constructor(options: Lsm9ds1Options) {
    this.#options = options
    this.#digitizer = new Digitizer(options.recording, options.onSample)
    const environment: SensorEnvironment = {
      clock: options.clock,
      digitizer: this.#digitizer,
      power: options.power,
      temperature: options.temperature ?? ((): number => 25),
      schedule: options.schedule,
      onInterrupt: (pin, level) => options.onInterrupt?.(pin, level),
      answers: () => this.#answers,
    }
    this.inertial = new Lsm9ds1Inertial(environment)
    this.magnetometer = new Lsm9ds1Magnetometer(environment)
    this.devices = [this.inertial, this.magnetometer]
    for (const die of this.devices) die.powerOnReset(false)
  }

  /** Channels whose samples exceeded the full scale that the firmware had chosen. */
  get clipping(): readonly Clipping[] {
    return [...this.#digitizer.clipping.values()]
  }

  save(): Lsm9ds1State {
    return {
      inertial: this.inertial.save(),
      magnetometer: this.magnetometer.save(),
      digitizer: this.#digitizer.save(),
      suppliedSince: this.#suppliedSince,
      pulledUp: this.#pulledUp,
    }
  }

  restore(state: Lsm9ds1State): void {
    this.inertial.restore(state.inertial)
    this.magnetometer.restore(state.magnetometer)
    this.#digitizer.restore(state.digitizer)
    this.#suppliedSince = state.suppliedSince
    this.#pulledUp = state.pulledUp
  }

  /** The supply rail came up or went away; without it all settings are lost. */
  supply(on: boolean): void {
    if (on === (this.#suppliedSince !== undefined)) return
    this.#suppliedSince = on ? this.#options.clock.now : undefined
    this.inertial.powerOnReset(on)
    this.magnetometer.powerOnReset(on)
  }

  /** The bus lines' pull-ups have a supply or not. */
  pullUps(on: boolean): void {
    this.#pulledUp = on
  }

  get #answers(): boolean {
    if (this.#suppliedSince === undefined || !this.#pulledUp) return false
    return this.#options.clock.now >= this.#suppliedSince + BOOT_TIME_CYCLES
  }
}
