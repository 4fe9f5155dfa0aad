import type { Address, Cycles } from '../bus.ts'
import type { TimingClass } from '../instructions/table.ts'
import { TABLE, entryOf } from '../layout.ts'
import { EntryColumns, type SavedColumns } from '../timing/entry-columns.ts'

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

/** Numbers of an instruction: its kind, and what had been counted when one of this kind came to stand there. */
const Place = { kind: 0, cycles: 1, executions: 2 } as const
const PLACE_WIDTH = 3
/** By their numbers; 0 where no instruction has stood. */
const kinds: readonly (Kind | undefined)[] = [undefined, 'cpi', 'lsu']

export interface SavedCycleCounters {
  readonly places: SavedColumns
  readonly past: InstructionCycles
}

/**
 * Sums the profile by kind of instruction. Approximated: 1. All further cycles of a load or store are LSU's, even those
 * that its fetch waited. 2. What stands at one place is netted: a store that takes no cycle in some executions and
 * several in others counts their difference.
 */
export class CycleCounters {
  readonly #places = new EntryColumns(PLACE_WIDTH)
  /** Of instructions that stand nowhere any more. */
  readonly #past = { instructions: 0, cpi: 0, lsu: 0, fold: 0 }

  constructor(
    private readonly profileAt: (offset: number) => { readonly cycles: Cycles; readonly executions: number },
  ) {}

  save(): SavedCycleCounters {
    return { places: this.#places.save(), past: { ...this.#past } }
  }

  /** After the code, which tells of itself when it is decoded anew. */
  restore({ places, past }: SavedCycleCounters): void {
    this.#places.restore(places)
    Object.assign(this.#past, past)
  }

  /** An instruction has been decoded: what is counted at its place from now on is its. */
  decoded(address: Address, timing: TimingClass): void {
    const entry = entryOf(address)
    const kind = kinds.indexOf(kindOf(timing))
    const at = this.#places.place(entry)
    const before = this.#places.of(entry)?.[at + Place.kind] ?? 0
    if (before === kind) return
    const now = before === 0 ? { cycles: 0, executions: 0 } : this.#countedAt(entry)
    this.#add(this.#past, entry, now)
    const place = this.#places.open(entry)
    place[at + Place.kind] = kind
    place[at + Place.cycles] = now.cycles
    place[at + Place.executions] = now.executions
  }

  /** Since the processor was made. Within a call from the interpreter, without the instruction under way. */
  read(): InstructionCycles {
    const sum = { ...this.#past }
    for (const entry of this.#places.entries()) this.#add(sum, entry, this.#countedAt(entry))
    return sum
  }

  #countedAt(entry: number): { readonly cycles: Cycles; readonly executions: number } {
    return this.profileAt((entry - TABLE) / 8)
  }

  /** What has been counted since at a place where an instruction stands. */
  #add(
    sum: { instructions: number; cpi: Cycles; lsu: Cycles; fold: number },
    entry: number,
    now: { readonly cycles: Cycles; readonly executions: number },
  ): void {
    const at = this.#places.place(entry)
    const place = this.#places.of(entry)
    const kind = kinds[place?.[at + Place.kind] ?? 0]
    if (!kind) return
    const executions = now.executions - (place?.[at + Place.executions] ?? 0)
    const further = now.cycles - (place?.[at + Place.cycles] ?? 0) - executions
    sum.instructions += executions
    if (further < 0) sum.fold -= further
    else sum[kind] += further
  }
}
