import {
  COLUMN_BYTES,
  COUNTS,
  COUNTS_BYTES,
  FLASH,
  FLASH_BYTES,
  PROFILE,
  RAM,
  RAM_BYTES,
  SAVED,
  SAVED_COUNTS,
  SAVED_PROFILE,
  SETTLED,
  TOUCHED,
  UNCACHED,
  counted,
} from '../layout.ts'
import { PAGE_BYTES, pageComparison, type ComparePage } from './page-comparison.ts'

/** The pages of a memory that are not all zeros, with their numbers, ascending. Pages are never written again. */
export interface SavedPages {
  readonly places: Uint32Array
  readonly pages: readonly Uint8Array[]
}

export interface SavedMemory {
  readonly flash: SavedPages
  readonly ram: SavedPages
  readonly touched: SavedPages
  readonly profile: SavedPages
  /** Counts by class, and the columns beside the profile. */
  readonly counts: SavedPages
}

const ERASED = new Uint8Array(PAGE_BYTES).fill(0xff)
const allPages = (bytes: number): readonly number[] =>
  Array.from({ length: bytes / PAGE_BYTES }, (_, place) => place)

/**
 * Flash, RAM and what is counted, in pages that one snapshot shares with the one before where they have not changed.
 * That is found out against a copy in linear memory; of the profile where code was ever decoded, of flash where it was
 * written.
 */
export class MemoryPages {
  readonly #flash: PagedMemory
  readonly #ram: PagedMemory
  readonly #touched: PagedMemory
  readonly #profile: PagedMemory
  readonly #counts: PagedMemory
  /** Pages of flash that may have been written since they were last saved. */
  #written = new Set<number>(allPages(FLASH_BYTES))
  #codePages: readonly number[] = []
  #countPages: readonly number[] = []
  #countedStretches = -1

  /** @param stretches Where code was ever decoded, 64 half-words each: as many as a page of the profile is about. */
  constructor(
    memory: WebAssembly.Memory,
    private readonly stretches: ReadonlySet<number>,
  ) {
    const late: { compare?: ComparePage } = {}
    // Most machines are never saved.
    const compare: ComparePage = (at, copy) => (late.compare ??= pageComparison(memory))(at, copy)
    const paged = (start: number, bytes: number, copy = SAVED + start - FLASH): PagedMemory =>
      new PagedMemory(memory.buffer, start, copy, bytes / PAGE_BYTES, compare)
    this.#flash = paged(FLASH, FLASH_BYTES)
    this.#ram = paged(RAM, RAM_BYTES)
    this.#touched = paged(TOUCHED, RAM_BYTES / 4)
    this.#profile = paged(PROFILE, UNCACHED - PROFILE, SAVED_PROFILE)
    this.#counts = paged(COUNTS, SETTLED - COUNTS, SAVED_COUNTS)
  }

  /** Somebody other than the processor writes code memory. */
  written(offset: number, length: number): void {
    const last = Math.min(offset + length, FLASH_BYTES) - 1
    for (let page = Math.floor(offset / PAGE_BYTES); page * PAGE_BYTES <= last; page++)
      this.#written.add(page)
  }

  save(): SavedMemory {
    const flash = this.#flash.save([...this.#written])
    this.#written.clear()
    return {
      flash,
      ram: this.#ram.save(RAM_PAGES),
      touched: this.#touched.save(TOUCHED_PAGES),
      profile: this.#profile.save(this.#profilePages()),
      counts: this.#counts.save(this.#allCountPages()),
    }
  }

  restore({ flash, ram, touched, profile, counts }: SavedMemory): void {
    this.#flash.restore(flash, FLASH_PAGES)
    this.#written.clear()
    this.#ram.restore(ram, RAM_PAGES)
    this.#touched.restore(touched, TOUCHED_PAGES)
    this.#profile.restore(profile, this.#profilePages())
    this.#counts.restore(counts, this.#allCountPages())
  }

  #profilePages(): readonly number[] {
    if (this.#codePages.length !== this.stretches.size) this.#codePages = [...this.stretches]
    return this.#codePages
  }

  /** Those of the classes, and of each column where code was decoded: a page of it is two stretches. */
  #allCountPages(): readonly number[] {
    if (this.#countedStretches === this.stretches.size) return this.#countPages
    this.#countedStretches = this.stretches.size
    const classes = COUNTS_BYTES / PAGE_BYTES
    const stretches = new Set([...this.stretches].map((stretch) => stretch >> 1))
    this.#countPages = [
      ...allPages(COUNTS_BYTES),
      ...counted.flatMap((_, column) =>
        [...stretches].map((page) => classes + (column * COLUMN_BYTES) / PAGE_BYTES + page),
      ),
    ]
    return this.#countPages
  }
}

const FLASH_PAGES = allPages(FLASH_BYTES)
const RAM_PAGES = allPages(RAM_BYTES)
const TOUCHED_PAGES = allPages(RAM_BYTES / 4)

/** A range of linear memory, and a copy of it as it was last saved. */
class PagedMemory {
  readonly #bytes: Uint8Array
  readonly #pages = new Map<number, Uint8Array>()
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
    let isNew = false
    for (const place of places) {
      const offset = place * PAGE_BYTES
      if (this.compare(this.start + offset, this.copy + offset) === 0) continue
      isNew = true
      const page = this.#bytes.slice(this.start + offset, this.start + offset + PAGE_BYTES)
      if (isAll(page, 0)) this.#pages.delete(place)
      else this.#pages.set(place, isAll(page, 0xff) ? ERASED : page)
    }
    if (isNew) this.#saved = inOrder(this.#pages)
    return this.#saved
  }

  /** @param places pages that may hold anything now */
  restore(saved: SavedPages, places: readonly number[]): void {
    for (const place of places) this.#clear(place)
    for (const place of this.#pages.keys()) this.#clear(place)
    this.#pages.clear()
    saved.places.forEach((place, i) => {
      const page = saved.pages[i]
      if (page?.length !== PAGE_BYTES || place >= this.count) throw new Error(`there is no page ${place}`)
      this.#pages.set(place, page)
      this.#bytes.set(page, this.start + place * PAGE_BYTES)
      this.#bytes.set(page, this.copy + place * PAGE_BYTES)
    })
    this.#saved = saved
  }

  #clear(place: number): void {
    const offset = place * PAGE_BYTES
    for (const from of [this.start, this.copy]) this.#bytes.fill(0, from + offset, from + offset + PAGE_BYTES)
  }
}

const isAll = (page: Uint8Array, value: number): boolean =>
  page[0] === value && page.every((byte) => byte === value)

function inOrder(pages: ReadonlyMap<number, Uint8Array>): SavedPages {
  const places = Uint32Array.from(pages.keys()).sort()
  return { places, pages: Array.from(places, (place) => pages.get(place) ?? ERASED) }
}
