import type { Ir, Value } from '../ir.ts'
import {
  CODE_BYTES,
  COLUMNS,
  COLUMN_BYTES,
  KNOWN_COUNTS,
  MOST_SLOTS,
  PROFILE,
  SETTLED,
  SLOTS,
  SLOT_COUNT,
  SLOT_VALUES,
  TABLE,
  UNSAVED_COUNT,
  UNSAVED_LINES,
  UNSAVED_MARKS,
  counted,
} from '../layout.ts'
import type { HelperFunction } from './helpers.ts'

/*
 * Counts by place lie far apart, and most are 0. A snapshot has those that are not, one after the other in the order of
 * their addresses: each has a slot from when it was found. New ones are looked for in lines of the instruction cache in
 * which something may have been counted since the last snapshot.
 */

/** Of a place in `KNOWN_COUNTS`: a bit for each count, and that all are to be looked at though none shows. */
const EXECUTIONS = 1
const COUNTS_OF_A_PLACE = 2 + counted.length
const ALL = (1 << COUNTS_OF_A_PLACE) - 1
const LOOK = 1 << 15

/** Something may have been counted in a line. @param line a table address shifted */
export function markUnsaved(ir: Ir, line: Value, shift: number): void {
  const marks = UNSAVED_MARKS - (TABLE >>> shift)
  ir.if(ir.eqz(ir.loadRaw('i32.8_u', line, marks)), () => {
    const count = ir.let(ir.state(UNSAVED_COUNT))
    ir.storeRaw('i32.8', line, marks, ir.i32(1))
    ir.storeRaw('i32.32', ir.shl(count, ir.i32(2)), UNSAVED_LINES, line)
    ir.setState(UNSAVED_COUNT, ir.add(count, ir.i32(1)))
  })
}

/** Where each count of a place is: what is added to its table address, shifted. */
const countsOfAPlace: readonly (readonly [shift: number, offset: number])[] = [
  [0, PROFILE - TABLE],
  [0, PROFILE - TABLE + 8],
  ...counted.map((_, column) => [1, COLUMNS + column * COLUMN_BYTES - TABLE / 2] as const),
]

/** Gives slots to all counts of a place that are not 0 and have none. */
function noteCountsOf(ir: Ir, entry: Value): void {
  const half = ir.let(ir.shrU(entry, ir.i32(1)))
  const eighth = ir.let(ir.shrU(entry, ir.i32(3)))
  const knownCounts = (): Value => ir.loadRaw('i32.16_u', eighth, KNOWN_COUNTS - TABLE / 8)
  const known = ir.let(knownCounts())
  const count = (index: number): Value => {
    const [shift, offset] = countsOfAPlace[index] ?? [0, 0]
    return ir.loadRaw('i64.64', shift === 0 ? entry : half, offset)
  }
  // What is counted in other columns goes with one of these, or was counted by the host, which marks it.
  const shows = ir.op('i64.or', ir.op('i64.or', count(0), count(1)), count(2))
  const isMissing = ir.ne(ir.and(known, ir.i32(ALL)), ir.i32(ALL))
  const isThere = ir.or(ir.op('i64.ne', shows, ir.i64(0n)), ir.ne(known, ir.i32(0)))
  ir.if(ir.and(isMissing, isThere), () => {
    countsOfAPlace.forEach(([shift, offset], index) => {
      const hasNone = ir.eqz(ir.and(known, ir.i32(1 << index)))
      ir.if(ir.and(hasNone, ir.op('i64.ne', count(index), ir.i64(0n))), () => {
        const slot = ir.let(ir.state(SLOT_COUNT))
        ir.if(ir.ltU(slot, ir.i32(MOST_SLOTS)), () => {
          const address = ir.add(shift === 0 ? entry : half, ir.i32(offset))
          ir.storeRaw('i32.32', ir.shl(slot, ir.i32(2)), SLOTS, address)
        })
        ir.setState(SLOT_COUNT, ir.add(slot, ir.i32(1)))
        ir.storeRaw('i32.16', eighth, KNOWN_COUNTS - TABLE / 8, ir.or(knownCounts(), ir.i32(1 << index)))
      })
    })
  })
}

