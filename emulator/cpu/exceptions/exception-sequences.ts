import { BusError, type Address, type Cycles } from '../bus.ts'
import { ExceptionNumber } from './exception-numbers.ts'
import type { FaultEscalation } from './fault-escalation.ts'
import type { FaultKind } from './faults.ts'
import { RAM_BASE, State } from '../layout.ts'
import { floatingPointWords, type LazyStacking } from './lazy-stacking.ts'
import type { MemoryPermissions } from '../system/memory-permissions.ts'
import type { Nvic } from './nvic.ts'
import type { SpecialRegisters } from '../system/special-registers.ts'
import {
  readFrame,
  restoreRegisters,
  stackedPsr,
  unstackedExecutionState,
  writeFrame,
} from './stack-frame.ts'
import type { Surroundings } from '../surroundings.ts'
import type { TimingParameters } from '../timing/timing.ts'

/** Words of a frame: R0 to R3, R12, LR, the return address and xPSR; with S0 to S15, FPSCR and one unused, 17 more move. */
const PLAIN_WORDS = 8
const FLOATING_POINT_WORDS = 17
/** To push or pop a plain frame: an address phase and eight words. */
const FRAME_CYCLES = 1 + PLAIN_WORDS

/** CCR; ARMv7-M ARM B3.2.8. */
export const Ccr = {
  NONBASETHRDENA: 1 << 0,
  USERSETMPEND: 1 << 1,
  UNALIGN_TRP: 1 << 3,
  DIV_0_TRP: 1 << 4,
  BFHFNMIGN: 1 << 8,
  STKALIGN: 1 << 9,
} as const
export const CCR_WRITABLE = Object.values(Ccr).reduce((all, bit) => all | bit, 0)

export interface ExceptionCounters {
  entries: number
  returns: number
  tailChains: number
  lateArrivals: number
}

export interface SequenceParts {
  readonly surroundings: Surroundings
  readonly nvic: Nvic
  readonly special: SpecialRegisters
  readonly escalation: FaultEscalation
  readonly permissions: MemoryPermissions
  readonly lazyStacking: LazyStacking
}

/** What firmware sets, and who listens. */
export interface SequenceSettings {
  /** VTOR. */
  readonly vectorTable: Address
  readonly ccr: number
  /** SCR.SLEEPONEXIT. */
  readonly sleepOnExitEnabled: boolean
  readonly onEntry: ((exception: number, cycle: Cycles) => void) | undefined
  readonly onReturn: ((exception: number, cycle: Cycles) => void) | undefined
  readonly onOverhead: ((cycles: Cycles) => void) | undefined
}

export interface SavedSequences {
  readonly counters: ExceptionCounters
  readonly thumb: boolean
  readonly continuation: number
  readonly sleepOnExit: boolean
}

/** What the processor does, cycle by cycle, to enter a handler and to come back; ARMv7-M ARM B1.5.6 to B1.5.8. */
export class ExceptionSequences {
  counters: ExceptionCounters = { entries: 0, returns: 0, tailChains: 0, lateArrivals: 0 }
  /** EPSR.T: without it the next instruction faults. */
  #thumb = true
  /** EPSR.ICI of the frame that was unstacked last. */
  #continuation = 0
  /** The last return went to Thread mode under SCR.SLEEPONEXIT. */
  sleepOnExit = false

  constructor(
    private readonly parts: SequenceParts,
    private readonly settings: SequenceSettings,
  ) {}

  save(): SavedSequences {
    return {
      counters: { ...this.counters },
      thumb: this.#thumb,
      continuation: this.#continuation,
      sleepOnExit: this.sleepOnExit,
    }
  }

  restore({ counters, thumb, continuation, sleepOnExit }: SavedSequences): void {
    this.counters = { ...counters }
    this.#thumb = thumb
    this.#continuation = continuation
    this.sleepOnExit = sleepOnExit
  }

  /** The stack pointer and the first instruction, out of the vector table; B1.5.5. */
  start(): void {
    const { special, escalation } = this.parts
    const msp = this.#readVector(0)
    const vector = this.#readVector(ExceptionNumber.reset)
    this.sleepOnExit = false
    special.reset(msp ?? 0)
    if (msp !== undefined && vector !== undefined) this.#goTo(vector)
    else escalation.lockUp('the vector table could not be read at reset')
  }

