import type { Cycles } from '../../cpu/bus.ts'
import type { TimedCallListener } from '../../probes/call-tracer.ts'
import { HANDLERS } from '../../probes/call-tree.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { Spans } from '../spans.ts'
import type { Timeline } from '../timeline.ts'

/** Calls within more calls are in their caller's time only, and threads beyond go to one row. */
const DEEPEST = 128
const MOST_THREADS = 32
/** Of a function at a depth; the rest goes by one name. */
const MOST_NAMES = 1024

const GROUP = 'functions'

const infoOf = (row: number) => {
  const common = { group: GROUP, unit: '', mostNames: MOST_NAMES }
  if (row === HANDLERS) return { ...common, id: 'functions/interrupts', name: 'functions of interrupts' }
  if (row === 1) return { ...common, id: 'functions', name: 'functions' }
  return { ...common, id: `functions/thread ${row}`, name: `functions of thread ${row}` }
}
const ROWS = Array.from({ length: MOST_THREADS + 1 }, (_, row) => infoOf(row))

/** Whether a track is one of these. */
export const isOfFunctions = (id: string): boolean => id === GROUP || id.startsWith(`${GROUP}/`)

/** How deep each row is. */
export type SavedFunctions = readonly number[]

/**
 * Calls of functions, from when they are entered to when they return, with all that comes between: interrupts, sleep,
 * other threads. Handlers have a row, and each thread has one.
 */
export class FunctionsRecorder implements TimedCallListener, Saved<SavedFunctions> {
  /** Not saved: told before anything else is. */
  now: Cycles = 0
  /** Not saved: given by whoever gives it calls. */
  nameOf: (index: number) => string = () => ''
  readonly #depths: number[] = ROWS.map(() => 0)

  constructor(private readonly context: { readonly timeline: Timeline }) {}

  enter(index: number, row: number): number {
    const at = Math.min(row, MOST_THREADS)
    const depth = (this.#depths[at] ?? 0) + 1
    this.#depths[at] = depth
    return depth > DEEPEST ? -1 : this.#spans(at).begin(this.nameOf(index), this.now)
  }

  leave(call: number, row: number, isCutOff: boolean): void {
    const at = Math.min(row, MOST_THREADS)
    this.#depths[at] = (this.#depths[at] ?? 1) - 1
    if (call >= 0) this.#spans(at).end(call, this.now, isCutOff ? { text: 'cut off' } : {})
  }

  /** Nothing is under way. */
  forget(): void {
    this.#depths.fill(0)
  }

  #spans(row: number): Spans {
    const info = ROWS[row] ?? infoOf(row)
    return this.context.timeline.spans(info).spans
  }

  save(): SavedFunctions {
    return [...this.#depths]
  }

  restore(saved: SavedFunctions): void {
    this.#depths.splice(0, Infinity, ...saved)
  }
}
