import type { Address, Cycles } from '../bus.ts'
import type { TimingClass } from '../instructions/table.ts'
import { codeOffset } from '../layout.ts'

/** Cycles of executed instructions beyond one each, as DWT counts them; ARMv7-M ARM C1.8.2. */
export interface InstructionCycles {
  readonly instructions: number
  /** Further cycles of instructions other than loads and stores, CPICNT. */
  readonly cpi: Cycles
  /** Further cycles of loads and stores, LSUCNT. */
  readonly lsu: Cycles
  /** Instructions that took no cycle, FOLDCNT. */
  readonly fold: number
}

/**
 * cycles = instructions + cpi + exception + sleep + lsu - fold, over a whole run. Of DWT's registers the same holds
 * with CYCCNT; where its clock stands still in sleep, as on the nRF52, SLEEPCNT does too.
 */
export interface CycleCounts extends InstructionCycles {
  readonly cycles: Cycles
  /** Entry, return, tail-chaining and lazy preservation, EXCCNT. */
  readonly exception: Cycles
  /** SLEEPCNT of a clock that does not stop. */
  readonly sleep: Cycles
}

type Kind = 'cpi' | 'lsu'

const kindOf = (timing: TimingClass): Kind => (/load|store/i.test(timing) ? 'lsu' : 'cpi')

interface Place {
  kind: Kind
  /** What had been counted here when an instruction of this kind came to stand here. */
  cycles: Cycles
  executions: number
}

/** Places by their offset, each with its kind (1: LSU's) and what had been counted there. */
export interface SavedCycleCounters {
  readonly offsets: Uint32Array
  readonly areLoads: Uint8Array
  readonly cycles: Float64Array
  readonly executions: Float64Array
  readonly past: InstructionCycles
}

/**
 * Sums the profile by kind of instruction. Approximated: 1. All further cycles of a load or store are LSU's, even those
 * that its fetch waited. 2. What stands at one place is netted: a store that takes no cycle in some executions and
 * several in others counts their difference.
 */
export class CycleCounters {
  readonly #places = new Map<number, Place>()
  /** Of instructions that stand nowhere any more. */
  readonly #past = { instructions: 0, cpi: 0, lsu: 0, fold: 0 }

  /** While nothing has changed since. */
  #saved: SavedCycleCounters | undefined

  constructor(
    private readonly profileAt: (offset: number) => { readonly cycles: Cycles; readonly executions: number },
  ) {}

  save(): SavedCycleCounters {
    if (this.#saved) return this.#saved
    const places = [...this.#places.values()]
    this.#saved = {
      offsets: Uint32Array.from(this.#places.keys()),
      areLoads: Uint8Array.from(places, ({ kind }) => (kind === 'lsu' ? 1 : 0)),
      cycles: Float64Array.from(places, ({ cycles }) => cycles),
      executions: Float64Array.from(places, ({ executions }) => executions),
      past: { ...this.#past },
    }
    return this.#saved
  }

  /** After the code, which tells of itself when it is decoded anew. */
  restore(saved: SavedCycleCounters): void {
    const { offsets, areLoads, cycles, executions, past } = saved
    this.#places.clear()
    offsets.forEach((offset, i) =>
      this.#places.set(offset, {
        kind: areLoads[i] === 1 ? 'lsu' : 'cpi',
        cycles: cycles[i] ?? 0,
        executions: executions[i] ?? 0,
      }),
    )
    Object.assign(this.#past, past)
    this.#saved = saved
  }

  /** An instruction has been decoded: what is counted at its place from now on is its. */
  decoded(address: Address, timing: TimingClass): void {
    const offset = codeOffset(address)
    const kind = kindOf(timing)
    const place = this.#places.get(offset)
    if (place?.kind === kind) return
    this.#saved = undefined
    if (place) add(this.#past, place, this.profileAt(offset))
    this.#places.set(offset, { kind, ...(place ? this.profileAt(offset) : { cycles: 0, executions: 0 }) })
  }

  /** Since the processor was made. Within a call from the interpreter, without the instruction under way. */
  read(): InstructionCycles {
    const sum = { ...this.#past }
    for (const [offset, place] of this.#places) add(sum, place, this.profileAt(offset))
    return sum
  }
}

function add(
  sum: { instructions: number; cpi: Cycles; lsu: Cycles; fold: number },
  before: Place,
  now: { readonly cycles: Cycles; readonly executions: number },
): void {
  const executions = now.executions - before.executions
  const further = now.cycles - before.cycles - executions
  sum.instructions += executions
  if (further < 0) sum.fold -= further
  else sum[before.kind] += further
}
