const LEAST_CYCLES = 10_000

/**
 * How far to run at once so that it takes about so long, on whatever machine: others have the thread in between.
 * Not saved: it is of this machine, and no result depends on it.
 */
export class Slice {
  #cycles: number

  constructor(
    readonly milliseconds: number,
    first = 1_000_000,
  ) {
    this.#cycles = first
  }

  get cycles(): number {
    return this.#cycles
  }

  /** @param went cycles; where something else ended the slice, it says nothing of a longer one */
  took(milliseconds: number, went: number): void {
    if (milliseconds < this.milliseconds / 2 && went >= this.#cycles) this.#cycles *= 2
    else if (milliseconds > this.milliseconds * 2)
      this.#cycles = Math.max(Math.floor(this.#cycles / 2), LEAST_CYCLES)
  }
}
