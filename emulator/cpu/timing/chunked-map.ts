/** Table addresses of 64 half-words of code. */
const SHIFT = 10

export type SavedChunks<Value> = readonly (readonly (readonly [key: number, value: Value])[])[]

/** Values by table address, saved in pieces of which a snapshot shares those that have not changed with the one before. */
export class ChunkedMap<Value> {
  readonly #values = new Map<number, Value>()
  readonly #chunks = new Map<number, Set<number>>()
  readonly #changed = new Set<number>()
  readonly #savedChunks = new Map<number, readonly (readonly [number, Value])[]>()
  #saved: SavedChunks<Value> = []

  get(key: number): Value | undefined {
    return this.#values.get(key)
  }

  set(key: number, value: Value): void {
    const chunk = key >>> SHIFT
    if (!this.#values.has(key)) {
      const keys = this.#chunks.get(chunk)
      if (keys) keys.add(key)
      else this.#chunks.set(chunk, new Set([key]))
    }
    this.#values.set(key, value)
    this.#changed.add(chunk)
  }

  keys(): Iterable<number> {
    return this.#values.keys()
  }

  entries(): Iterable<[number, Value]> {
    return this.#values.entries()
  }

  /** The same as the last time while nothing was set. Values are not copied. */
  save(): SavedChunks<Value> {
    if (this.#changed.size === 0) return this.#saved
    for (const chunk of this.#changed) {
      const pairs: (readonly [number, Value])[] = []
      for (const key of this.#chunks.get(chunk) ?? []) {
        const value = this.#values.get(key)
        if (value !== undefined) pairs.push([key, value])
      }
      this.#savedChunks.set(chunk, pairs)
    }
    this.#changed.clear()
    this.#saved = [...this.#savedChunks.values()]
    return this.#saved
  }

  restore(saved: SavedChunks<Value>): void {
    const before = new Map(this.#savedChunks)
    const changed = new Set(this.#changed)
    this.#savedChunks.clear()
    for (const pairs of saved) {
      const first = pairs[0]
      if (!first) continue
      const chunk = first[0] >>> SHIFT
      this.#savedChunks.set(chunk, pairs)
      if (before.get(chunk) !== pairs || changed.has(chunk)) {
        this.#forget(chunk)
        for (const [key, value] of pairs) this.set(key, value)
      }
    }
    for (const chunk of [...this.#chunks.keys()]) if (!this.#savedChunks.has(chunk)) this.#forget(chunk)
    this.#changed.clear()
    this.#saved = saved
  }

  #forget(chunk: number): void {
    for (const key of this.#chunks.get(chunk) ?? []) this.#values.delete(key)
    this.#chunks.delete(chunk)
  }
}
