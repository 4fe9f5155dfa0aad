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
import { CostClasses, NOTHING } from './cost-classes.ts'
import { EntryColumns, type SavedColumns } from './entry-columns.ts'
import { allReasons, fixedReasons, noCycles, sumOf, type CyclesByReason } from './reasons.ts'
import { cyclesOf, plain, type Landing, type Spent } from './spent.ts'

const isReason = (one: Counted): one is Exclude<Counted, 'landed' | 'skipped'> =>
  one !== 'landed' && one !== 'skipped'
/** Counted cycles that are a reason of their own; the rest are times. */
const columnReasons = counted.filter(isReason)

/** Places in `allReasons`: of fixed reasons, of what is counted (none where it is no reason), and others. */
const FIXED_PLACES = fixedReasons.map((reason) => allReasons.indexOf(reason))
const COUNTED_PLACES = counted.map((one) => (isReason(one) ? allReasons.indexOf(one) : undefined))
const EXCEPTION = allReasons.indexOf('exception')
const SLEEP = allReasons.indexOf('sleep')
const REFILL = allReasons.indexOf('refill')

/** Numbers of an instruction: its classes, and what had been counted when its costs became what they are. */
const Place = { isKnown: 0, executed: 1, landed: 2, executions: 3, skips: 4, landings: 5 } as const
const PLACE_WIDTH = 6

/**
 * Cycles of an instruction under costs that it has no more: those that, of a landing, the profile has at another
 * instruction, and one for each of `fixedReasons`.
 */
const Account = { moved: 0, reasons: 1 } as const
const ACCOUNT_WIDTH = 1 + fixedReasons.length

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

