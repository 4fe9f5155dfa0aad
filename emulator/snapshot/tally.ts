import { PagedFloats } from './paged-floats.ts'

const FIRST_SLOTS = 64
const EMPTY = -1

export interface SavedTally {
  readonly size: number
  readonly slots: number
  readonly keys: readonly Float64Array[]
  readonly amounts: readonly Float64Array[]
}

/** Amounts by key, keys being numbers from 0: an open-addressed table, at most half full, that is saved in shared pages. */
export class Tally {
  #size = 0
  #keys = new PagedFloats(FIRST_SLOTS, EMPTY)
  #amounts = new PagedFloats(FIRST_SLOTS)

  /** Different keys. */
  get size(): number {
    return this.#size
  }

  add(key: number, amount: number): void {
    const slot = this.#slotOf(key)
    this.#amounts.set(slot, this.#amounts.get(slot) + amount)
    if (2 * this.#size > this.#keys.length) this.#rebuild(2 * this.#keys.length, (known) => known)
  }

  /** In no order that means anything. */
  entries(): [key: number, amount: number][] {
    const entries: [number, number][] = []
    for (let slot = 0; slot < this.#keys.length; slot++) {
      const key = this.#keys.get(slot)
      if (key !== EMPTY) entries.push([key, this.#amounts.get(slot)])
    }
    return entries
  }

  /** Puts together what has the same key afterwards. */
  merge(keyOf: (key: number) => number): void {
    this.#rebuild(this.#keys.length, keyOf)
  }

  save(): SavedTally {
    return {
      size: this.#size,
      slots: this.#keys.length,
      keys: this.#keys.save(),
      amounts: this.#amounts.save(),
    }
  }

  restore({ size, slots, keys, amounts }: SavedTally): void {
    this.#size = size
    this.#keys = new PagedFloats(slots)
    this.#amounts = new PagedFloats(slots)
    this.#keys.restore(keys)
    this.#amounts.restore(amounts)
  }

  /** Where a key is, or now will be. */
  #slotOf(key: number): number {
    const keys = this.#keys
    const mask = keys.length - 1
    // Fibonacci hashing of both halves of the number.
    let slot = (Math.imul((key >>> 0) ^ (key / 2 ** 32), 0x9e37_79b1) >>> 12) & mask
    for (;;) {
      const there = keys.get(slot)
      if (there === key) return slot
      if (there === EMPTY) {
        keys.set(slot, key)
        this.#size += 1
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  #rebuild(slots: number, keyOf: (key: number) => number): void {
    const entries = this.entries()
    this.#size = 0
    this.#keys = new PagedFloats(slots, EMPTY)
    this.#amounts = new PagedFloats(slots)
    for (const [key, amount] of entries) {
      const slot = this.#slotOf(keyOf(key))
      this.#amounts.set(slot, this.#amounts.get(slot) + amount)
    }
  }
}
