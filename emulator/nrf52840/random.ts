/** A small deterministic generator (a Weyl sequence with a 32-bit finalizer); the same seed gives the same chip. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 32 unsigned bits. */
  next(): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }

  save(): number {
    return this.#state
  }

  restore(state: number): void {
    this.#state = state
  }

  byte(): number {
    return this.next() >>> 24
  }
}