  /** A branch to an even address has cleared EPSR.T. */
  leaveThumb(): void {
    this.#thumb = false
  }

  /** ExceptionEntry(), B1.5.6: stacks and takes what is pending. */
  enter(excReturn = this.#excReturn()): void {
    const { special, escalation, lazyStacking } = this.parts
    const eager = special.isFloatingPointActive && !lazyStacking.context.isLazy
    this.#push(eager)
    if (escalation.lockupReason === undefined) this.#take(excReturn, this.#frameExtra(eager))
  }

  /** The first floating-point instruction of a handler stacks what its entry has not. */
  passLazyPreservation(): void {
    const { lazyPreservation, stackWait } = this.#timing
    this.pass(lazyPreservation + FLOATING_POINT_WORDS * stackWait)
  }

  get #timing(): TimingParameters {
    return this.parts.surroundings.timing
  }

  /** Further cycles of moving a frame: floating-point words, and wait states of the memory it is in. */
  #frameExtra(floatingPoint: boolean): Cycles {
    const { floatFrame, stackWait } = this.#timing
    const words = PLAIN_WORDS + (floatingPoint ? FLOATING_POINT_WORDS : 0)
    return (floatingPoint ? floatFrame : 0) + words * stackWait
  }

  /** ExceptionReturn(), B1.5.8. */
  leave(excReturn: number): void {
    const { nvic, special } = this.parts
    const exception = special.ipsr
    const legal = this.#isLegalReturn(exception, excReturn)
    this.counters.returns += 1
    if (exception !== ExceptionNumber.nmi) nvic.faultmask = 0
    nvic.deactivate(exception)
    this.settings.onReturn?.(exception, this.parts.surroundings.scheduler.now)
    if (!legal) this.#failReturn('invalidPc', excReturn)
    else if (!this.#tailChain(excReturn)) this.#unstack(excReturn)
  }

  /** B1.5.8: the value must be one of six, and as many exceptions active as it says. */
  #isLegalReturn(exception: number, excReturn: number): boolean {
    if (!this.parts.nvic.isActive(exception) || (excReturn & 0x0fff_ffe0) !== 0x0fff_ffe0) return false
    const kind = excReturn & 0xf
    if (kind === 0x1) return true
    if (kind !== 0x9 && kind !== 0xd) return false
    return this.parts.nvic.activeCount === 1 || (this.settings.ccr & Ccr.NONBASETHRDENA) !== 0
  }

  #tailChain(excReturn: number): boolean {
    if (!this.parts.nvic.canTake) return false
    this.counters.tailChains += 1
    this.parts.special.isFloatingPointActive = false
    this.#take(excReturn)
    return true
  }

  /**
   * PopStack(), B1.5.8. An exception that arrives meanwhile is tail-chained at once and the frame stays where it is: "pop
   * preemption", Yiu, The Definitive Guide to Arm Cortex-M3 and Cortex-M4 Processors, 3rd edition, chapter 8.
   */
  #unstack(excReturn: number): void {
    const { special, lazyStacking } = this.parts
    const floatingPoint = lazyStacking.context
    const { state } = this.parts.surroundings
    const extended = (excReturn & 0x10) === 0
    const toHandler = (excReturn & 0xf) === 0x1
    const process = (excReturn & 0xf) === 0xd
    const privileged = toHandler || special.isThreadPrivileged
    const popsFloats = extended && !floatingPoint.isPreservationPending
    const { exceptionReturn, exceptionReturnRefill } = this.#timing
    this.#passUntilPending(exceptionReturn + this.#frameExtra(popsFloats) - exceptionReturnRefill)
    if (this.#tailChain(excReturn)) return
    const frame = process ? special.psp : special.msp
    const words = readFrame(this.parts.permissions.frameAccess(privileged), frame, popsFloats ? 25 : 8)
    if (typeof words === 'string') {
      this.#failReturn(`unstacking${words}`, excReturn)
      return
    }
    if (popsFloats && !floatingPoint.isAllowed(privileged)) {
      this.#failReturn('noCoprocessor', excReturn)
      return
    }
    const { pc, psr } = restoreRegisters(state, words)
    if (extended) floatingPoint.isPreservationPending = false
    const padding = psr & (1 << 9) && (extended || this.settings.ccr & Ccr.STKALIGN) ? 4 : 0
    const sp = ((frame + (extended ? 0x68 : 0x20)) | padding) >>> 0
    if (process) special.psp = sp
    else special.msp = sp
    const ipsr = psr & 0x1ff
    if (toHandler) special.setMode(true, ipsr)
    else special.returnToThread(process, ipsr)
    special.isFloatingPointActive = extended
    this.#continueAt(pc, psr)
    if (toHandler === (ipsr === 0)) {
      if (this.parts.escalation.pend({ kind: 'invalidPc' })) this.enter(excReturn)
      return
    }
    this.sleepOnExit = this.settings.sleepOnExitEnabled && !toHandler && this.parts.nvic.activeCount === 0
    const landing = this.#continuation === 0 ? this.#landing(state.pc, 'beside') : 0
    this.pass(exceptionReturnRefill + landing)
    if (!this.#thumb || !this.#goesOn()) this.#faultInvalidState()
  }

  /** EPSR.ICI belongs to a multiple load or store; at any other instruction it is an invalid state. */
  #goesOn(): boolean {
    const continuation = this.#continuation
    return continuation === 0 || this.parts.surroundings.continueInstruction?.(continuation) !== false
  }

  #continueAt(pc: Address, psr: number): void {
    const { state } = this.parts.surroundings
    state.pc = (pc & ~1) >>> 0
    this.#thumb = (psr & (1 << 24)) !== 0
    const { itState, continuation } = unstackedExecutionState(psr)
    if (itState !== 0) this.parts.surroundings.enterWith(itState)
    this.#continuation = continuation
    state.setWord(State.exclusive, 0)
    this.parts.nvic.eventRegister = true
  }

  /** A fault found on the way out: taken like a tail-chained exception, the frame untouched; B1.5.14. */
  #failReturn(kind: FaultKind, excReturn: number): void {
    if (!this.parts.escalation.pend({ kind })) return
    this.parts.special.isFloatingPointActive = false
    this.#take((excReturn | 0xf000_0000) >>> 0)
  }

  /** The value that LR gets: which stack, which mode, which frame. B1.5.8. */
  #excReturn(): number {
    const { special } = this.parts
    const place = special.isHandlerMode ? 0x1 : special.usesProcessStack ? 0xd : 0x9
    return (0xffff_ffe0 | (special.isFloatingPointActive ? 0 : 0x10) | place) >>> 0
  }

  /** PushStack(), B1.5.7. */
  #push(eager: boolean): void {
    const { special } = this.parts
    const { state } = this.parts.surroundings
    const extended = special.isFloatingPointActive
    const aligned = extended || (this.settings.ccr & Ccr.STKALIGN) !== 0
    const sp = state.register(13)
    const padded = aligned && (sp & 4) !== 0
    const frame = ((sp - (extended ? 0x68 : 0x20)) & (aligned ? ~4 : ~0)) >>> 0
    const words = [0, 1, 2, 3, 12, 14].map((n) => state.register(n))
    const continuation = this.parts.surroundings.takeContinuation?.() ?? 0
    const fields = { ipsr: special.ipsr, thumb: this.#thumb, padded, continuation }
    words.push(state.pc, stackedPsr(state, fields))
    state.setRegister(13, frame)
    if (eager && this.parts.lazyStacking.isAllowed) words.push(...floatingPointWords(state))
    else if (eager) this.parts.escalation.pendDerived('noCoprocessor')
    else if (extended) this.parts.lazyStacking.reserve(frame + 0x20)
    const fault = writeFrame(this.parts.permissions.frameAccess(special.isPrivileged), frame, words)
    if (fault !== undefined) this.parts.escalation.pendDerived(`stacking${fault}`)
  }

  /**
   * ExceptionTaken(), B1.5.7, for the pending exception of highest priority. One that arrives before the handler's
   * first instruction takes its place for the price of another vector fetch (Cortex-M3 TRM 5.7, late-arriving).
   */
  #take(excReturn: number, pushExtra?: Cycles): void {
    const { nvic } = this.parts
    const { state, scheduler } = this.parts.surroundings
    let chosen = nvic.highestPending
    let vector = this.#readVector(chosen)
    if (pushExtra !== undefined)
      this.pass(
        this.#timing.exceptionEntry + this.#entryExtra(vector, pushExtra) - this.#vectorCycles(vector),
      )
    for (let isFirst = true; ; isFirst = false) {
      if (nvic.highestPending !== chosen) this.counters.lateArrivals += 1
      chosen = nvic.highestPending
      vector = this.#readVector(chosen)
      if (vector === undefined) this.parts.escalation.pendVectorFault(chosen)
      if (this.parts.escalation.lockupReason !== undefined) return
      const how = isFirst && pushExtra !== undefined ? 'beside' : 'alone'
      this.pass(this.#vectorCycles(vector) + (vector === undefined ? 0 : this.#landing(vector & ~1, how)))
      if (nvic.highestPending === chosen && vector !== undefined) break
    }
    nvic.activate(chosen)
    nvic.eventRegister = true
    this.sleepOnExit = false
    this.parts.special.enterHandlerMode(chosen)
    state.setRegister(14, excReturn)
    state.setWord(State.exclusive, 0)
    this.counters.entries += 1
    this.settings.onEntry?.(chosen, scheduler.now)
    this.#goTo(vector)
  }

  /**
   * A vector is read and its handler fetched, with no frame to move: what tail-chaining takes. Vectors come over the
   * I-Code bus, as instructions do (Cortex-M3 TRM 14.3). Approximated: never from the instruction cache.
   */
  #vectorCycles(vector: number | undefined): Cycles {
    const { tailChain, flashFetchWait } = this.#timing
    return tailChain + (this.settings.vectorTable < RAM_BASE ? flashFetchWait : 0) + this.#fetchWait(vector)
  }

  #fetchWait(handler = 0): Cycles {
    return this.parts.surroundings.fetchWait?.(handler) ?? 0
  }

  #landing(address: Address, how: 'beside' | 'alone'): Cycles {
    return this.parts.surroundings.landingCycles?.(address, how) ?? 0
  }

  /**
   * What an entry takes beyond twelve cycles. Nine of those push the frame; beside them the vector is read and the
   * handler fetched, in six, but one after the other where both go over the system bus (Arm knowledge base 103489845).
   */
  #entryExtra(vector: number | undefined, pushExtra: Cycles): Cycles {
    const { tailChain } = this.#timing
    const push = FRAME_CYCLES + pushExtra
    const beside = this.#vectorCycles(vector)
    if (this.parts.surroundings.state.register(13) < RAM_BASE) return Math.max(push, beside) - FRAME_CYCLES
    if (this.settings.vectorTable >= RAM_BASE) return pushExtra + beside
    if ((vector ?? 0) >= RAM_BASE) return pushExtra + tailChain / 2
    return Math.max(push, beside) - FRAME_CYCLES
  }

  #readVector(exception: number): number | undefined {
    try {
      return this.parts.surroundings.readMemory((this.settings.vectorTable + 4 * exception) >>> 0, 4) >>> 0
    } catch (error) {
      if (error instanceof BusError) return undefined
      throw error
    }
  }

  /** Bit 0 of a vector is EPSR.T; without it the first instruction faults. */
  #goTo(vector: number): void {
    this.parts.surroundings.state.pc = (vector & ~1) >>> 0
    this.#thumb = (vector & 1) !== 0
    if (!this.#thumb) this.#faultInvalidState()
  }

  #faultInvalidState(): void {
    if (this.parts.escalation.pend({ kind: 'invalidState' })) this.enter()
  }

  #passUntilPending(cycles: Cycles): void {
    const { surroundings, nvic } = this.parts
    const { scheduler } = surroundings
    const end = scheduler.now + cycles
    while (scheduler.now < end && !nvic.canTake)
      this.pass(Math.min(end, Math.max(scheduler.nextDue, scheduler.now + 1)) - scheduler.now)
  }

  /** Lets the cycles of a sequence go by. */
  pass(cycles: Cycles): void {
    if (cycles <= 0) return
    this.settings.onOverhead?.(cycles)
    this.parts.surroundings.advance(cycles)
  }
}