/** The same for the places from one table address to before another. */
export const noteCounts: HelperFunction = {
  name: 'noteCounts',
  params: ['i32', 'i32'],
  result: undefined,
  body: (ir, from, to) => {
    const entry = ir.variable(from)
    ir.doWhile(() => {
      const at = ir.let(entry.get())
      noteCountsOf(ir, at)
      const next = ir.let(ir.add(at, ir.i32(16)))
      entry.set(next)
      return ir.ltU(next, to)
    })
  },
}

/** The same for all lines that are marked, which they are no more. */
export const noteLines = (shift = 0): HelperFunction => ({
  name: 'noteLines',
  params: [],
  result: undefined,
  body: (ir) => {
    const left = ir.variable(ir.state(UNSAVED_COUNT))
    const entry = ir.variable(ir.i32(0))
    ir.if(left.get(), () =>
      ir.doWhile(() => {
        const index = ir.let(ir.sub(left.get(), ir.i32(1)))
        const line = ir.let(ir.loadRaw('i32.32', ir.shl(index, ir.i32(2)), UNSAVED_LINES))
        ir.storeRaw('i32.8', line, UNSAVED_MARKS - (TABLE >>> shift), ir.i32(0))
        entry.set(ir.shl(line, ir.i32(shift)))
        ir.doWhile(() => {
          const at = ir.let(entry.get())
          noteCountsOf(ir, at)
          const next = ir.let(ir.add(at, ir.i32(16)))
          entry.set(next)
          return ir.eq(ir.shrU(next, ir.i32(shift)), line)
        })
        left.set(index)
        return index
      }),
    )
    ir.setState(UNSAVED_COUNT, ir.i32(0))
  },
})

/** Writes what the counts with slots are into `SLOT_VALUES`. Gives how many of them are 0. */
export const gatherCounts: HelperFunction = {
  name: 'gatherCounts',
  params: [],
  result: 'i32',
  body: (ir) => {
    const end = ir.let(ir.shl(ir.state(SLOT_COUNT), ir.i32(2)))
    const slot = ir.variable(ir.i32(0))
    const zeros = ir.variable(ir.i32(0))
    ir.if(end, () =>
      ir.doWhile(() => {
        const at = ir.let(slot.get())
        const value = ir.let(ir.loadRaw('i64.64', ir.loadRaw('i32.32', at, SLOTS), 0))
        ir.storeRaw('i64.64', ir.shl(at, ir.i32(1)), SLOT_VALUES, value)
        zeros.set(ir.add(zeros.get(), ir.op('i64.eqz', value)))
        const next = ir.let(ir.add(at, ir.i32(4)))
        slot.set(next)
        return ir.ltU(next, end)
      }),
    )
    ir.return(zeros.get())
  },
}

/** What the host does with slots. */
export class CountSlots {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #counts: BigInt64Array
  readonly #known: Uint16Array
  /** So many are in the order of their addresses. */
  #ordered = 0

  /** @param shift Lines of the instruction cache are as long as `1 << shift` bytes of the table. */
  constructor(
    buffer: ArrayBuffer,
    private readonly shift: number | undefined,
  ) {
    this.#words = new Int32Array(buffer)
    this.#bytes = new Uint8Array(buffer)
    this.#counts = new BigInt64Array(buffer)
    this.#known = new Uint16Array(buffer, KNOWN_COUNTS, CODE_BYTES / 2)
  }

  get length(): number {
    return this.#words[SLOT_COUNT / 4] ?? 0
  }

