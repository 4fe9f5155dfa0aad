import type { Address, Cycles } from '../../../emulator/cpu/bus.ts'
import type { TimedCallListener } from '../../../emulator/probes/call-tracer.ts'
import { HANDLERS } from '../../../emulator/probes/call-tree.ts'

/** Told of calls, inlined ones among them, by row. */
export interface FrameSink {
  now: Cycles
  enter(frame: number, row: number): number
  leave(call: number, row: number, isCutOff: boolean): void
}

interface Open {
  readonly frame: number
  readonly call: number
}

interface Called extends Open {
  readonly inlined: Open[]
}

/** Of what executes: a frame is entered, or, where it is negative, the innermost is left. */
export interface Step {
  readonly cycle: Cycles
  readonly frame: number
}
export const LEAVE = -1

/**
 * Calls with the inlined ones among them, told to a sink, and as one stack of what executes: handlers stand on what they
 * interrupted, and where another thread goes on, its calls stand in place of the other's.
 */
export class DetailedCalls implements TimedCallListener {
  now: Cycles = 0
  /** Since they were last taken. */
  #steps: Step[] = []
  readonly #rows = new Map<number, Called[]>()
  #thread = 1

  constructor(
    private readonly inlinedAt: (address: Address) => readonly number[],
    private readonly sink: FrameSink,
  ) {}

  /** Nothing is under way, as before a run goes elsewhere. */
  forget(): void {
    this.#rows.clear()
    this.#steps = []
    this.#thread = 1
  }

  /** What has happened since the last time. */
  take(): readonly Step[] {
    const steps = this.#steps
    this.#steps = []
    return steps
  }

  enter(index: number, row: number): number {
    this.#switchTo(row)
    const calls = this.#row(row)
    calls.push({ ...this.#open(index, row), inlined: [] })
    return calls.length - 1
  }

  leave(_: number, row: number, isCutOff: boolean): void {
    const gone = this.#row(row).pop()
    if (!gone) return
    for (const one of [...gone.inlined.toReversed(), gone]) this.#close(one, row, isCutOff)
  }

  at(address: Address, row: number): void {
    this.#switchTo(row)
    const top = this.#row(row).at(-1)
    if (!top) return
    const wanted = this.inlinedAt(address)
    const { inlined } = top
    let same = 0
    while (same < inlined.length && inlined[same]?.frame === wanted[same]) same++
    for (const one of inlined.splice(same).reverse()) this.#close(one, row, false)
    for (const frame of wanted.slice(same)) inlined.push(this.#open(frame, row))
  }

  #open(frame: number, row: number): Open {
    this.#steps.push({ cycle: this.now, frame })
    this.sink.now = this.now
    return { frame, call: this.sink.enter(frame, row) }
  }

  #close({ call }: Open, row: number, isCutOff: boolean): void {
    if (this.#executes(row)) this.#steps.push({ cycle: this.now, frame: LEAVE })
    this.sink.now = this.now
    this.sink.leave(call, row, isCutOff)
  }

  #executes(row: number): boolean {
    return row === HANDLERS || row === this.#thread
  }

  #row(row: number): Called[] {
    let calls = this.#rows.get(row)
    if (!calls) this.#rows.set(row, (calls = []))
    return calls
  }

  #switchTo(row: number): void {
    if (this.#executes(row)) return
    const cycle = this.now
    this.#steps.push(...framesOf(this.#row(this.#thread)).map(() => ({ cycle, frame: LEAVE })))
    this.#thread = row
    for (const frame of framesOf(this.#row(row))) this.#steps.push({ cycle, frame })
  }
}

const framesOf = (calls: readonly Called[]): readonly number[] =>
  calls.flatMap(({ frame, inlined }) => [frame, ...inlined.map((one) => one.frame)])
