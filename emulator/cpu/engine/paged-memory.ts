import { PAGE_BYTES, type ComparePage } from './page-comparison.ts'

/** The pages of a memory that are not all zeros, with their numbers, ascending. Pages are never written again. */
export interface SavedPages {
  readonly places: Uint32Array
  readonly pages: readonly Uint8Array[]
}

const ERASED = new Uint8Array(PAGE_BYTES).fill(0xff)
/** Of the pages that were saved together, so many may be out of use before the others are saved apart from them. */
const MOST_STALE = 3 / 4

/** Pages that were saved together stand in one buffer: as many buffers as pages would keep the garbage collector busy. */
interface Together {
  readonly pages: number
  /** Those of them that are the newest of their place. */
  live: number
}

/** A range of linear memory, and a copy of it as it was last saved. */
export class PagedMemory {
  readonly #bytes: Uint8Array
  readonly #pages = new Map<number, Uint8Array>()
  readonly #together = new Map<ArrayBufferLike, Together>()
  #saved: SavedPages = { places: new Uint32Array(), pages: [] }

  constructor(
    buffer: ArrayBuffer,
    private readonly start: number,
    private readonly copy: number,
    /** Pages that there are. */
    private readonly count: number,
    private readonly compare: ComparePage,
  ) {
    this.#bytes = new Uint8Array(buffer)
  }

  /** @param places pages that may have changed, each once */
  save(places: readonly number[]): SavedPages {
    const changed = places.filter(
      (place) => this.compare(this.start + place * PAGE_BYTES, this.copy + place * PAGE_BYTES) !== 0,
    )
    if (changed.length === 0) return this.#saved
    this.#take(changed)
    const stale = new Set([...this.#together].filter(isStale).map(([buffer]) => buffer))
    if (stale.size > 0)
      this.#take([...this.#pages].filter(([, page]) => stale.has(page.buffer)).map(([place]) => place))
    this.#saved = inOrder(this.#pages)
    return this.#saved
  }

  /** @param places pages that may hold anything now */
  restore(saved: SavedPages, places: readonly number[]): void {
    for (const place of places) this.#clear(place)
    for (const place of this.#pages.keys()) this.#clear(place)
    this.#pages.clear()
    this.#together.clear()
    saved.places.forEach((place, i) => {
      const page = saved.pages[i]
      if (page?.length !== PAGE_BYTES || place >= this.count) throw new Error(`there is no page ${place}`)
      this.#pages.set(place, page)
      this.#bytes.set(page, this.start + place * PAGE_BYTES)
      this.#bytes.set(page, this.copy + place * PAGE_BYTES)
    })
    this.#saved = saved
  }

  #take(places: readonly number[]): void {
    const kinds = places.map((place) => this.#kindOf(place))
    const pages = kinds.filter((kind) => kind === 'own').length
    const buffer = new Uint8Array(pages * PAGE_BYTES)
    if (pages > 0) this.#together.set(buffer.buffer, { pages, live: pages })
    let end = 0
    places.forEach((place, i) => {
      this.#forget(place)
      if (kinds[i] === 'erased') this.#pages.set(place, ERASED)
      if (kinds[i] !== 'own') return
      const from = this.start + place * PAGE_BYTES
      const page = buffer.subarray(end, (end += PAGE_BYTES))
      page.set(this.#bytes.subarray(from, from + PAGE_BYTES))
      this.#pages.set(place, page)
    })
  }

  #forget(place: number): void {
    const page = this.#pages.get(place)
    if (!page) return
    this.#pages.delete(place)
    const together = this.#together.get(page.buffer)
    if (!together) return
    together.live -= 1
    if (together.live === 0) this.#together.delete(page.buffer)
  }

  #kindOf(place: number): 'zeros' | 'erased' | 'own' {
    const from = this.start + place * PAGE_BYTES
    const first = this.#bytes[from]
    if (first !== 0 && first !== 0xff) return 'own'
    for (let i = 1; i < PAGE_BYTES; i++) if (this.#bytes[from + i] !== first) return 'own'
    return first === 0 ? 'zeros' : 'erased'
  }

  #clear(place: number): void {
    const offset = place * PAGE_BYTES
    for (const from of [this.start, this.copy]) this.#bytes.fill(0, from + offset, from + offset + PAGE_BYTES)
  }
}

const isStale = ([, { pages, live }]: readonly [unknown, Together]): boolean =>
  live < pages * (1 - MOST_STALE)

function inOrder(pages: ReadonlyMap<number, Uint8Array>): SavedPages {
  const places = Uint32Array.from(pages.keys()).sort()
  return { places, pages: Array.from(places, (place) => pages.get(place) ?? ERASED) }
}
