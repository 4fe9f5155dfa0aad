import { CHANGED_PAGES } from '../layout.ts'
import { PAGE_BYTES, PageKind, type ChangedPages } from './page-comparison.ts'

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
  /** Not saved: memory. */
  readonly #words: Uint32Array
  /** The newest page of each place; undefined of zeros. */
  readonly #pages: (Uint8Array | undefined)[] = []
  readonly #together = new Map<ArrayBufferLike, Together>()
  #saved: SavedPages = { places: new Uint32Array(), pages: [] }

  constructor(
    buffer: ArrayBuffer,
    private readonly start: number,
    private readonly copy: number,
    /** Pages that there are. */
    private readonly count: number,
    private readonly changed: ChangedPages,
  ) {
    this.#bytes = new Uint8Array(buffer)
    this.#words = new Uint32Array(buffer)
  }

  /** @param end what is before it may have changed, from `begin` on: numbers of pages */
  save(begin: number, end: number): SavedPages {
    if (begin >= end) return this.#saved
    const from = this.start + begin * PAGE_BYTES
    const found = this.changed(from, this.start + end * PAGE_BYTES, this.copy + begin * PAGE_BYTES)
    if (found === 0) return this.#saved
    const list = Array.from(this.#words.subarray(CHANGED_PAGES / 4, CHANGED_PAGES / 4 + found))
    const places = list.map((one) => begin + (one >>> 2))
    const hasNewPlaces = this.#take(places, (i) => (list[i] ?? 0) & 3)
    this.#refreshStale()
    this.#saved = this.#inOrder(hasNewPlaces ? undefined : this.#saved.places)
    return this.#saved
  }

  /** @param places pages that may hold anything now */
  restore(saved: SavedPages, places: number): void {
    for (let place = 0; place < Math.max(places, this.#pages.length); place++) this.#clear(place)
    this.#pages.length = 0
    this.#together.clear()
    saved.places.forEach((place, i) => {
      const page = saved.pages[i]
      if (page?.length !== PAGE_BYTES || place >= this.count) throw new Error(`there is no page ${place}`)
      this.#setPage(place, page)
      this.#bytes.set(page, this.start + place * PAGE_BYTES)
      this.#bytes.set(page, this.copy + place * PAGE_BYTES)
    })
    this.#saved = saved
  }

  /** @returns whether other places than before have pages */
  #take(places: readonly number[], kindOf: (index: number) => number): boolean {
    const pages = places.reduce((sum, _, i) => (kindOf(i) === PageKind.mixed ? sum + 1 : sum), 0)
    const buffer = new Uint8Array(pages * PAGE_BYTES)
    if (pages > 0) this.#together.set(buffer.buffer, { pages, live: pages })
    let isOther = false
    let end = 0
    places.forEach((place, i) => {
      const kind = kindOf(i)
      const had = this.#pages[place] !== undefined
      isOther ||= had !== (kind !== PageKind.zeros)
      this.#forget(place)
      if (kind === PageKind.erased) this.#setPage(place, ERASED)
      if (kind !== PageKind.mixed) return
      const from = this.start + place * PAGE_BYTES
      const page = buffer.subarray(end, (end += PAGE_BYTES))
      page.set(this.#bytes.subarray(from, from + PAGE_BYTES))
      this.#setPage(place, page)
    })
    return isOther
  }

  /** What stands in buffers most of which is out of use is saved apart from them. */
  #refreshStale(): void {
    const stale = new Set<ArrayBufferLike>()
    for (const [buffer, { pages, live }] of this.#together)
      if (live < pages * (1 - MOST_STALE)) stale.add(buffer)
    if (stale.size === 0) return
    const places = this.#pages.flatMap((page, place) => (page && stale.has(page.buffer) ? [place] : []))
    this.#take(places, () => PageKind.mixed)
  }

  #setPage(place: number, page: Uint8Array): void {
    while (this.#pages.length < place) this.#pages.push(undefined)
    this.#pages[place] = page
  }

  #forget(place: number): void {
    const page = this.#pages[place]
    if (!page) return
    this.#pages[place] = undefined
    const together = this.#together.get(page.buffer)
    if (!together) return
    together.live -= 1
    if (together.live === 0) this.#together.delete(page.buffer)
  }

  #inOrder(known: Uint32Array | undefined): SavedPages {
    const all = this.#pages
    const places = known ?? Uint32Array.from(all.flatMap((page, place) => (page ? [place] : [])))
    return { places, pages: Array.from(places, (place) => all[place] ?? ERASED) }
  }

  #clear(place: number): void {
    const offset = place * PAGE_BYTES
    for (const from of [this.start, this.copy]) this.#bytes.fill(0, from + offset, from + offset + PAGE_BYTES)
  }
}
