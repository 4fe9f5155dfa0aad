export interface HighPassState {
  readonly input: number | undefined
  readonly output: number
}

/** A high-pass filter of first order: the discrete form of an RC element, at rest on its first sample. */
export class HighPass {
  readonly #decay: number
  #input: number | undefined
  #output = 0

  /** @param divisor sampling rate by cut-off frequency */
  constructor(divisor: number) {
    this.#decay = 1 / (1 + (2 * Math.PI) / divisor)
  }

  next(input: number): number {
    this.#output = this.#decay * (this.#output + input - (this.#input ?? input))
    this.#input = input
    return this.#output
  }

  save(): HighPassState {
    return { input: this.#input, output: this.#output }
  }

  restore({ input, output }: HighPassState): void {
    this.#input = input
    this.#output = output
  }
}
