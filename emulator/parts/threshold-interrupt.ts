/** Bits of INT_GEN_CFG: which of the six crossings count, low and high of each axis in turn. */
const AND_COMBINATION = 0x80

export interface ThresholdInterruptState {
  readonly source: number
  readonly held: number
}

/**
 * An interrupt generator of ST's inertial sensors: magnitudes compared with thresholds, sample by sample
 * (LSM9DS1, DocID025715, 7.5 to 7.9). Approximated: 6D and position recognition are not there.
 */
export class ThresholdInterrupt {
  /** INT_GEN_SRC: bit 6 says that it is active, below it the crossings of the newest sample. */
  source = 0
  #held = 0

  save(): ThresholdInterruptState {
    return { source: this.source, held: this.#held }
  }

  restore({ source, held }: ThresholdInterruptState): void {
    this.source = source
    this.#held = held
  }

  reset(): void {
    this.source = 0
    this.#held = 0
  }

  /**
   * @param values the three axes in counts
   * @param thresholds of the magnitude, in counts
   * @param duration samples that the condition must hold
   */
  sample(
    configuration: number,
    values: readonly number[],
    thresholds: readonly number[],
    duration: number,
  ): void {
    let crossings = 0
    values.forEach((value, axis) => {
      crossings |= (Math.abs(value) > (thresholds[axis] ?? 0) ? 2 : 1) << (2 * axis)
    })
    const wanted = configuration & 0x3f
    const met = crossings & wanted
    const holds = wanted !== 0 && ((configuration & AND_COMBINATION) !== 0 ? met === wanted : met !== 0)
    this.#held = holds ? this.#held + 1 : 0
    this.source = holds && this.#held > duration ? 0x40 | met : 0
  }

  get active(): boolean {
    return (this.source & 0x40) !== 0
  }
}