export interface SavedReasons {
  readonly classes: readonly Landing[]
  readonly places: SavedColumns
  readonly past: SavedColumns
}

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
  readonly #places = new EntryColumns(PLACE_WIDTH)
  readonly #past = new EntryColumns(ACCOUNT_WIDTH)
  /** Not saved: used while cycles are added up. */
  readonly #fixed = new Float64Array(fixedReasons.length)

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
    const at = this.#places.place(entry)
    const before = this.#places.of(entry)
    const isKnown = before?.[at] === 1
    const executedBefore = before?.[at + Place.executed] ?? NOTHING
    if (isKnown && executedBefore === executed && before[at + Place.landed] === landed) return
    const executions = this.#executions(entry) + (this.underWay() === entry ? 1 : 0)
    this.#settle(entry, executedBefore, executions)
    this.#book(this.#past, entry, executions)
    const place = this.#places.open(entry)
    place[at + Place.isKnown] = 1
    place[at + Place.executed] = executed
    place[at + Place.landed] = landed
    place[at + Place.executions] = executions
    place[at + Place.skips] = this.#column('skipped', entry)
    place[at + Place.landings] = this.#column('landed', entry)
  }

  /** Every instruction that has taken cycles or executed, by address. */
  instructions(): InstructionCycles[] {
    const known = this.#past.copy()
    for (const entry of this.#places.entries()) this.#book(known, entry, this.#executions(entry))
    return [...new Set([...known.entries(), ...this.#places.entries()])]
      .filter((entry) => isWritten(known, entry) || isWritten(this.#places, entry))
      .sort((a, b) => a - b)
      .map((entry) => this.#instruction(entry, known))
      .filter(
        // Cycles may be none, and yet a miss and what a landing hides of it.
        ({ cycles, executions, reasons }) =>
          cycles !== 0 || executions !== 0 || allReasons.some((reason) => reasons[reason] !== 0),
      )
  }

  #instruction(entry: number, accounts: EntryColumns): InstructionCycles {
    const at = accounts.place(entry)
    const account = accounts.of(entry)
    const cycles = this.#count(PROFILE + (entry - TABLE)) + (account?.[at + Account.moved] ?? 0)
    const reasons = noCycles()
    for (const [i, reason] of fixedReasons.entries())
      reasons[reason] += account?.[at + Account.reasons + i] ?? 0
    for (const column of columnReasons) reasons[column] += this.#column(column, entry)
    reasons.refill += cycles - sumOf(reasons)
    return { address: addressOf(entry), cycles, executions: this.#executions(entry), reasons }
  }

  #executions(entry: number): number {
    return this.#count(PROFILE + (entry - TABLE) + 8)
  }

  /** Adds what has been counted at a place since its costs are what they are. */
  #book(to: EntryColumns, entry: number, executed: number): void {
    const at = this.#places.place(entry)
    const place = this.#places.of(entry)
    if (place?.[at] !== 1) return
    const since = (now: number, field: number): number => now - (place[at + field] ?? 0)
    const skips = since(this.#column('skipped', entry), Place.skips)
    const executions = since(executed, Place.executions) - skips
    if (executions !== 0)
      addTo(to, entry, this.classes.spentAt(place[at + Place.executed] ?? NOTHING), executions)
    if (skips !== 0) addTo(to, entry, plain, skips)
    const landings = since(this.#column('landed', entry), Place.landings)
    if (landings === 0) return
    for (const { offset, spent } of this.classes.landingAt(place[at + Place.landed] ?? NOTHING)) {
      addTo(to, entry + 8 * offset, spent, landings)
      if (offset === 0) continue
      move(to, entry + 8 * offset, landings * cyclesOf(spent))
      move(to, entry, -landings * cyclesOf(spent))
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
    const place = underWay === 0 ? undefined : this.#places.of(underWay)
    const at = this.#places.place(underWay)
    if (place?.[at] !== 1) return reading
    const itsClass = FIRST_CLASS + (place[at + Place.executed] ?? NOTHING) / 8
    reading[itsClass] = (reading[itsClass] ?? 0) + 1
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
    const cycles = noCycles()
    const amounts = this.amounts(reading)
    for (let i = 0; i < allReasons.length; i++) cycles[allReasons[i] ?? 'refill'] = amounts[i] ?? 0
    return cycles
  }

  /** The same, in the order of `allReasons`. */
  amounts(reading: Reading): number[] {
    const amounts = new Array<number>(allReasons.length).fill(0)
    const fixed = this.#fixed.fill(0)
    this.classes.addUp(reading, FIRST_CLASS, fixed)
    for (let i = 0; i < fixed.length; i++) addAt(amounts, FIXED_PLACES[i], fixed[i])
    for (let i = 0; i < counted.length; i++) addAt(amounts, COUNTED_PLACES[i], reading[FIXED_FIELDS + i])
    addAt(amounts, EXCEPTION, reading[1])
    addAt(amounts, SLEEP, reading[2])
    let explained = 0
    for (const amount of amounts) explained += amount
    addAt(amounts, REFILL, (reading[0] ?? 0) - explained)
    return amounts
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

const addAt = (amounts: number[], place: number | undefined, more = 0): void => {
  if (place !== undefined) amounts[place] = (amounts[place] ?? 0) + more
}

const isWritten = (columns: EntryColumns, entry: number): boolean => {
  const at = columns.place(entry)
  const values = columns.of(entry)
  for (let i = at; i < at + columns.width; i++) if ((values?.[i] ?? 0) !== 0) return true
  return false
}

const addTo = (accounts: EntryColumns, entry: number, spent: Spent, times: number): void => {
  const account = accounts.open(entry)
  const at = accounts.place(entry) + Account.reasons
  for (let i = 0; i < fixedReasons.length; i++) {
    const each = spent[fixedReasons[i] ?? 'issue']
    if (each) account[at + i] = (account[at + i] ?? 0) + each * times
  }
}

/** Cycles that the profile has at another instruction. */
const move = (accounts: EntryColumns, entry: number, cycles: Cycles): void => {
  const account = accounts.open(entry)
  const at = accounts.place(entry) + Account.moved
  account[at] = (account[at] ?? 0) + cycles
}
