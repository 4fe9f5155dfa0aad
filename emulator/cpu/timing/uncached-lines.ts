import { CODE_BYTES, TABLE, UNCACHED, classesOf } from '../layout.ts'

/**
 * The pre-decoded table holds what code costs with the instruction cache on. While it is off, each line of code is
 * exchanged for its other self when execution enters it, and all of them back when the cache is on again: firmware
 * that sleeps without the cache pays for the few lines that it executes then.
 * Not saved: the decoder restores the table.
 */
export class UncachedLines {
  /** Told of each line, by its first table address, that has been exchanged. */
  onExchanged: ((entry: number, end: number) => void) | undefined
  /** Whether the cache is off. */
  isOff = false
  readonly #words: Int32Array
  /** A byte for each line, non-zero while its uncached self stands in the table; the interpreter looks at it. */
  readonly #marks: Uint8Array
  readonly #exchanged: number[] = []
  /** Of each line, the self that does not stand in the table, if anything was decoded in it. */
  readonly #away = new Map<number, Int32Array>()
  readonly #shift: number

  /** @param shift Lines are as long as `1 << shift` bytes of the table. */
  constructor(buffer: ArrayBuffer, shift: number) {
    this.#words = new Int32Array(buffer)
    this.#shift = shift
    this.#marks = new Uint8Array(buffer, UNCACHED, (CODE_BYTES * 8) >> shift)
  }

  /** Puts the uncached self of a line, a table address shifted, into the table. */
  enter(line: number): void {
    const mark = line - (TABLE >> this.#shift)
    if (this.#marks[mark] !== 0) return
    this.#marks[mark] = 1
    this.#exchanged.push(line)
    this.#exchange(line)
  }

  /** Of a line in the table. */
  get lineBytes(): number {
    return 1 << this.#shift
  }

  /** Whether the uncached self of an entry's line stands in the table. */
  isExchanged(entry: number): boolean {
    return this.#marks[(entry >> this.#shift) - (TABLE >> this.#shift)] !== 0
  }

  /** Table addresses of the lines whose uncached self stands in the table, in the order in which they were entered. */
  get exchanged(): Uint32Array {
    return Uint32Array.from(this.#exchanged, (line) => (line - (TABLE >> this.#shift)) << this.#shift)
  }

  /** The other self of the line that begins with an entry, its entries and their classes, if it has one. */
  awayWords(first: number): Int32Array | undefined {
    return this.#away.get(first >> this.#shift)
  }

  /** `enter` for the line of an entry. */
  enterEntry(entry: number): void {
    this.enter(entry >> this.#shift)
  }

  /** Puts the same lines into the table that `exchanged` gave, of a table that holds none. */
  exchangeAgain(lines: Uint32Array): void {
    for (const offset of lines) this.enter((TABLE + offset) >> this.#shift)
  }

  /** The entry in the self of its line that does not stand in the table, if that has one. */
  away(entry: number): readonly { readonly view: DataView; readonly at: number }[] {
    const line = entry >> this.#shift
    const words = this.#away.get(line)
    return words ? [{ view: new DataView(words.buffer), at: entry - (line << this.#shift) }] : []
  }

  /** Puts all back. */
  leave(): void {
    for (const line of this.#exchanged) {
      this.#marks[line - (TABLE >> this.#shift)] = 0
      this.#exchange(line)
    }
    this.#exchanged.length = 0
  }

  /**
   * The entry as it is with the cache as it is now, if that does not stand in the table.
   * @param keep What is written into a line where nothing was decoded yet shall last.
   */
  elsewhere(
    entry: number,
    keep?: 'keep',
  ): { readonly view: DataView; readonly at: number; readonly classes: number } | undefined {
    const line = entry >> this.#shift
    if (!this.isOff || this.#marks[line - (TABLE >> this.#shift)] !== 0) return undefined
    const words = this.#away.get(line) ?? this.#empty()
    if (keep) this.#away.set(line, words)
    const at = entry - (line << this.#shift)
    return { view: new DataView(words.buffer), at, classes: (1 << this.#shift) + at / 4 }
  }

  /** Forgets the other selves of the lines from one table address to before another. */
  forget(from: number, to: number): void {
    const first = from >> this.#shift
    const last = (to - 1) >> this.#shift
    if (last - first < this.#away.size) for (let line = first; line <= last; line++) this.#away.delete(line)
    else for (const line of this.#away.keys()) if (line >= first && line <= last) this.#away.delete(line)
  }

  forgetAll(): void {
    this.#away.clear()
  }

  #exchange(line: number): void {
    const words = this.#words
    const length = (1 << this.#shift) / 4
    let other = this.#away.get(line)
    if (!other) {
      other = this.#empty()
      this.#away.set(line, other)
    }
    const start = line * length
    for (let i = 0; i < length; i++) {
      const word = words[start + i] ?? 0
      words[start + i] = other[i] ?? 0
      other[i] = word
    }
    const classes = classesOf(line << this.#shift) / 4
    for (let i = 0; i < length / 4; i++) {
      const word = words[classes + i] ?? 0
      words[classes + i] = other[length + i] ?? 0
      other[length + i] = word
    }
    this.onExchanged?.(line << this.#shift, (line + 1) << this.#shift)
  }

  /** The entries of a line, and their classes. */
  #empty(): Int32Array {
    return new Int32Array(((1 << this.#shift) / 4) * 1.25)
  }
}
