import type { Address, Cycles } from '../bus.ts'
import {
  COUNTS,
  PROFILE,
  State,
  TABLE,
  addressOf,
  columnOf,
  counted,
  settledOf,
  type Counted,
} from '../layout.ts'
import { ChunkedMap, type SavedChunks } from './chunked-map.ts'
import { CostClasses, NOTHING } from './cost-classes.ts'
import {
  addReasons,
  allReasons,
  fixedReasons,
  noCycles,
  sumOf,
  type CyclesByReason,
  type Reason,
} from './reasons.ts'
import { cyclesOf, nothing, plain, plus, type Landing, type Spent } from './spent.ts'

/** Classes of an instruction, and what had been counted when its costs became what they are. */
interface Place {
  readonly executed: number
  readonly landed: number
  readonly executions: number
  readonly skips: number
  readonly landings: number
}

/** Cycles of an instruction and their reasons, which add up to them. */
export interface InstructionCycles {
  readonly address: Address
  readonly cycles: Cycles
  readonly executions: number
  readonly reasons: CyclesByReason
}

/**
 * All counts at one moment: time, exceptions, sleep, the totals of `counted`, the classes. Differences and sums of
 * readings are readings. A shorter one has zeros at its end.
 */
export type Reading = Float64Array

const FIXED_FIELDS = 3
const FIRST_CLASS = FIXED_FIELDS + counted.length

/** What an instruction has been charged before it executes. */
export interface Charged {
  /** For its line of the instruction cache. */
  readonly miss: Cycles
  /** For a branch that led to it, and what that is counted as: a place in `COUNTS`. */
  readonly landing: Cycles
  readonly landed: number
}

/** Counted cycles that are a reason of their own; the rest are times. */
const isReason = (one: Counted): one is Exclude<Counted, 'landed' | 'skipped'> =>
  one !== 'landed' && one !== 'skipped'
const columnReasons = counted.filter(isReason)

const untouched: Place = { executed: NOTHING, landed: NOTHING, executions: 0, skips: 0, landings: 0 }

export interface SavedReasons {
  readonly classes: readonly Landing[]
  readonly places: SavedChunks<Place>
  readonly past: SavedChunks<Account>
}

/** Cycles of an instruction whose reasons are known before it executes. */
interface Account {
  readonly spent: Spent
  /** Of a landing, cycles that the profile has at another instruction. */
  readonly moved: Cycles
}

const empty: Account = { spent: nothing, moved: 0 }

/**
 * The reasons of cycles, out of what the interpreter counts: executions by what they cost, and in columns what is not
 * known before. What no count explains are taken conditional branches, less the refills of branches that an exception
 * return has filled instead. Exact between calls of `execute`, totals also within one.
 */
export class CycleReasons {
  readonly classes = new CostClasses()
  /** Not saved: memory. */
  readonly #words: Int32Array
  /** Not saved: memory. */
  readonly #counts: BigInt64Array
  readonly #places = new ChunkedMap<Place>()
  readonly #past = new ChunkedMap<Account>()

  /**
   * @param underWay Table address of the instruction that calls the host, which is counted when it ends; or 0.
   * @param settleCounts Adds to `COUNTS` what has executed.
   */
  constructor(
    buffer: ArrayBuffer,
    private readonly underWay: () => number,
    private readonly settleCounts: () => void,
  ) {
    this.#words = new Int32Array(buffer)
    this.#counts = new BigInt64Array(buffer)
  }

  /** From now on an instruction has these classes. */
  stands(entry: number, executed: number, landed: number): void {
    const place = this.#places.get(entry) ?? untouched
    if (place.executed === executed && place.landed === landed && place !== untouched) return
    const now = this.#countsAt(entry)
    const executions = now.executions + (this.underWay() === entry ? 1 : 0)
    this.#settle(entry, place.executed, executions)
    this.#book(this.#past, entry, place, { ...now, executions })
    this.#places.set(entry, { executed, landed, ...now, executions })
  }

