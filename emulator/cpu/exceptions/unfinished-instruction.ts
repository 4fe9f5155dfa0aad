import { Actlr } from '../timing/auxiliary-control.ts'
import type { Address, Cycles } from '../bus.ts'
import type { Core } from '../engine/core.ts'
import type { DecodedInstruction } from '../engine/decode.ts'
import { Interruptible } from '../instructions/interruptible.ts'
import {
  afterPush,
  continuationOf,
  hasLostBase,
  isMultiple,
  isPush,
  transfersOf,
  wordOf,
  type MultipleTransfer,
} from './multiple-transfer.ts'
import { FLASH_BYTES, State } from '../layout.ts'
import type { TimingParameters } from '../timing/timing.ts'

interface UnderWay {
  readonly address: Address
  readonly instruction: DecodedInstruction
  /** Undefined: a divide, LDRD or STRD, which does all it does at its end. */
  readonly transfer: MultipleTransfer | undefined
  /** Words moved. */
  done: number
  /** Of each word. */
  readonly wordCycles: readonly Cycles[]
  /** From the last word to the end. */
  refill: Cycles
  end: Cycles
  /** What was loaded into PC, and what its place adds to the cost. */
  target?: number
  after?: Cycles
}

const total = (cycles: readonly Cycles[]): Cycles => cycles.reduce((sum, one) => sum + one, 0)

export interface SavedUnfinished {
  readonly now:
    | (Omit<UnderWay, 'instruction'> & {
        /** What it is, whatever stands at its address now. */
        readonly opcode: number
        readonly itState: number
      })
    | null
  readonly continuation: number
  readonly abandoned: readonly string[]
}

/** What the words of a multiple are moved by, one at a time; false once one has failed. */
export interface WordMover {
  load(address: Address): number | undefined
  store(address: Address, value: number): boolean
}

/**
 * A divide, LDRD, STRD or multiple load or store that something is due in the middle of, or that moves words to or from
 * a peripheral: it goes on cycle by cycle, with each word in its own, and an interrupt does not wait for its end.
 * Abandoned, a multiple continues where it was by EPSR.ICI, but starts again within an IT block, where ICI has no room,
 * or when it has loaded its own base; the others start again. ARMv7-M ARM B1.5.10, Cortex-M3 TRM 2.3.2, Cortex-M4 TRM
 * 3.9. Approximated: 1. Words that are on the bus already are not waited for. 2. LDRD and STRD move both words in
 * their last cycle. 3. ICI of VLDM and VSTM counts double registers, as four bits allow no more. 4. PUSH and VPUSH
 * write SP back when they are left, so that the frame does not fall on what they have stored.
 */
export class UnfinishedInstruction {
  #now: UnderWay | undefined
  #continuation = 0
  /** Where instructions have been abandoned that begin anew. */
  readonly #abandoned = new Set<string>()

  constructor(
    private readonly core: Core,
    private readonly timing: TimingParameters,
  ) {}

  save(): SavedUnfinished {
    const one = this.#now
    return {
      now: one ? saved(one) : null,
      continuation: this.#continuation,
      abandoned: [...this.#abandoned],
    }
  }

  restore({ now, continuation, abandoned }: SavedUnfinished): void {
    this.#now = now ? this.#restored(now) : undefined
    this.#continuation = continuation
    this.#abandoned.clear()
    for (const place of abandoned) this.#abandoned.add(place)
  }

  #restored({ opcode, itState, ...rest }: NonNullable<SavedUnfinished['now']>): UnderWay {
    const instruction = this.core.decoder.instructionOf(rest.address, opcode, itState)
    if (!instruction) throw new Error(`an instruction is under way that is none: 0x${opcode.toString(16)}`)
    return { ...rest, instruction }
  }

