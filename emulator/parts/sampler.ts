import type { Cycles } from '../cpu/bus.ts'
import { RatioClock } from '../time/ratio-clock.ts'

/** Output data rate as a fraction in hertz; cycles of a period are an exact ratio. */
export interface DataRate {
  readonly numerator: number
  readonly denominator: number
}

export const hertz = (numerator: number, denominator = 1): DataRate => ({ numerator, denominator })

export interface SampleGridState {
  readonly anchor: Cycles
  readonly rate: DataRate | undefined
}

/** The grid of moments at which a sensor takes samples, computed when somebody looks. */
export class SampleGrid {
  #anchor: Cycles = 0
  #rate: DataRate | undefined
  /** Not saved: made of the rate. */
  #clock: RatioClock | undefined

  /** Begins a new grid: the first sample is ready one period from now. Undefined is power-down. */
  start(rate: DataRate | undefined, now: Cycles): void {
    this.#anchor = now
    this.#rate = rate
    this.#clock = rate && new RatioClock(64_000_000 * rate.denominator, rate.numerator)
  }

  save(): SampleGridState {
    return { anchor: this.#anchor, rate: this.#rate }
  }

  restore({ anchor, rate }: SampleGridState): void {
    this.start(rate, anchor)
  }

  get running(): boolean {
    return this.#clock !== undefined
  }

  /** Samples taken so far on this grid. */
  count(now: Cycles): number {
    return this.#clock?.ticksAt(now - this.#anchor) ?? 0
  }

  /** Moment of the nth sample, from 1. */
  cycleOf(sample: number): Cycles {
    return this.#anchor + (this.#clock?.cycleOf(sample) ?? 0)
  }
}
