const CHUNK = 256

/** A list that only grows at its end: a snapshot shares all but the newest items with the one before. */
export class Log<Item> {
  #full: (readonly Item[])[] = []
  #newest: Item[] = []

  get length(): number {
    return this.#full.length * CHUNK + this.#newest.length
  }

  push(item: Item): void {
    this.#newest.push(item)
    if (this.#newest.length < CHUNK) return
    this.#full.push(this.#newest)
    this.#newest = []
  }

  at(index: number): Item | undefined {
    const chunk = Math.floor(index / CHUNK)
    return (this.#full[chunk] ?? this.#newest)[index - chunk * CHUNK]
  }

  toArray(): Item[] {
    return [...this.#full.flat(), ...this.#newest]
  }

  /** Items are not copied. */
  save(): readonly (readonly Item[])[] {
    return [...this.#full, [...this.#newest]]
  }

  restore(chunks: readonly (readonly Item[])[]): void {
    this.#full = []
    this.#newest = []
    for (const chunk of chunks) {
      if (chunk.length === CHUNK) this.#full.push(chunk)
      else this.#newest = [...chunk]
    }
  }
}