  /** Something may have been counted in the line of an entry, by the interpreter. */
  markLine(entry: number): void {
    if (this.shift === undefined || entry === 0) return
    const line = entry >>> this.shift
    const mark = UNSAVED_MARKS - (TABLE >>> this.shift) + line
    if (this.#bytes[mark] !== 0) return
    this.#bytes[mark] = 1
    const count = this.#words[UNSAVED_COUNT / 4] ?? 0
    this.#words[UNSAVED_LINES / 4 + count] = line
    this.#words[UNSAVED_COUNT / 4] = count + 1
  }

  /** Something was counted of an entry, by the host. */
  mark(entry: number): void {
    if (entry === 0) return
    const place = (entry - TABLE) / 16
    this.#known[place] = (this.#known[place] ?? 0) | LOOK
    this.markLine(entry)
  }

  /** All counts with slots become 0, and have none. */
  clear(): void {
    for (let slot = 0; slot < this.length; slot++) {
      const address = this.#addressOf(slot)
      this.#set(address, 0n)
      this.#known[placeOf(address)] = 0
    }
    this.#length = 0
  }

  /** What was found last comes to its place among the others. */
  order(): void {
    const { length } = this
    if (length === this.#ordered) return
    const slots = this.#words.subarray(SLOTS / 4, SLOTS / 4 + length)
    const found = slots.slice(this.#ordered).sort()
    let from = this.#ordered - 1
    for (let to = length - 1, next = found.length - 1; next >= 0; to--) {
      const [before = -1, one = 0] = [from < 0 ? -1 : slots[from], found[next]]
      if (before > one) from -= 1
      else next -= 1
      slots[to] = Math.max(before, one)
    }
    this.#ordered = length
  }

  /** Counts that are 0 again have no slots any more. */
  dropZeros(): void {
    let kept = 0
    for (let slot = 0; slot < this.length; slot++) {
      const address = this.#addressOf(slot)
      const place = placeOf(address)
      if (this.#counts[address / 8] === 0n)
        this.#known[place] = (this.#known[place] ?? 0) & ~(1 << countAt(address))
      else this.#words[SLOTS / 4 + kept++] = address
    }
    this.#words.fill(0, SLOTS / 4 + kept, SLOTS / 4 + this.length)
    this.#counts.fill(0n, SLOT_VALUES / 8 + kept, SLOT_VALUES / 8 + this.length)
    this.#length = kept
  }

  set #length(length: number) {
    this.#words[SLOT_COUNT / 4] = length
    this.#ordered = length
  }

  /** Where no count has a slot: as many of `SLOTS` and `SLOT_VALUES` are given, and all is settled. */
  restore(length: number): void {
    if (!(length >= 0 && length <= MOST_SLOTS)) throw new Error(`there are no ${length} counts`)
    for (let slot = 0; slot < length; slot++)
      if (!isCount(this.#addressOf(slot))) throw new Error('a count is of no instruction')
    this.#length = length
    for (let slot = 0; slot < length; slot++) {
      const address = this.#addressOf(slot)
      const place = placeOf(address)
      this.#set(address, this.#counts[SLOT_VALUES / 8 + slot] ?? 0n)
      this.#known[place] = (this.#known[place] ?? 0) | (1 << countAt(address))
    }
  }

  #addressOf(slot: number): number {
    return this.#words[SLOTS / 4 + slot] ?? 0
  }

  #set(address: number, value: bigint): void {
    this.#counts[address / 8] = value
    if (countAt(address) === EXECUTIONS) this.#counts[SETTLED / 8 + placeOf(address)] = value
  }
}

const isCount = (address: number): boolean =>
  address % 8 === 0 &&
  ((address >= PROFILE && address < PROFILE + CODE_BYTES * 8) ||
    (address >= COLUMNS && address < COLUMNS + counted.length * COLUMN_BYTES))

/** Which of its place's counts an address has. */
const countAt = (address: number): number =>
  address < COLUMNS ? ((address - PROFILE) / 8) % 2 : 2 + Math.floor((address - COLUMNS) / COLUMN_BYTES)

const placeOf = (address: number): number =>
  address < COLUMNS ? Math.floor((address - PROFILE) / 16) : ((address - COLUMNS) % COLUMN_BYTES) / 8