  get isUnderWay(): boolean {
    if (this.#now && this.#now.address !== this.core.state.pc) this.#now = undefined
    return this.#now !== undefined
  }

  reset(): void {
    this.#now = undefined
    this.#continuation = 0
    this.#abandoned.clear()
  }

  /** The instruction at the PC, which has left the interpreter before it had any effect. */
  begin(now: Cycles): void {
    const { state, decoder } = this.core
    const instruction = decoder.instructionAt(state.pc, state.itState)
    if (!instruction) return
    const { cost, refill } = decoder.costAt(state.pc)
    if (!isMultiple(instruction)) {
      const end = now + cost + state.word(Interruptible.further)
      this.#now = { ...this.#plan(instruction, undefined, 0, 0), refill: 0, end }
      return
    }
    const transfer = transfersOf(instruction, state)
    const plan = this.#plan(instruction, transfer, refill, 0)
    this.#now = { ...plan, end: now + cost + total(plan.wordCycles) - plan.wordCycles.length }
  }

  /**
   * An exception has returned to the PC with EPSR.ICI set.
   * @returns false where no instruction is that could go on there: INVSTATE
   */
  continueAt(continuation: number, now: Cycles): boolean {
    const { state, decoder } = this.core
    const instruction = decoder.instructionAt(state.pc)
    if (!instruction || !isMultiple(instruction)) return false
    const transfer = afterPush(transfersOf(instruction, state))
    const done = wordOf(transfer, continuation)
    if (done === undefined) return false
    const plan = this.#plan(instruction, transfer, decoder.costAt(state.pc).refill, done)
    const words = total(plan.wordCycles.slice(done))
    const end = now + this.timing.multipleContinue + words + plan.refill
    this.#now = { ...plan, end }
    return true
  }

  #plan(
    instruction: DecodedInstruction,
    transfer: MultipleTransfer | undefined,
    refill: Cycles,
    done: number,
  ): Omit<UnderWay, 'end'> {
    const wordCycles = transfer ? this.#wordCycles(transfer, done) : []
    return { address: instruction.address, instruction, transfer, done, wordCycles, refill }
  }

