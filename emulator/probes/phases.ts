import type { Address, Cycles } from '../cpu/bus.ts'
import { statistics } from './statistics.ts'
import type { CycleStatistics } from './statistics.ts'

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

export interface PhaseSummary extends CycleStatistics {
  readonly name: string
}

interface OpenPhase {
  readonly value: number
  readonly name: string
  readonly beginCycle: Cycles
}

const LONGEST_NAME = 64

/** Phases that the firmware marks with stores to ITM stimulus ports 1 (begin) and 2 (end): ARCHITECTURE.md, Markers. */
export class PhaseRecorder {
  readonly spans: PhaseSpan[] = []
  /** Ends without a begin, and begins that an outer end closed. */
  unmatched = 0
  readonly #open: OpenPhase[] = []
  readonly #names = new Map<number, string>()
  readonly #readMemory: (address: Address, length: number) => Uint8Array

  /** @param readMemory reads flash or RAM; shorter or empty where there is none. */
  constructor(readMemory: (address: Address, length: number) => Uint8Array) {
    this.#readMemory = readMemory
  }

  /** Give it every stimulus write; ports other than 1 and 2 are ignored. */
  onStimulus(port: number, value: number, now: Cycles): void {
    if (port === PHASE_BEGIN_PORT) this.#open.push({ value, name: this.#nameOf(value), beginCycle: now })
    else if (port === PHASE_END_PORT) this.#end(value, now)
  }

  /** Phases in the order in which they first ended. One that is still open when the run stops is not counted. */
  summary(): readonly PhaseSummary[] {
    const samples = new Map<string, number[]>()
    for (const { name, beginCycle, endCycle } of this.spans) {
      const list = samples.get(name)
      if (list) list.push(endCycle - beginCycle)
      else samples.set(name, [endCycle - beginCycle])
    }
    return [...samples].map(([name, list]) => ({ name, ...statistics(list) }))
  }

  #end(value: number, now: Cycles): void {
    const index = this.#open.findLastIndex((phase) => phase.value === value)
    const phase = this.#open[index]
    if (!phase) {
      this.unmatched += 1
      return
    }
    this.unmatched += this.#open.length - 1 - index
    this.#open.length = index
    this.spans.push({ name: phase.name, beginCycle: phase.beginCycle, endCycle: now, depth: index })
  }

  #nameOf(value: number): string {
    let name = this.#names.get(value)
    if (name === undefined) {
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
