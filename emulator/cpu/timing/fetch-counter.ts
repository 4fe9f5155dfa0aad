/** What the counter asks of the decoder. */
export interface FetchedCode {
  /** Bytes of the instruction at an address. */
  bytesAt(address: number): number
  /** Words that the prefetch unit has asked for beyond the instruction at an address, for nothing if it branches. */
  fetchedBeyond(address: number): number
}

export interface SavedFetchCounter {
  readonly words: number
  readonly misses: number
  readonly missesBefore: number
  readonly isOn: boolean
  readonly last: number | null
}

const LARGEST = 0xffff_ffff
const wordOf = (address: number): number => address >>> 2

/**
 * Hits of the instruction cache: the aligned words that the prefetch unit asks for and that are there. Counted
 * instruction by instruction, but only while ICACHECNF.CACHEPROFEN is set. Approximated: 1. Of the words beyond a
 * branch that is taken, and of the target of one that is not, no miss is known: the former count as hits.
 */
export class FetchCounter {
  readonly #code: FetchedCode
  readonly #missesNow: () => number
  /** Words asked for. */
  #words = 0
  #misses = 0
  #missesBefore = 0
  #isOn = false
  #last: number | undefined

  /** @param missesNow Lines missed since the start, profiled or not. */
  constructor(code: FetchedCode, missesNow: () => number) {
    this.#code = code
    this.#missesNow = missesNow
  }

  save(): SavedFetchCounter {
    return {
      words: this.#words,
      misses: this.#misses,
      missesBefore: this.#missesBefore,
      isOn: this.#isOn,
      last: this.#last ?? null,
    }
  }

  restore({ words, misses, missesBefore, isOn, last }: SavedFetchCounter): void {
    this.#words = words
    this.#misses = misses
    this.#missesBefore = missesBefore
    this.#isOn = isOn
    this.#last = last ?? undefined
  }

  set isOn(on: boolean) {
    if (on === this.#isOn) return
    if (on) this.#missesBefore = this.#missesNow()
    else this.#misses = this.misses
    this.#last = undefined
    this.#isOn = on
  }

  /** An instruction in flash executes. */
  instruction(address: number): void {
    if (!this.#isOn) return
    const end = address + this.#code.bytesAt(address) - 1
    const last = this.#last
    const follows = last !== undefined && last + this.#code.bytesAt(last) === address
    this.#words += wordOf(end) - wordOf(follows ? address - 1 : address) + (follows ? 0 : 1)
    if (!follows && last !== undefined) this.#words += this.#code.fetchedBeyond(last)
    this.#last = address
  }

  get misses(): number {
    const since = this.#isOn ? this.#missesNow() - this.#missesBefore : 0
    return Math.min(this.#misses + since, LARGEST)
  }

  get hits(): number {
    return Math.min(Math.max(this.#words - this.misses, 0), LARGEST)
  }
}