  #wordCycles({ start, registers }: MultipleTransfer, done: number): Cycles[] {
    const { flashReadWait, peripheralWait, profile } = this.timing
    const isPeripheral = start >= 0x4000_0000 && start < 0xe000_0000
    let line = this.core.state.word(State.flashLine)
    return registers.map((_, word) => {
      if (profile === 'oneCycle' || word < done) return 1
      if (start >= FLASH_BYTES) return 1 + (isPeripheral ? peripheralWait : 0)
      const before = line
      line = this.#lineOf(start + 4 * word)
      return line === before ? 1 : 1 + flashReadWait
    })
  }

  #lineOf(address: Address): number {
    return address & this.core.state.word(State.flashLineMask)
  }

  /** The next cycle in which it does something. */
  next(now: Cycles): Cycles {
    const one = this.#now
    if (!one) return now
    if (one.done >= one.wordCycles.length) return Math.max(now, one.end)
    return Math.max(now, one.end - one.refill - total(one.wordCycles.slice(one.done + 1)))
  }

  /** Time passes, not beyond `next`. */
  pass(cycles: Cycles): void {
    if (this.#now) this.core.addCycles(this.#now.address, cycles, 'interrupted')
  }

  /** An access took longer: the flash was busy. */
  stall(cycles: Cycles): void {
    if (!this.#now) return
    this.#now.end += cycles
    this.pass(cycles)
    this.core.changeReason(this.#now.address, 'interrupted', 'busy', cycles)
  }

  /**
   * Moves the words that are due.
   * @returns whether all of it is done but for the refill, or undefined after a fault
   */
  move(now: Cycles, mover: WordMover): boolean | undefined {
    const one = this.#now
    if (!one?.transfer) return one !== undefined && now >= one.end
    const { registers, isLoad, start } = one.transfer
    while (one.done < registers.length && this.next(now) <= now) {
      const register = registers[one.done] ?? 0
      const address = (start + 4 * one.done) >>> 0
      const isDone = isLoad
        ? this.#load(one, register, address, mover)
        : mover.store(address, this.#read(one, register))
      if (!isDone) {
        this.#fail(one.transfer)
        return undefined
      }
      const why = start < FLASH_BYTES ? 'data' : 'peripheral'
      this.core.changeReason(one.address, 'interrupted', why, (one.wordCycles[one.done] ?? 1) - 1)
      one.done += 1
    }
    return one.done === registers.length && now >= one.end
  }

  #load(one: UnderWay, register: number, address: Address, mover: WordMover): boolean {
    const value = mover.load(address)
    if (value === undefined) return false
    const { state } = this.core
    if (address < FLASH_BYTES) state.setWord(State.flashLine, this.#lineOf(address))
    if (one.transfer?.isFloat) state.setSingle(register, value)
    else if (register === 15) this.#branch(one, value)
    else state.setRegister(register, value)
    return true
  }

  /** The pipeline is filled again from a loaded PC, but for an exception return, which does so itself. */
  #branch(one: UnderWay, target: number): void {
    one.target = target
    const isReturn = target >>> 0 >= 0xf000_0000 && this.core.state.word(State.handlerMode) !== 0
    const after = isReturn ? -one.refill : this.core.landingAt((target & ~1) >>> 0)
    one.end += after
    one.refill += after
    one.after = after
  }

  #read(one: UnderWay, register: number): number {
    const { state } = this.core
    return one.transfer?.isFloat ? state.single(register) : state.register(register)
  }

  #fail({ base, baseBefore }: MultipleTransfer): void {
    this.core.state.setRegister(base, baseBefore)
    this.#now = undefined
  }

  /**
   * It is over: writes back, counts, and leaves the PC behind it.
   * @returns what was loaded into PC, or that the interpreter is to do the effects of a divide, LDRD or STRD
   */
  complete(): { readonly target?: number; readonly isPaid: boolean } {
    const one = this.#now
    this.#now = undefined
    if (!one) return { isPaid: false }
    const { address, target, after = 0 } = one
    this.core.settle(address, 'interrupted', after)
    if (!one.transfer) {
      const further = this.core.state.word(Interruptible.further)
      this.core.changeReason(address, 'interrupted', 'divide', further)
      this.core.payFor(address)
      return { isPaid: true }
    }
    const { base, baseBefore, baseAfter } = one.transfer
    const { state } = this.core
    if (baseAfter !== baseBefore) state.setRegister(base, baseAfter)
    this.core.countExecution(address)
    if (target !== undefined) this.core.countLanding(address, (target & ~1) >>> 0, after)
    state.advanceTo(address + one.instruction.width / 8)
    return target === undefined ? { isPaid: false } : { isPaid: false, target }
  }

  /** An exception may be entered now: by ACTLR.DISMCYCINT multiples complete first, and what is all moved is past it. */
  mayAbandon(actlr: number): boolean {
    const transfer = this.#now?.transfer
    if (!transfer) return true
    return (actlr & Actlr.DISMCYCINT) === 0 && (this.#now?.done ?? 0) < transfer.registers.length
  }

  /** An exception is about to be entered. */
  abandon(): void {
    if (!this.isUnderWay) return
    const one = this.#now
    this.#now = undefined
    this.#interrupt(one)
    if (this.#continuation === 0) this.#abandoned.add(this.#place)
  }

  /** An exception has returned. @returns whether to an instruction that begins anew, which has been seen already */
  beginsAnew(): boolean {
    return this.#abandoned.size > 0 && this.#abandoned.delete(this.#place)
  }

  get #place(): string {
    const { state } = this.core
    return `${state.pc}/${state.register(13)}`
  }

  #interrupt(one: UnderWay | undefined): void {
    if (!one?.transfer || one.done === 0) return
    if (hasLostBase(one.transfer, one.done)) {
      this.core.state.setRegister(one.transfer.base, one.transfer.baseBefore)
      return
    }
    if (one.instruction.itState !== 0) return
    this.#continuation = continuationOf(one.transfer, one.done)
    // The frame would else go where words have been pushed.
    if (this.#continuation !== 0 && isPush(one.transfer))
      this.core.state.setRegister(13, one.transfer.baseAfter)
  }

  /** EPSR.ICI[7:4] for the frame that is being stacked. */
  takeContinuation(): number {
    const continuation = this.#continuation
    this.#continuation = 0
    return continuation
  }
}

function saved({ instruction, ...rest }: UnderWay): NonNullable<SavedUnfinished['now']> {
  return { ...rest, opcode: instruction.opcode, itState: instruction.itState }
}
