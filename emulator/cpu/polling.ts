import type { Cycles } from './bus.ts'
import type { Core } from './core.ts'
import type { TimingClass } from './instructions/table.ts'
import { State, codeOffset } from './layout.ts'

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

interface Visit {
  readonly now: Cycles
  readonly instructions: number
  readonly words: Int32Array
  readonly profile: BigUint64Array | undefined
}

interface Loop {
  readonly start: number
  readonly end: number
}

/**
 * Skips the iterations of a loop that polls a device register: a few instructions without a store, whose state comes
 * back the same, reading only what stays the same until the next event. Whole iterations are skipped, so that what
 * follows happens in the same cycle as if they had been executed.
 */
export class PollingSkipper {
  readonly #core: Core
  readonly #loops = new Map<number, Loop | undefined>()
  #pc = -1
  #last: Visit | undefined

  constructor(core: Core) {
    this.#core = core
  }

  /** Something happened after which the next iteration need not be like the last one. */
  forget(): void {
    this.#last = undefined
  }

  /** Code may have changed. */
  forgetLoops(): void {
    this.#loops.clear()
    this.#last = undefined
  }

  /**
   * Called when the instruction at `pc` has read a steady register.
   * @returns cycles to skip, a multiple of the loop's, ending before `deadline`.
   */
  visit(pc: number, now: Cycles, deadline: Cycles): Cycles {
    if (this.#last && pc !== this.#pc) return 0
    const loop = this.#loopAt(pc)
    if (!loop) return 0
    const last = this.#last
    const visit = this.#look(loop, now)
    this.#last = visit
    this.#pc = pc
    if (!last || deadline === Infinity || !sameWords(last.words, visit.words)) return 0
    const period = visit.now - last.now
    const times = Math.floor((deadline - now - 1) / period)
    if (times <= 0) return 0
    this.#skip(loop, last, visit, times)
    this.#last = undefined
    return times * period
  }

  #look({ start, end }: Loop, now: Cycles): Visit {
    const { state, options, profile } = this.#core
    const words = Int32Array.from(WORDS, (offset) => state.word(offset))
    const instructions = state.word(State.instructionCount) >>> 0
    const from = codeOffset(start)
    return {
      now,
      instructions,
      words,
      profile: options.profile ? profile.slice(from, from + end - start) : undefined,
    }
  }

  #skip({ start }: Loop, last: Visit, visit: Visit, times: number): void {
    const { state, profile } = this.#core
    const executed = (visit.instructions - last.instructions) * times
    state.setWord(State.instructionCount, state.word(State.instructionCount) + executed)
    if (!last.profile || !visit.profile) return
    const from = codeOffset(start)
    for (let i = 0; i < visit.profile.length; i++) {
      const each = (visit.profile[i] ?? 0n) - (last.profile[i] ?? 0n)
      profile[from + i] = (profile[from + i] ?? 0n) + each * BigInt(times)
    }
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

const sameWords = (a: Int32Array, b: Int32Array): boolean => a.every((word, i) => word === b[i])
