import type { Machine } from '../../emulator/machine.ts'
import { Log } from '../../emulator/snapshot/log.ts'

const SP = 13
const PC = 15
const POST_INDEXED = 2
/** Without a state that comes again, a loop of more instructions is no small one. */
const MOST_INSTRUCTIONS = 64
const MOST_STEPS = 8192

interface Step {
  readonly pc: number
  readonly stackPointer: number
  /** Of a load; undefined for other instructions. */
  readonly reads: number | undefined
}

/** The instructions that the processor goes round in. */
export interface TracedLoop {
  readonly pcs: ReadonlySet<number>
  /** The lowest of them in the outermost function. */
  readonly head: number
  /** Registers and flags come back the same each time. */
  readonly isUnchanging: boolean
  /** Data that each round reads at the same places. */
  readonly reads: readonly number[]
}

export interface SavedLoopTrace {
  readonly steps: readonly (readonly Step[])[]
  readonly states: readonly (readonly [state: string, step: number])[]
  readonly unchanging: (Omit<TracedLoop, 'pcs'> & { readonly pcs: readonly number[] }) | null
  readonly instructions: number
}

/** Looks over the processor's shoulder, an instruction at a time. */
export class LoopTrace {
  readonly #steps = new Log<Step>()
  readonly #states = new Map<string, number>()
  #unchanging: TracedLoop | undefined
  #instructions = -1

  constructor(private readonly machine: Machine) {}

  save(): SavedLoopTrace {
    const unchanging = this.#unchanging
    return {
      steps: this.#steps.save(),
      states: [...this.#states],
      unchanging: unchanging ? { ...unchanging, pcs: [...unchanging.pcs] } : null,
      instructions: this.#instructions,
    }
  }

  restore({ steps, states, unchanging, instructions }: SavedLoopTrace): void {
    this.#steps.restore(steps)
    this.#states.clear()
    for (const [state, step] of states) this.#states.set(state, step)
    this.#unchanging = unchanging ? { ...unchanging, pcs: new Set(unchanging.pcs) } : undefined
    this.#instructions = instructions
  }

  /** Before the next instruction executes. */
  record(): void {
    const { machine } = this
    if (this.isOver || machine.instructions === this.#instructions) return
    this.#instructions = machine.instructions
    const registers = Array.from({ length: SP + 2 }, (_, n) => machine.readRegister(n) >>> 0)
    const pc = machine.readRegister(PC) >>> 0
    // All that decides what comes next, but for memory.
    const state = `${pc} ${registers.join(' ')} ${machine.cpu.state.apsr}`
    const again = this.#states.get(state)
    if (again !== undefined) this.#unchanging = loopOf(this.#steps.toArray().slice(again), true)
    this.#states.set(state, this.#steps.length)
    this.#steps.push({
      pc,
      stackPointer: registers[SP] ?? 0,
      reads: addressRead(machine, pc, registers),
    })
  }

  /** There is nothing more to see. */
  get isOver(): boolean {
    return this.#unchanging !== undefined || this.#steps.length === MOST_STEPS
  }

  /** The one that the processor is in; undefined where it is in none. */
  loop(): TracedLoop | undefined {
    if (this.#unchanging) return this.#unchanging
    const steps = this.#steps.toArray()
    const last = steps.length - 1
    const before = (end: number): number =>
      steps.findLastIndex(({ pc }, i) => i < end && pc === steps[last]?.pc)
    const second = before(last)
    const first = before(second)
    if (second < 0 || first < 0 || last - second > MOST_INSTRUCTIONS) return undefined
    const [earlier, now] = [steps.slice(first + 1, second + 1), steps.slice(second + 1)]
    const isThere = (step: Step): boolean => earlier.some(({ pc }) => pc === step.pc)
    const isSame = ({ pc, reads }: Step): boolean =>
      earlier.some((one) => one.pc === pc && one.reads === reads)
    if (!now.every(isThere)) return undefined
    return loopOf(now.map((step) => (isSame(step) ? step : { ...step, reads: undefined })))
  }
}

function loopOf(steps: readonly Step[], isUnchanging = false): TracedLoop {
  const outermost = Math.max(...steps.map(({ stackPointer }) => stackPointer))
  return {
    pcs: new Set(steps.map(({ pc }) => pc)),
    head: Math.min(...steps.filter(({ stackPointer }) => stackPointer === outermost).map(({ pc }) => pc)),
    isUnchanging,
    reads: [...new Set(steps.flatMap(({ reads }) => reads ?? []))],
  }
}

/** What a load reads: no constant in flash, and nothing that is relative to the stack pointer. */
function addressRead(machine: Machine, pc: number, registers: readonly number[]): number | undefined {
  const { core, state } = machine.cpu
  const found = core.decoder.instructionAt(pc, state.itState)
  if (!found || !['load', 'loadDouble', 'loadExclusive'].includes(found.entry.definition.timing))
    return undefined
  const { n, m, imm = 0, amount = 0, W } = found.decoded
  if (n === undefined || n === SP || n === PC) return undefined
  const base = registers[n] ?? 0
  const offset = m === undefined ? (W === POST_INDEXED ? 0 : imm) : (registers[m] ?? 0) << amount
  const address = (base + offset) >>> 0
  return address < 0x2000_0000 ? undefined : address
}
