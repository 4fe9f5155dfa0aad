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

interface Found {
  readonly decoded: { readonly place: number; readonly costs: readonly number[]; readonly classes: number }[]
  readonly entered: [place: number, cycles: number, classes: number][]
}

/** Finds in the table what is known of a stretch. */
export function findStretch(
  view: DataView,
  stretch: number,
  uncached: UncachedLines | undefined,
): SavedStretch {
  const on: Found = { decoded: [], entered: [] }
  const off: Found = { decoded: [], entered: [] }
  const itPlaces: number[] = []
  const itStateAt = (place: number): number => view.getUint8(coldOf(entryAt(place)) + Cold.itState)
  const look = (found: Found, place: number, words: DataView, at: number, classesAt: number): void => {
    const classes = words.getUint32(classesAt, true)
    if (words.getUint16(at + Entry.handler, true) !== 0)
      found.decoded.push({ place, costs: COST_BYTES.map((byte) => words.getUint8(at + byte)), classes })
    else if (words.getInt8(at + Entry.entered) !== 0 || classes !== 0)
      found.entered.push([place, words.getInt8(at + Entry.entered), classes])
  }
  const end = (stretch + 1) * STRETCH
  for (let place = stretch * STRETCH; place < end; place++) {
    const entry = entryAt(place)
    look(uncached?.isExchanged(entry) ? off : on, place, view, entry, classesOf(entry))
    if (itStateAt(place) !== 0) itPlaces.push(place)
  }
  uncached?.forEachAway(entryAt(stretch * STRETCH), entryAt(end), (first, words) => {
    const found = uncached.isExchanged(first) ? on : off
    const away = new DataView(words.buffer)
    const bytes = uncached.lineBytes
    for (let at = 0; at < bytes; at += ENTRY_BYTES) look(found, placeOf(first + at), away, at, bytes + at / 4)
  })
  return {
    stretch,
    on: inOrder(on, view),
    off: inOrder(off, view),
    itPlaces: Uint32Array.from(itPlaces),
    itStates: Uint8Array.from(itPlaces, itStateAt),
  }
}

function inOrder({ decoded, entered }: Found, view: DataView): SavedEntries {
  decoded.sort((a, b) => a.place - b.place)
  entered.sort(([a], [b]) => a - b)
  return {
    places: Uint32Array.from(decoded, ({ place }) => place),
    costs: Uint8Array.from(decoded.flatMap(({ costs }) => costs)),
    classes: Uint32Array.from(decoded, ({ classes }) => classes),
    raw: Uint32Array.from(decoded, ({ place }) => view.getUint32(coldOf(entryAt(place)) + Cold.raw, true)),
    enteredPlaces: Uint32Array.from(entered, ([place]) => place),
    entered: Int32Array.from(entered, ([, cycles]) => cycles),
    enteredClasses: Uint32Array.from(entered, ([, , classes]) => classes),
  }
}
