import type { Cycles } from '../bus.ts'
import type { Core } from './core.ts'
import type { TimingClass } from '../instructions/table.ts'
import { State } from '../layout.ts'
import type { RepeatedCounts } from './repeated-counts.ts'

/** The state that decides what a loop without stores does next: R0 to R14 and the flags. */
const WORDS = [
  ...Array.from({ length: 15 }, (_, n) => State.registers + 4 * n),
  State.n,
  State.z,
  State.c,
  State.v,
]

/** A loop longer than this is no polling loop. */
const LONGEST_LOOP_BYTES = 64

const harmless: ReadonlySet<TimingClass> = new Set([
  'simple',
  'load',
  'loadDouble',
  'ifThen',
  'branch',
  'branchConditional',
  'compareAndBranch',
])

interface Loop {
  readonly start: number
  readonly end: number
}

/**
 * Skips the iterations of a loop that polls a device register: a few instructions without a store, whose state comes
 * back the same, reading only what stays the same until the next event. Whole iterations are skipped, so that what
 * follows happens in the same cycle as if they had been executed.
 * Not saved: what it has seen is seen again.
 */
export class PollingSkipper {
  readonly #core: Core
  readonly #loops = new Map<number, Loop | undefined>()
  #pc = -1
  /** Visits to the same load in a row; the state at the last one. */
  #visits = 0
  #words = new Int32Array(WORDS.length)
  #spare = new Int32Array(WORDS.length)
  /** At the last visit, once the state has come back the same. */
  #now: Cycles = 0
  #instructions = 0
  #counts: RepeatedCounts | undefined

  constructor(core: Core) {
    this.#core = core
  }

  /** Something happened after which the next iteration need not be like the last one. */
  forget(): void {
    this.#visits = 0
  }

  /** Code may have changed. */
  forgetLoops(): void {
    this.#loops.clear()
    this.forget()
  }

  /**
   * Called when the instruction at `pc` has read a steady register.
   * @returns cycles to skip, a multiple of the loop's, ending before `deadline`.
   */
  visit(pc: number, now: Cycles, deadline: Cycles): Cycles {
    if (this.#visits > 0 && pc !== this.#pc) return 0
    const loop = this.#loopAt(pc)
    if (!loop) return 0
    this.#pc = pc
    const same = this.#compareState()
    this.#visits = same ? this.#visits + 1 : 1
    if (this.#visits < 3 || deadline === Infinity) {
      if (this.#visits === 2) this.#remember(loop, now)
      return 0
    }
    const period = now - this.#now
    const times = Math.floor((deadline - now - 1) / period)
    this.forget()
    if (times <= 0) return 0
    this.#skip(times)
    return times * period
  }

  /** @returns whether the state is what it was at the last visit; remembers it. */
  #compareState(): boolean {
    const { state } = this.#core
    const words = this.#spare
    let same = this.#visits > 0
    WORDS.forEach((offset, i) => {
      const word = state.word(offset)
      words[i] = word
      same &&= word === this.#words[i]
    })
    this.#spare = this.#words
    this.#words = words
    return same
  }

  #remember({ start, end }: Loop, now: Cycles): void {
    const { state } = this.#core
    this.#now = now
    this.#instructions = state.word(State.instructionCount)
    this.#counts = this.#core.countsOf(start, end)
  }

  #skip(times: number): void {
    const { state } = this.#core
    const now = state.word(State.instructionCount)
    state.setWord(State.instructionCount, now + (now - this.#instructions) * times)
    this.#counts?.repeat(times)
  }

  /** The loop around a polling load: straight code that ends in a branch back to or before the load. */
  #loopAt(pc: number): Loop | undefined {
    if (!this.#loops.has(pc)) this.#loops.set(pc, this.#findLoop(pc))
    return this.#loops.get(pc)
  }

  #findLoop(pc: number): Loop | undefined {
    const { decoder } = this.#core
    let start = pc
    let address = pc
    while (address < pc + LONGEST_LOOP_BYTES) {
      const one = decoder.instructionAt(address)
      if (!one || !harmless.has(one.entry.definition.timing)) return undefined
      address += one.entry.width / 8
      const target = decoder.branchTarget(one)
      if (target !== undefined && target <= pc && target > pc - LONGEST_LOOP_BYTES) {
        start = target
        break
      }
      if (one.entry.definition.timing === 'branch') return undefined
    }
    if (address >= pc + LONGEST_LOOP_BYTES) return undefined
    for (let at = start; at < pc;) {
      const one = decoder.instructionAt(at)
      if (!one || !harmless.has(one.entry.definition.timing)) return undefined
      at += one.entry.width / 8
    }
    return { start, end: address }
  }
}
