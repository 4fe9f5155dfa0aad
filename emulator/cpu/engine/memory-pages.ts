import {
  COUNTS,
  COUNTS_BYTES,
  FLASH,
  FLASH_BYTES,
  MOST_SLOTS,
  RAM,
  RAM_BYTES,
  SAVED,
  SAVED_COUNTS,
  SAVED_SLOTS,
  SAVED_VALUES,
  SLOTS,
  SLOT_VALUES,
  TOUCHED,
} from '../layout.ts'
import type { CountSlots } from './count-slots.ts'
import { PAGE_BYTES, pageComparison, type ChangedPages } from './page-comparison.ts'
import { PagedMemory, type SavedPages } from './paged-memory.ts'

export interface SavedMemory {
  readonly flash: SavedPages
  readonly ram: SavedPages
  readonly touched: SavedPages
  /** Counts by class. */
  readonly classes: SavedPages
  /** Addresses of the counts by place that are other than 0, and these. */
  readonly slots: SavedPages
  readonly values: SavedPages
  readonly slotCount: number
}

const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES)

/**
 * Flash, RAM and what is counted, in pages that one snapshot shares with the one before where they have not changed.
 * That is found out against a copy in linear memory; of flash where it was written.
 */
export class MemoryPages {
  readonly #flash: PagedMemory
  readonly #ram: PagedMemory
  readonly #touched: PagedMemory
  readonly #classes: PagedMemory
  readonly #slots: PagedMemory
  readonly #values: PagedMemory
  /** Pages of flash that may have been written since they were last saved. */
  #written: { begin: number; end: number } = { begin: 0, end: pagesOf(FLASH_BYTES) }

  constructor(
    memory: WebAssembly.Memory,
    private readonly countSlots: CountSlots,
  ) {
    const late: { changed?: ChangedPages } = {}
    // Most machines are never saved.
    const changed: ChangedPages = (from, to, copy) =>
      (late.changed ??= pageComparison(memory))(from, to, copy)
    const paged = (start: number, bytes: number, copy: number): PagedMemory =>
      new PagedMemory(memory.buffer, start, copy, pagesOf(bytes), changed)
    this.#flash = paged(FLASH, FLASH_BYTES, SAVED)
    this.#ram = paged(RAM, RAM_BYTES, SAVED + RAM - FLASH)
    this.#touched = paged(TOUCHED, RAM_BYTES / 4, SAVED + TOUCHED - FLASH)
    this.#classes = paged(COUNTS, COUNTS_BYTES, SAVED_COUNTS)
    this.#slots = paged(SLOTS, 4 * MOST_SLOTS, SAVED_SLOTS)
    this.#values = paged(SLOT_VALUES, 8 * MOST_SLOTS, SAVED_VALUES)
  }

  /** Somebody other than the processor writes code memory. */
  written(offset: number, length: number): void {
    if (offset >= FLASH_BYTES || length <= 0) return
    const { begin, end } = this.#written
    this.#written = {
      begin: Math.min(begin, Math.floor(offset / PAGE_BYTES)),
      end: Math.max(end, pagesOf(Math.min(offset + length, FLASH_BYTES))),
    }
  }

  /** After what is counted was gathered. @param classes that there are */
  save(classes: number): SavedMemory {
    const flash = this.#flash.save(this.#written.begin, this.#written.end)
    this.#written = NOTHING
    const slotCount = this.countSlots.length
    return {
      flash,
      ram: this.#ram.save(0, pagesOf(RAM_BYTES)),
      touched: this.#touched.save(0, pagesOf(RAM_BYTES / 4)),
      classes: this.#classes.save(0, pagesOf(8 * classes)),
      slots: this.#slots.save(0, pagesOf(4 * slotCount)),
      values: this.#values.save(0, pagesOf(8 * slotCount)),
      slotCount,
    }
  }

  /** After all counts were noted. */
  restore({ flash, ram, touched, classes, slots, values, slotCount }: SavedMemory): void {
    this.#flash.restore(flash, pagesOf(FLASH_BYTES))
    this.#written = NOTHING
    this.#ram.restore(ram, pagesOf(RAM_BYTES))
    this.#touched.restore(touched, pagesOf(RAM_BYTES / 4))
    this.#classes.restore(classes, pagesOf(COUNTS_BYTES))
    const { length } = this.countSlots
    this.countSlots.clear()
    this.#slots.restore(slots, pagesOf(4 * length))
    this.#values.restore(values, pagesOf(8 * length))
    this.countSlots.restore(slotCount)
  }
}

const NOTHING = { begin: Infinity, end: 0 }
