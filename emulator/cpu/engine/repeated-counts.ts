/** 64-bit counts in linear memory, of which what has been added since can be added any number of times more. */
export class RepeatedCounts {
  readonly #words: Int32Array
  readonly #before: readonly { readonly at: number; readonly words: Int32Array }[]

  /** @param ranges Where the counts are: address, and how many. */
  constructor(buffer: ArrayBuffer, ranges: readonly (readonly [address: number, counts: number])[]) {
    this.#words = new Int32Array(buffer)
    this.#before = ranges.map(([address, counts]) => ({
      at: address / 4,
      words: this.#words.slice(address / 4, address / 4 + 2 * counts),
    }))
  }

  repeat(times: number): void {
    for (const { at, words } of this.#before)
      for (let i = 0; i < words.length; i += 2) {
        const low = this.#words[at + i] ?? 0
        // A loop adds far less than 2^31.
        const added = (low - (words[i] ?? 0)) | 0
        if (added === 0) continue
        const sum = (low >>> 0) + added * times
        this.#words[at + i] = sum
        this.#words[at + i + 1] = (this.#words[at + i + 1] ?? 0) + Math.floor(sum / 2 ** 32)
      }
  }
}
