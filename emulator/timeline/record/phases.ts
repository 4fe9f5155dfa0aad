import type { Cycles } from '../../cpu/bus.ts'
import { allReasons } from '../../cpu/timing/reasons.ts'
import type { PhaseListener } from '../../probes/phases.ts'
import type { Reading } from '../../probes/readings.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { SpanEnd } from '../span.ts'
import type { Spans } from '../spans.ts'
import type { RecordingContext } from './source.ts'

const PHASES = { id: 'phases', name: 'phases', group: 'phases', unit: '', amounts: allReasons }

export type SavedPhases = readonly { readonly name: string; readonly span: number }[]

/** Phases that the firmware marks or the user names. */
export class PhasesRecorder implements PhaseListener, Saved<SavedPhases> {
  #open: { readonly name: string; readonly span: number }[] = []

  /** @param reasonsOf where the cycles of what was counted went, in the order of `allReasons` */
  constructor(
    private readonly context: RecordingContext,
    private readonly reasonsOf: (counts: Reading) => readonly number[] | undefined,
  ) {}

  beginPhase(name: string, cycle: Cycles): void {
    this.#open.push({ name, span: this.#spans.begin(name, cycle) })
  }

  endPhase(name: string, cycle: Cycles, counts: Reading): void {
    this.#end(name, cycle, counts.length === 0 ? {} : { data: this.reasonsOf(counts) })
  }

  abandonPhase(name: string, cycle: Cycles): void {
    this.#end(name, cycle, { name: `${name}, cut off` })
  }

  get #spans(): Spans {
    return this.context.timeline.spans(PHASES).spans
  }

  #end(name: string, cycle: Cycles, end: SpanEnd): void {
    const index = this.#open.findLastIndex((one) => one.name === name)
    const [one] = index < 0 ? [] : this.#open.splice(index, 1)
    if (one) this.#spans.end(one.span, cycle, end)
  }

  save(): SavedPhases {
    return [...this.#open]
  }

  restore(saved: SavedPhases): void {
    this.#open = [...saved]
  }
}
