import type { Address, Cycles } from '../bus.ts'
import type { HelperFunction } from './helpers.ts'
import {
  BRANCHES,
  BRANCH_FUNCTIONS,
  CLASSES,
  CODE_BYTES,
  Class,
  Entry,
  MOST_BRANCHES,
  State,
  TABLE,
  addressOf,
  codeOffset,
} from '../layout.ts'

/** What leads from one place to another. */
export const BranchKind = {
  /** Direct, or by a table: told of only where it leads into another function. */
  local: 0,
  /** To what a register or memory has: returns are among them. */
  jump: 1,
  /** BL, of four bytes. */
  call: 2,
  /** BLX, of two. */
  callByRegister: 3,
} as const
export type BranchKind = (typeof BranchKind)[keyof typeof BranchKind]

/**
 * @param here function of the branch
 * @param target function of where it leads
 * @param cycle when it has been taken; what landing there costs is the target's
 * @param stackPointer from then on
 */
export type BranchListener = (
  from: Address,
  here: number,
  to: Address,
  target: number,
  cycle: Cycles,
  stackPointer: Address,
  kind: BranchKind,
) => void

const BRANCH_BYTES = 16
const SP = State.registers + 4 * 13

/** Writes a taken branch down. The stack pointer is a multiple of four; its low bits are the kind. */
export const traceBranch: HelperFunction = {
  name: 'traceBranch',
  params: ['i32', 'i32', 'i32', 'i32'],
  result: undefined,
  body: (ir, from, to, budget, kind) => {
    ir.if(ir.eq(ir.state(State.branches), ir.i32(MOST_BRANCHES)), () => ir.callVoid('drainBranches'))
    const count = ir.let(ir.state(State.branches))
    const at = ir.let(ir.shl(count, ir.i32(4)))
    const entered = ir.loadRaw('i32.8_s', to, Entry.entered)
    const landed = ir.loadRaw('i32.16_u', ir.shrU(to, ir.i32(2)), CLASSES - TABLE / 4 + Class.landed)
    const landing = ir.counts ? ir.select(landed, entered, ir.i32(0)) : entered
    ir.storeRaw('i32.32', at, BRANCHES, from)
    ir.storeRaw('i32.32', at, BRANCHES + 4, to)
    ir.storeRaw('i32.32', at, BRANCHES + 8, ir.add(budget, landing))
    ir.storeRaw('i32.32', at, BRANCHES + 12, ir.or(ir.state(SP), kind))
    ir.setState(State.branches, ir.add(count, ir.i32(1)))
  },
}

/** Calls, returns and branches into other functions, in the order in which they are taken. */
export class BranchTrace {
  listener: BranchListener | undefined
  readonly #words: Int32Array
  /** Of each half-word of code, the function that it is of, from 1; 0 where that is not known. */
  readonly #functions: Uint16Array

  constructor(buffer: ArrayBuffer) {
    this.#words = new Int32Array(buffer)
    this.#functions = new Uint16Array(buffer, BRANCH_FUNCTIONS, CODE_BYTES / 2)
  }

  /** What counts as one function, by its place in the list from 1. @param functions without overlap, at most 65 535 */
  setFunctions(functions: readonly { readonly start: Address; readonly end: Address }[]): void {
    functions.forEach(({ start, end }, index) => {
      const first = codeOffset(start)
      if (first >= 0) this.#functions.fill(index + 1, first >> 1, (first + end - start + 1) >> 1)
    })
  }

  functionAt(address: Address): number {
    const offset = codeOffset(address)
    return offset < 0 ? 0 : (this.#functions[offset >> 1] ?? 0)
  }

  get isEmpty(): boolean {
    return this.#words[State.branches >> 2] === 0
  }

  /** A branch outside the interpreter. */
  tell(from: Address, to: Address, cycle: Cycles, stackPointer: Address, kind: BranchKind): void {
    this.listener?.(from, this.functionAt(from), to, this.functionAt(to), cycle, stackPointer, kind)
  }

  /** Tells of what has been written down. @param deadline the cycle at which the interpreter's budget will be used up */
  drain(deadline: Cycles): void {
    const words = this.#words
    const count = words[State.branches >> 2] ?? 0
    words[State.branches >> 2] = 0
    const { listener } = this
    if (!listener) return
    const end = (BRANCHES + count * BRANCH_BYTES) >> 2
    for (let at = BRANCHES >> 2; at < end; at += BRANCH_BYTES / 4) {
      const from = words[at] ?? 0
      const to = words[at + 1] ?? 0
      const last = words[at + 3] ?? 0
      listener(
        addressOf(from),
        this.#functions[(from - TABLE) >> 4] ?? 0,
        addressOf(to),
        this.#functions[(to - TABLE) >> 4] ?? 0,
        deadline - (words[at + 2] ?? 0),
        (last & ~3) >>> 0,
        (last & 3) as BranchKind,
      )
    }
  }
}
