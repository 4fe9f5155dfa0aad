import { Actlr } from './auxiliary-control.ts'
import type { Address, Cycles } from './bus.ts'
import type { Core } from './core.ts'
import { Interruptible } from './instructions/interruptible.ts'
import type { TimingClass } from './instructions/table.ts'
import { State, addressOf } from './layout.ts'

interface Unfinished {
  readonly address: Address
  /** All of the instruction. */
  readonly cost: Cycles
  readonly left: Cycles
  /** Goes on where it was, by the ICI bits of EPSR; else it starts again. */
  readonly continues: boolean
}

const multiples: ReadonlySet<TimingClass> = new Set([
  'loadMultiple',
  'storeMultiple',
  'floatLoadMultiple',
  'floatStoreMultiple',
])

/**
 * A divide, LDRD, STRD, LDM or STM that is under way when an event is due: an interrupt that comes then does not wait
 * for it. It is abandoned and, on return, continues (LDM and STM outside IT blocks) or starts again; ARMv7-M ARM
 * B1.5.10, Cortex-M4 TRM 3.9. Approximated: 1. What it does to registers and memory is done when it begins, and the
 * stacked return address is the next instruction's, with no ICI: only time is split. 2. One that touched a
 * peripheral is not interrupted. 3. An LDM or STM can be left in any of its cycles.
 */
export class UnfinishedInstruction {
  #now: Unfinished | undefined
  /** Abandoned ones, by where an exception return must lead for them to go on. */
  readonly #abandoned = new Map<string, Unfinished>()
  #instructionsBefore = 0
  /** Number of the instruction that called the host last. */
  #calledHost = 0

  constructor(
    private readonly core: Core,
    private readonly continueCycles: Cycles,
  ) {}

  get left(): Cycles {
    return this.#now?.left ?? 0
  }

  reset(): void {
    this.#now = undefined
    this.#abandoned.clear()
  }

  /** The interpreter is about to run. */
  beforeRun(): void {
    const { state } = this.core
    this.#instructionsBefore = state.instructions
    this.#calledHost = 0
    state.setWord(Interruptible.number, 0)
  }

  /** The interpreter has called the host: what it sees then cannot be taken back. */
  hostCalled(): void {
    this.#calledHost = this.core.state.word(State.instructionCount)
  }

  /**
   * The interpreter ran to its deadline.
   * @returns cycles by which the present is before the end of the last instruction, which has them before it.
   */
  afterRun(actlr: number): Cycles {
    const { state, decoder } = this.core
    const overrun = -state.word(State.budget)
    const number = state.word(Interruptible.number)
    const isLast = number !== 0 && number === state.instructions - this.#instructionsBefore
    if (overrun <= 0 || !isLast || this.#calledHost === number) return 0
    const address = addressOf(state.word(Interruptible.entry))
    const timing = decoder.instructionAt(address)?.entry.definition.timing
    if (!timing) return 0
    const isMultiple = multiples.has(timing)
    if (isMultiple && actlr & Actlr.DISMCYCINT) return 0
    const cost = state.word(Interruptible.budget) + overrun
    const left = Math.min(overrun, cost)
    const continues = isMultiple && decoder.itStateAt(address) === 0
    this.#now = { address, cost, left, continues }
    this.core.addCycles(address, -left)
    return left
  }

  /** Time passes, at most `left`. */
  pass(cycles: Cycles): void {
    const one = this.#now
    if (!one) return
    this.core.addCycles(one.address, cycles)
    this.#now = cycles < one.left ? { ...one, left: one.left - cycles } : undefined
  }

  /** An exception is about to be entered. */
  abandon(): void {
    if (!this.#now) return
    const { cost, left, continues } = this.#now
    const again = continues ? Math.min(cost, left + this.continueCycles) : cost
    this.#abandoned.set(this.#place, { ...this.#now, left: again })
    this.#now = undefined
  }

  /** An exception has returned. */
  resume(): void {
    this.#now = this.#abandoned.get(this.#place)
    this.#abandoned.delete(this.#place)
  }

  get #place(): string {
    const { state } = this.core
    return `${state.pc}/${state.register(13)}`
  }
}
