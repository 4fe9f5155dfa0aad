/**
 * A slower clock that stands in an exact ratio to the 64 MHz cycles: tick n falls on the first cycle at or after
 * `n * numerator / denominator` cycles from the anchor. No rounding accumulates: 32 768 Hz is 15625 / 8.
 */
export class RatioClock {
  constructor(
    readonly numerator: number,
    readonly denominator: number,
  ) {}

  /** Number of whole ticks that have happened `cycles` after the anchor; the anchor itself is tick 0. */
  ticksAt(cycles: number): number {
    return Math.floor((cycles * this.denominator) / this.numerator)
  }

  /** First cycle, counted from the anchor, at which `ticks` ticks have happened. */
  cycleOf(ticks: number): number {
    return Math.ceil((ticks * this.numerator) / this.denominator)
  }
}

/** 32 768 Hz in cycles of 64 MHz. */
export const LOW_FREQUENCY_CLOCK = new RatioClock(15625, 8)
/** 64 MHz cycles in a microsecond. */
export const CYCLES_PER_MICROSECOND = 64
export const CYCLES_PER_SECOND = 64_000_000
