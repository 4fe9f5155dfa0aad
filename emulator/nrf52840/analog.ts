/** AIN0 to AIN7 as the SAADC and the comparators number them from 0. */
export type AnalogInput = number

/** Pins of AIN0 to AIN7 (PS, Pin assignments): P0.02 to P0.05, P0.28 to P0.31. */
export const ANALOG_PINS = [2, 3, 4, 5, 28, 29, 30, 31] as const

/**
 * Voltages at the analog inputs. Saved by its chip. Approximated: 1. Inputs have no impedance: acquisition time changes nothing but time.
 * 2. Comparators see a voltage when it is set; a source that is a function of time is seen by the SAADC only.
 */
export class AnalogInputs {
  readonly stateVersion = 1
  readonly #sources: (number | ((cycle: number) => number))[] = ANALOG_PINS.map(() => 0)
  /** Not saved: wiring. */
  readonly #listeners: ((input: AnalogInput) => void)[] = []

  constructor(readonly supplyVolts: number) {}

  /** @param volts a level, or a course in time */
  set(input: AnalogInput, volts: number | ((cycle: number) => number)): void {
    if (ANALOG_PINS[input] === undefined) throw new RangeError(`AIN${input}: there are AIN0 to AIN7`)
    this.#sources[input] = volts
    for (const listener of this.#listeners) listener(input)
  }

  volts(input: AnalogInput, cycle: number): number {
    const source = this.#sources[input] ?? 0
    return typeof source === 'number' ? source : source(cycle)
  }

  /** Levels; a course in time is null, as whoever set it has to set it again. */
  save(): readonly (number | null)[] {
    return this.#sources.map((source) => (typeof source === 'number' ? source : null))
  }

  /** Comparators are not told: they have saved what they saw. */
  restore(levels: readonly (number | null)[]): void {
    levels.forEach((level, input) => {
      if (level !== null) this.#sources[input] = level
    })
  }

  onChange(listener: (input: AnalogInput) => void): void {
    this.#listeners.push(listener)
  }
}