  /** Every instruction that has taken cycles or executed, by address. */
  instructions(): InstructionCycles[] {
    const known = new Map(this.#past.entries())
    for (const [entry, place] of this.#places.entries())
      this.#book(known, entry, place, this.#countsAt(entry))
    return [...new Set([...known.keys(), ...this.#places.keys()])]
      .sort((a, b) => a - b)
      .map((entry) => this.#instruction(entry, known.get(entry) ?? empty))
      .filter(
        // Cycles may be none, and yet a miss and what a landing hides of it.
        ({ cycles, executions, reasons }) =>
          cycles !== 0 || executions !== 0 || allReasons.some((reason) => reasons[reason] !== 0),
      )
  }

  #instruction(entry: number, { spent, moved }: Account): InstructionCycles {
    const cycles = this.#count(PROFILE + (entry - TABLE)) + moved
    const reasons = noCycles()
    addReasons(reasons, spent)
    for (const column of columnReasons) reasons[column] += this.#column(column, entry)
    reasons.refill += cycles - sumOf(reasons)
    return { address: addressOf(entry), cycles, executions: this.#countsAt(entry).executions, reasons }
  }

  #countsAt(entry: number): Pick<Place, 'executions' | 'skips' | 'landings'> {
    return {
      executions: this.#count(PROFILE + (entry - TABLE) + 8),
      skips: this.#column('skipped', entry),
      landings: this.#column('landed', entry),
    }
  }

  /** Adds what has been counted at a place since its costs are what they are. */
  #book(
    to: Pick<Map<number, Account>, 'get'> & { set(entry: number, account: Account): unknown },
    entry: number,
    place: Place,
    now: Pick<Place, 'executions' | 'skips' | 'landings'>,
  ): void {
    const add = (at: number, more: Spent, times: number): void => {
      if (times === 0) return
      const { spent, moved } = to.get(at) ?? empty
      to.set(at, { spent: plus(spent, more, times), moved })
    }
    const move = (at: number, cycles: number): void => {
      const { spent, moved } = to.get(at) ?? empty
      to.set(at, { spent, moved: moved + cycles })
    }
    const skips = now.skips - place.skips
    add(entry, this.classes.spentAt(place.executed), now.executions - place.executions - skips)
    add(entry, plain, skips)
    const landings = now.landings - place.landings
    if (landings === 0) return
    for (const { offset, spent } of this.classes.landingAt(place.landed)) {
      const at = entry + 8 * offset
      add(at, spent, landings)
      if (offset === 0) continue
      move(at, landings * cyclesOf(spent))
      move(entry, -landings * cyclesOf(spent))
    }
  }

  /** Counts as they are, cheap enough for each operator of each inference. */
  reading(now: Cycles, exception: Cycles, sleep: Cycles): Reading {
    this.settleCounts()
    const underWay = this.underWay()
    const classes = this.classes.count
    const reading = new Float64Array(FIRST_CLASS + classes)
    reading[0] = now
    reading[1] = exception
    reading[2] = sleep
    const words = this.#words
    const copy = (to: number, address: number, count: number): void => {
      for (let i = 0, at = address >> 2; i < count; i++, at += 2)
        reading[to + i] = (words[at + 1] ?? 0) * 2 ** 32 + ((words[at] ?? 0) >>> 0)
    }
    copy(FIXED_FIELDS, State.totals, counted.length)
    copy(FIRST_CLASS, COUNTS, classes)
    const place = underWay === 0 ? undefined : this.#places.get(underWay)
    if (place)
      reading[FIRST_CLASS + place.executed / 8] = (reading[FIRST_CLASS + place.executed / 8] ?? 0) + 1
    return reading
  }

  /** What an instruction has been charged that has not executed shall not be in a reading. */
  takeBack(reading: Reading, { miss, landing, landed }: Charged): void {
    const lower = (place: number, by: number): void => {
      reading[place] = (reading[place] ?? 0) - by
    }
    lower(0, miss + landing)
    lower(FIXED_FIELDS + counted.indexOf('miss'), miss)
    if (landed !== NOTHING) lower(FIRST_CLASS + landed / 8, 1)
  }

  /** The reasons of a reading's cycles, or of a difference of readings. */
  of(reading: Reading): CyclesByReason {
    const cycles: Record<Reason, number> = noCycles()
    const fixed = new Float64Array(fixedReasons.length)
    this.classes.addUp(reading, FIRST_CLASS, fixed)
    for (let i = 0; i < fixedReasons.length; i++) cycles[fixedReasons[i] ?? 'issue'] += fixed[i] ?? 0
    for (let i = 0; i < counted.length; i++) {
      const column = counted[i]
      if (column !== undefined && isReason(column)) cycles[column] += reading[FIXED_FIELDS + i] ?? 0
    }
    cycles.exception = reading[1] ?? 0
    cycles.sleep = reading[2] ?? 0
    cycles.refill += (reading[0] ?? 0) - sumOf(cycles)
    return cycles
  }

  /** Plain data; what has not changed is shared with the last time. */
  save(): SavedReasons {
    return { classes: this.classes.save(), places: this.#places.save(), past: this.#past.save() }
  }

  restore(saved: SavedReasons): void {
    this.classes.restore(saved.classes)
    this.#places.restore(saved.places)
    this.#past.restore(saved.past)
  }

  /** What an instruction has executed until now is of a class. */
  #settle(entry: number, executed: number, executions: number): void {
    const settled = settledOf(entry) / 8
    const place = (COUNTS + executed) / 8
    const more = BigInt(executions) - (this.#counts[settled] ?? 0n)
    this.#counts[settled] = BigInt(executions)
    this.#counts[place] = (this.#counts[place] ?? 0n) + more
  }

  #column(what: Counted, entry: number): number {
    return this.#count(columnOf(what, entry))
  }

  /** Signed, 64 bits. */
  #count(address: number): number {
    const low = this.#words[address >> 2] ?? 0
    return (this.#words[(address >> 2) + 1] ?? 0) * 2 ** 32 + (low >>> 0)
  }
}
