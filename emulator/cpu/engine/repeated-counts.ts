const FIRST_ROOM = 1024

/**
 * 64-bit counts in linear memory, of which what has been added since can be added any number of times more. One is used
 * again and again: polling loops come often.
 */
export class RepeatedCounts {
  readonly #words: Int32Array
  /** Where the counts are that were asked for, one range after the other: first word and words. */
  readonly #ranges: number[] = []
  /** What they were. */
  #before = new Int32Array(FIRST_ROOM)
  #length = 0

  constructor(buffer: ArrayBuffer) {
    this.#words = new Int32Array(buffer)
  }

  /** From here on others are asked for. */
  begin(): void {
    this.#ranges.length = 0
    this.#length = 0
  }

  /** So many counts at an address, as they are now. */
  note(address: number, counts: number): void {
    const [at, words] = [address / 4, 2 * counts]
    const length = this.#length + words
    if (length > this.#before.length) this.#grow(length)
    for (let i = 0; i < words; i++) this.#before[this.#length + i] = this.#words[at + i] ?? 0
    this.#ranges.push(at, words)
    this.#length = length
  }

  repeat(times: number): void {
    const [words, before, ranges] = [this.#words, this.#before, this.#ranges]
    for (let range = 0, place = 0; range < ranges.length; range += 2) {
      const at = ranges[range] ?? 0
      const end = at + (ranges[range + 1] ?? 0)
      for (let word = at; word < end; word += 2, place += 2) {
        const low = words[word] ?? 0
        // A loop adds far less than 2^31.
        const added = (low - (before[place] ?? 0)) | 0
        if (added === 0) continue
        const sum = (low >>> 0) + added * times
        words[word] = sum
        words[word + 1] = (words[word + 1] ?? 0) + Math.floor(sum / 2 ** 32)
      }
    }
  }

  #grow(length: number): void {
    const larger = new Int32Array(2 * length)
    larger.set(this.#before)
    this.#before = larger
  }
}
