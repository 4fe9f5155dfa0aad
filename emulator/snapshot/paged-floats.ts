/** Numbers that change together are near each other: pages are small. 64 of them. */
const SHIFT = 6
const PAGE = 1 << SHIFT

/** Numbers that are saved in pages, which one snapshot shares with the one before where nothing was written. */
export class PagedFloats {
  readonly length: number
  readonly #values: Float64Array
  readonly #isChanged: Uint8Array
  #pages: readonly Float64Array[] = []

  constructor(length: number, initial = 0) {
    this.length = length
    this.#values = new Float64Array(length).fill(initial)
    this.#isChanged = new Uint8Array(Math.ceil(length / PAGE)).fill(1)
  }

  get(index: number): number {
    return this.#values[index] ?? 0
  }

  set(index: number, value: number): void {
    this.#values[index] = value
    this.#isChanged[index >>> SHIFT] = 1
  }

  fill(value: number, from = 0): void {
    this.#values.fill(value, from)
    this.#isChanged.fill(1, from >>> SHIFT)
  }

  /** Pages that are never written again. */
  save(): readonly Float64Array[] {
    if (!this.#isChanged.includes(1)) return this.#pages
    const pages = [...this.#pages]
    for (let page = 0; page < this.#isChanged.length; page++)
      if (this.#isChanged[page] !== 0) pages[page] = this.#values.slice(page * PAGE, (page + 1) * PAGE)
    this.#pages = pages
    this.#isChanged.fill(0)
    return this.#pages
  }

  /** @throws Error for pages of another number of values */
  restore(pages: readonly Float64Array[]): void {
    if (pages.reduce((sum, { length }) => sum + length, 0) !== this.length)
      throw new Error(`${this.length} numbers were expected`)
    pages.forEach((page, i) => this.#values.set(page, i * PAGE))
    this.#pages = pages
    this.#isChanged.fill(0)
  }
}
