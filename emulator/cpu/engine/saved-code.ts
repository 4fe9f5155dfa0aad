import { Cold, Entry, TABLE, classesOf, coldOf } from '../layout.ts'
import type { SavedStraightLine } from '../timing/pipeline/straight-line.ts'
import type { UncachedLines } from '../timing/uncached-lines.ts'

/** What stands in the table with the instruction cache on, or off. Entries go by their place: half-words of code. */
export interface SavedEntries {
  /** Of what has executed, or is about to: ascending. */
  readonly places: Uint32Array
  /** What they were decoded from, as `Cold.raw`. */
  readonly raw: Uint32Array
  /** As many bytes of each as `COST_BYTES`. */
  readonly costs: Uint8Array
  /** The two of each in one word: see `CLASSES`. */
  readonly classes: Uint32Array
  /** Of what is not decoded, but a branch to it is known to add cycles. */
  readonly enteredPlaces: Uint32Array
  readonly entered: Int32Array
  readonly enteredClasses: Uint32Array
}

/** What is known of a stretch of code. */
export interface SavedStretch {
  readonly stretch: number
  readonly on: SavedEntries
  readonly off: SavedEntries
  /** Places that have an ITSTATE, and it. */
  readonly itPlaces: Uint32Array
  readonly itStates: Uint8Array
}

/**
 * What is known of the code, but not how it was written into the table: that is made anew. All of it decides how long
 * code takes that has not executed before, and in what order it was met matters little, but not nothing.
 */
export interface SavedCode {
  readonly on: SavedStraightLine
  readonly off: SavedStraightLine
  /** In the order of their addresses. */
  readonly stretches: readonly SavedStretch[]
  readonly hidden: SavedHidden
}

/** Lines of the instruction cache whose miss is hidden in part, counted from the first, and the cycles. */
export interface SavedHidden {
  readonly lines: Uint32Array
  readonly cycles: Uint8Array
}

/** Where an entry says what it costs. */
export const COST_BYTES = [Entry.cost, Entry.taken, Entry.entered] as const

const ENTRY_BYTES = 16
/** Code is looked for in stretches of 64 half-words. */
export const STRETCH = 64

export const stretchOf = (entry: number): number => Math.floor((entry - TABLE) / ENTRY_BYTES / STRETCH)
export const placeOf = (entry: number): number => (entry - TABLE) / ENTRY_BYTES
export const entryAt = (place: number): number => TABLE + place * ENTRY_BYTES

/** What becomes `SavedEntries`. */
class Found {
  readonly #places: number[] = []
  readonly #raw: number[] = []
  readonly #costs: number[] = []
  readonly #classes: number[] = []
  readonly #enteredPlaces: number[] = []
  readonly #entered: number[] = []
  readonly #enteredClasses: number[] = []

  constructor(private readonly table: DataView) {}

  /** An entry, in ascending order. @param classesAt where its classes are, in the same words */
  look(place: number, words: DataView, at: number, classesAt: number): void {
    const classes = words.getUint32(classesAt, true)
    const entered = words.getInt8(at + Entry.entered)
    if (words.getUint16(at + Entry.handler, true) !== 0) {
      this.#places.push(place)
      this.#raw.push(this.table.getUint32(coldOf(entryAt(place)) + Cold.raw, true))
      for (const byte of COST_BYTES) this.#costs.push(words.getUint8(at + byte))
      this.#classes.push(classes)
    } else if (entered !== 0 || classes !== 0) {
      this.#enteredPlaces.push(place)
      this.#entered.push(entered)
      this.#enteredClasses.push(classes)
    }
  }

  get entries(): SavedEntries {
    if (this.#places.length === 0 && this.#enteredPlaces.length === 0) return NONE
    return {
      places: new Uint32Array(this.#places),
      raw: new Uint32Array(this.#raw),
      costs: new Uint8Array(this.#costs),
      classes: new Uint32Array(this.#classes),
      enteredPlaces: new Uint32Array(this.#enteredPlaces),
      entered: new Int32Array(this.#entered),
      enteredClasses: new Uint32Array(this.#enteredClasses),
    }
  }
}

const NONE: SavedEntries = {
  places: new Uint32Array(),
  raw: new Uint32Array(),
  costs: new Uint8Array(),
  classes: new Uint32Array(),
  enteredPlaces: new Uint32Array(),
  entered: new Int32Array(),
  enteredClasses: new Uint32Array(),
}

/** Finds in the table what is known of a stretch. */
export function findStretch(
  view: DataView,
  stretch: number,
  uncached: UncachedLines | undefined,
): SavedStretch {
  const on = new Found(view)
  const off = new Found(view)
  const itPlaces: number[] = []
  const itStates: number[] = []
  const end = entryAt((stretch + 1) * STRETCH)
  const bytes = uncached?.lineBytes ?? STRETCH * ENTRY_BYTES
  for (let first = entryAt(stretch * STRETCH); first < end; first += bytes) {
    const isOff = uncached?.isExchanged(first) ?? false
    const other = uncached?.awayWords(first)
    const away = other && new DataView(other.buffer)
    for (let at = 0; at < bytes; at += ENTRY_BYTES) {
      const entry = first + at
      const place = placeOf(entry)
      ;(isOff ? off : on).look(place, view, entry, classesOf(entry))
      if (away) (isOff ? on : off).look(place, away, at, bytes + at / 4)
      const itState = view.getUint8(coldOf(entry) + Cold.itState)
      if (itState === 0) continue
      itPlaces.push(place)
      itStates.push(itState)
    }
  }
  return {
    stretch,
    on: on.entries,
    off: off.entries,
    itPlaces: new Uint32Array(itPlaces),
    itStates: new Uint8Array(itStates),
  }
}
