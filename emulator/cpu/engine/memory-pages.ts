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
import { PagedMemory, type SavedPages } from './paged-memory.ts'

export interface SavedMemory {
  readonly flash: SavedPages
  readonly ram: SavedPages
  readonly touched: SavedPages
  readonly profile: SavedPages
  /** Counts by class, and the columns beside the profile. */
  readonly counts: SavedPages
}

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
