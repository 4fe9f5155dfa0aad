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

/** Cycles of a phase, over rounds. */
export interface PhaseSummary extends CycleStatistics {
  readonly name: string
  /** Begin and end pairs, of which a round may have many. */
  readonly passes: number
}

/** One trip through the firmware's phases. */
export type Round = readonly PhaseSpan[]

/** Told of phases as they happen. */
export interface PhaseListener {
  beginPhase(name: string, cycle: Cycles): void
  endPhase(name: string, cycle: Cycles): void
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
  constructor(
    readMemory: (address: Address, length: number) => Uint8Array,
    private readonly listener?: PhaseListener,
  ) {
    this.#readMemory = readMemory
  }

  /** Give it every stimulus write; ports other than 1 and 2 are ignored. */
  onStimulus(port: number, value: number, now: Cycles): void {
    if (port === PHASE_BEGIN_PORT) {
      const name = this.#nameOf(value)
      this.#open.push({ value, name, beginCycle: now })
      this.listener?.beginPhase(name, now)
    } else if (port === PHASE_END_PORT) this.#end(value, now)
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

/**
 * Splits spans into rounds. A round ends where an outermost phase follows one that comes after it in the order of
 * first appearance: sensor x 100, preprocess, inference, output | sensor x 100, ...
 * Where that never happens, the spans are one round if the last phase comes once, and else a round each.
 * A last round that stops short of the last phase is left out: the run ended in the middle of it.
 */
export function rounds(spans: readonly PhaseSpan[]): readonly Round[] {
  const byBegin = [...spans].sort((a, b) => a.beginCycle - b.beginCycle || a.depth - b.depth)
  const rank = new Map<string, number>()
  for (const { name, depth } of byBegin) if (depth === 0 && !rank.has(name)) rank.set(name, rank.size)
  const found: PhaseSpan[][] = []
  let previous = Infinity
  for (const span of byBegin) {
    const own = span.depth === 0 ? (rank.get(span.name) ?? 0) : previous
    const current = found.at(-1)
    if (!current || own < previous) found.push([span])
    else current.push(span)
    previous = own
  }
  const isLastPhase = ({ name, depth }: PhaseSpan): boolean => depth === 0 && rank.get(name) === rank.size - 1
  if (found.length === 1 && byBegin.filter(isLastPhase).length > 1) return byBegin.map((span) => [span])
  return found.filter((round, i) => i < found.length - 1 || round.some(isLastPhase))
}

/** Phases in the order of their first begin, each summed within its rounds. */
export function summarisePhases(found: readonly Round[]): readonly PhaseSummary[] {
  const phases = new Map<string, { samples: number[]; passes: number }>()
  for (const round of found) {
    const inRound = new Map<string, number>()
    for (const { name, beginCycle, endCycle } of round) {
      inRound.set(name, (inRound.get(name) ?? 0) + endCycle - beginCycle)
      const phase = phases.get(name) ?? { samples: [], passes: 0 }
      phase.passes += 1
      phases.set(name, phase)
    }
    for (const [name, cycles] of inRound) phases.get(name)?.samples.push(cycles)
  }
  return [...phases].map(([name, { samples, passes }]) => ({ name, passes, ...statistics(samples) }))
}

function readName(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0)
  const text = bytes.subarray(0, end < 0 ? bytes.length : end)
  return text.length > 0 && text.every((c) => c >= 0x20 && c < 0x7f)
    ? String.fromCharCode(...text)
    : undefined
}
