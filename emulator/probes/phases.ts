import type { Address, Cycles } from '../cpu/bus.ts'
import { addBetween, noReading, type Reading } from './readings.ts'

export const PHASE_BEGIN_PORT = 1
export const PHASE_END_PORT = 2

/** One pass through a phase. */
export interface PhaseSpan {
  readonly name: string
  readonly beginCycle: Cycles
  readonly endCycle: Cycles
  /** 0 outermost. */
  readonly depth: number
  /** What was counted in it; empty where nothing is. */
  readonly counts: Reading
}

/** Told of phases as they happen. */
export interface PhaseListener {
  beginPhase(name: string, cycle: Cycles): void
  /** @param counts what was counted in it; empty where nothing is */
  endPhase(name: string, cycle: Cycles, counts: Reading): void
  /** It will not end, and is not to be counted. */
  abandonPhase(name: string, cycle: Cycles): void
}

/** Told of each pass when it is over: an inner one before the one around it. */
export type SpanListener = (span: PhaseSpan) => void

/** What is wrong with a firmware's markers. */
export interface PhaseNote {
  readonly message: string
  readonly firstCycle: Cycles
  readonly count: number
}

interface OpenPhase {
  readonly value: number
  readonly name: string
  readonly beginCycle: Cycles
  readonly from: Reading
}

export interface SavedPhases {
  readonly open: readonly OpenPhase[]
  readonly names: readonly (readonly [value: number, name: string])[]
  readonly notes: readonly PhaseNote[]
  readonly passes: readonly string[]
}

const LONGEST_NAME = 64
/** Phases of further names go by one name, and deeper ones are not taken: memory must not grow with the run. */
const MOST_NAMES = 1024
const DEEPEST = 256
const FURTHER = 'further phases'
const MOST_NOTES = 32

/** Phases that the firmware marks with stores to ITM stimulus ports 1 (begin) and 2 (end): docs/phases.md. */
export class PhaseRecorder {
  readonly #open: OpenPhase[] = []
  readonly #names = new Map<number, string>()
  readonly #notes = new Map<string, { firstCycle: Cycles; count: number }>()
  readonly #passes = new Set<string>()
  readonly #readMemory: (address: Address, length: number) => Uint8Array

  /**
   * @param readMemory reads flash or RAM; shorter or empty where there is none
   * @param taken names of phases that are somebody else's
   * @param reading what has been counted until now
   */
  constructor(
    readMemory: (address: Address, length: number) => Uint8Array,
    private readonly listener?: PhaseListener,
    private readonly onSpan?: SpanListener,
    private readonly taken: ReadonlySet<string> = new Set(),
    private readonly reading: () => Reading = () => noReading,
  ) {
    this.#readMemory = readMemory
  }

  save(): SavedPhases {
    return {
      open: [...this.#open],
      names: [...this.#names],
      notes: Array.from(this.#notes, ([message, note]) => ({ message, ...note })),
      passes: [...this.#passes],
    }
  }

  restore({ open, names, notes, passes }: SavedPhases): void {
    this.#open.splice(0, Infinity, ...open)
    this.#names.clear()
    for (const [value, name] of names) this.#names.set(value, name)
    this.#notes.clear()
    for (const { message, firstCycle, count } of notes) this.#notes.set(message, { firstCycle, count })
    this.#passes.clear()
    for (const name of passes) this.#passes.add(name)
  }

  /** Give it every stimulus write; ports other than 1 and 2 are ignored. */
  onStimulus(port: number, value: number, now: Cycles): void {
    if (port === PHASE_BEGIN_PORT) this.#begin(value, now)
    else if (port === PHASE_END_PORT) this.#end(value, now)
  }

  /** The chip is reset: what is open will not end. */
  reset(now: Cycles): void {
    for (const { name } of this.#open.splice(0)) {
      this.#note(`phase ${name} was under way when the chip was reset; it is not counted`, now)
      this.listener?.abandonPhase(name, now)
    }
  }

  /** Markers that belong to nothing. The run is over: what is open now and never ended is among them. */
  notes(): readonly PhaseNote[] {
    const never = this.#open
      .filter(({ name }) => !this.#passes.has(name))
      .map(({ name, beginCycle }) => ({
        message: `phase ${name} began and never ended, so it is not among the phases`,
        firstCycle: beginCycle,
        count: 1,
      }))
    return [
      ...[...this.#notes].map(([message, note]) => ({ message, ...note })),
      ...never.slice(0, MOST_NOTES),
    ]
  }

  #begin(value: number, now: Cycles): void {
    const name = this.#nameOf(value)
    if (this.#open.length === DEEPEST) {
      this.#note(`phase ${name} is not counted: it begins inside ${DEEPEST} others that have not ended`, now)
      return
    }
    this.#open.push({ value, name, beginCycle: now, from: this.reading() })
    this.listener?.beginPhase(name, now)
  }

  /** By the value that began it, by the name at that address (a literal may stand twice), or with 0 the innermost. */
  #end(value: number, now: Cycles): void {
    let index = this.#open.findLastIndex((phase) => phase.value === value)
    if (index < 0 && value === 0) index = this.#open.length - 1
    const name = this.#nameOf(value)
    if (index < 0) index = this.#open.findLastIndex((phase) => phase.name === name)
    if (index >= 0) this.#close(index, now)
    else
      this.#note(
        value === 0
          ? 'a phase ends (0 to ITM port 2) where none has begun'
          : `a phase ends that has not begun: ITM port 2 was given ${name}, which port 1 was not`,
        now,
      )
  }

  #close(index: number, now: Cycles): void {
    const phase = this.#open[index]
    if (!phase) return
    for (const inner of this.#open.slice(index + 1))
      this.#note(`phase ${inner.name} had not ended when ${phase.name} around it did; it is not counted`, now)
    const reading = this.reading()
    const countsOf = ({ from }: OpenPhase): Reading => addBetween(noReading, from, reading)
    const counts = countsOf(phase)
    this.listener?.endPhase(phase.name, now, counts)
    for (const one of this.#open.slice(index + 1)) this.listener?.endPhase(one.name, now, countsOf(one))
    this.#open.length = index
    this.#passes.add(phase.name)
    const { name, beginCycle } = phase
    this.onSpan?.({ name, beginCycle, endCycle: now, depth: index, counts })
  }

  #note(message: string, now: Cycles): void {
    const known = this.#notes.get(message)
    if (known) known.count += 1
    else if (this.#notes.size < MOST_NOTES) this.#notes.set(message, { firstCycle: now, count: 1 })
  }

  #nameOf(value: number): string {
    let name = this.#names.get(value)
    if (name === undefined) {
      if (this.#names.size === MOST_NAMES) return FURTHER
      name = readName(this.#readMemory(value, LONGEST_NAME)) ?? `0x${(value >>> 0).toString(16)}`
      if (this.taken.has(name)) name += ' (marker)'
      this.#names.set(value, name)
    }
    return name
  }
}

function readName(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0)
  const text = bytes.subarray(0, end < 0 ? bytes.length : end)
  return text.length > 0 && text.every((c) => c >= 0x20 && c < 0x7f)
    ? String.fromCharCode(...text)
    : undefined
}
