/** Table addresses of 64 half-words of code, and of one. */
const SHIFT = 10
const ENTRY_SHIFT = 4
const ENTRIES = 1 << (SHIFT - ENTRY_SHIFT)

export type SavedColumns = readonly { readonly chunk: number; readonly values: Float64Array }[]

/**
 * A few numbers for each entry of the table, in chunks that come to be when one of their entries is written. A snapshot
 * shares the chunks that have not changed with the one before.
 */
export class EntryColumns {
  readonly #chunks = new Map<number, Float64Array>()
  readonly #changed = new Set<number>()
  #saved: SavedColumns = []

  /** @param width numbers of an entry, 0 until they are written */
  constructor(readonly width: number) {}

  /** Where the numbers of an entry begin in its chunk. */
  place(entry: number): number {
    return ((entry >>> ENTRY_SHIFT) & (ENTRIES - 1)) * this.width
  }

  /** The chunk of an entry, to be read. */
  of(entry: number): Float64Array | undefined {
    return this.#chunks.get(entry >>> SHIFT)
  }

  /** The chunk of an entry, to be written at once. */
  open(entry: number): Float64Array {
    const chunk = entry >>> SHIFT
    let values = this.#chunks.get(chunk)
    if (!values) this.#chunks.set(chunk, (values = new Float64Array(ENTRIES * this.width)))
    this.#changed.add(chunk)
    return values
  }

  /** Those of all chunks, written or not. */
  *entries(): Iterable<number> {
    for (const chunk of this.#chunks.keys())
      for (let i = 0; i < ENTRIES; i++) yield (chunk << SHIFT) + (i << ENTRY_SHIFT)
  }

  copy(): EntryColumns {
    const copy = new EntryColumns(this.width)
    for (const [chunk, values] of this.#chunks) copy.#chunks.set(chunk, values.slice())
    return copy
  }

  /** The same as the last time while nothing was written. */
  save(): SavedColumns {
    if (this.#changed.size === 0) return this.#saved
    const before = new Map(this.#saved.map((one) => [one.chunk, one]))
    this.#saved = Array.from(
      this.#chunks,
      ([chunk, values]) =>
        (!this.#changed.has(chunk) && before.get(chunk)) || { chunk, values: values.slice() },
    )
    this.#changed.clear()
    return this.#saved
  }

  /** Chunks that stand as they were saved stay. @throws Error for chunks of another width */
  restore(saved: SavedColumns): void {
    const standing = new Set(this.#saved.filter(({ chunk }) => !this.#changed.has(chunk)))
    for (const chunk of this.#changed) this.#chunks.delete(chunk)
    const before = new Map(this.#chunks)
    this.#chunks.clear()
    this.#changed.clear()
    // In the order in which they were saved, as whoever saved them has them.
    for (const one of saved) {
      if (one.values.length !== ENTRIES * this.width)
        throw new Error(`${this.width} numbers an entry were expected`)
      const values = standing.has(one) ? before.get(one.chunk) : undefined
      this.#chunks.set(one.chunk, values ?? one.values.slice())
    }
    this.#saved = saved
  }
}
