import type { Address, Cycles } from '../cpu/bus.ts'

export const PHASE_BEGIN_PORT = 1
export const PHASE_END_PORT = 2

/** One pass through a phase. */
export interface PhaseSpan {
  readonly name: string
  readonly beginCycle: Cycles
  readonly endCycle: Cycles
  /** 0 outermost. */
  readonly depth: number
}

/** Told of phases as they happen. */
export interface PhaseListener {
  beginPhase(name: string, cycle: Cycles): void
  endPhase(name: string, cycle: Cycles): void
}

/** Told of each pass when it is over: an inner one before the one around it. */
export type SpanListener = (span: PhaseSpan) => void

interface OpenPhase {
  readonly value: number
  readonly name: string
  readonly beginCycle: Cycles
}

const LONGEST_NAME = 64
/** Phases of further names go by one name, and deeper ones are not taken: memory must not grow with the run. */
const MOST_NAMES = 1024
const DEEPEST = 256
const FURTHER = 'further phases'

/** Phases that the firmware marks with stores to ITM stimulus ports 1 (begin) and 2 (end): ARCHITECTURE.md, Markers. */
export class PhaseRecorder {
  /** Ends without a begin, begins that an outer end closed, and begins inside too many others. */
  unmatched = 0
  readonly #open: OpenPhase[] = []
  readonly #names = new Map<number, string>()
  readonly #readMemory: (address: Address, length: number) => Uint8Array

  /** @param readMemory reads flash or RAM; shorter or empty where there is none. */
  constructor(
    readMemory: (address: Address, length: number) => Uint8Array,
    private readonly listener?: PhaseListener,
    private readonly onSpan?: SpanListener,
  ) {
    this.#readMemory = readMemory
  }

  /** Give it every stimulus write; ports other than 1 and 2 are ignored. */
  onStimulus(port: number, value: number, now: Cycles): void {
    if (port === PHASE_BEGIN_PORT) this.#begin(value, now)
    else if (port === PHASE_END_PORT) this.#end(value, now)
  }

  #begin(value: number, now: Cycles): void {
    if (this.#open.length === DEEPEST) {
      this.unmatched += 1
      return
    }
    const name = this.#nameOf(value)
    this.#open.push({ value, name, beginCycle: now })
    this.listener?.beginPhase(name, now)
  }

  #end(value: number, now: Cycles): void {
    const index = this.#open.findLastIndex((phase) => phase.value === value)
    const phase = this.#open[index]
    if (!phase) {
      this.unmatched += 1
      return
    }
    this.unmatched += this.#open.length - 1 - index
    for (const { name } of this.#open.slice(index)) this.listener?.endPhase(name, now)
    this.#open.length = index
    this.onSpan?.({ name: phase.name, beginCycle: phase.beginCycle, endCycle: now, depth: index })
  }

  #nameOf(value: number): string {
    let name = this.#names.get(value)
    if (name === undefined) {
      if (this.#names.size === MOST_NAMES) return FURTHER
      name = readName(this.#readMemory(value, LONGEST_NAME)) ?? `0x${(value >>> 0).toString(16)}`
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
