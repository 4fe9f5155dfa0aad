import { BusError, type Address, type Cycles } from './bus.ts'
import { ExceptionNumber } from './exception-numbers.ts'
import { FaultEscalation } from './fault-escalation.ts'
import { Hfsr, type Fault, type FaultKind, type FaultStatus } from './faults.ts'
import type { FloatingPointContext } from './floating-point-context.ts'
import { State } from './layout.ts'
import { LazyStacking, floatingPointWords } from './lazy-stacking.ts'
import { MemoryPermissions } from './memory-permissions.ts'
import type { AccessKind, Mpu } from './mpu.ts'
import { Nvic } from './nvic.ts'
import { SpecialRegisters } from './special-registers.ts'
import { readFrame, restoreRegisters, stackedPsr, unstackedItState, writeFrame } from './stack-frame.ts'
import type { Surroundings } from './surroundings.ts'

/** Cycles at zero wait states; Cortex-M4 TRM 3.9.1. */
export const ExceptionCycles = {
  entry: 12,
  entryWithFloatingPoint: 29,
  return: 10,
  returnWithFloatingPoint: 27,
  tailChain: 6,
  /** The 17 words that an eager entry writes more than a plain one. */
  lazyPreservation: 17,
} as const
/** What is left of a return once unstacking can no more be abandoned: the refill. Not published; an assumption. */
const REFILL = 2

/** CCR; ARMv7-M ARM B3.2.8. */
export const Ccr = {
  NONBASETHRDENA: 1 << 0,
  USERSETMPEND: 1 << 1,
  UNALIGN_TRP: 1 << 3,
  DIV_0_TRP: 1 << 4,
  BFHFNMIGN: 1 << 8,
  STKALIGN: 1 << 9,
} as const
const CCR_WRITABLE = Object.values(Ccr).reduce((all, bit) => all | bit, 0)

export interface ExceptionCounters {
  entries: number
  returns: number
  tailChains: number
  lateArrivals: number
}

/** Exceptions of ARMv7-M, ARM ARM B1.5, with the Cortex-M4's cycles. */
export class ExceptionModel {
  readonly nvic = new Nvic()
  readonly special: SpecialRegisters
  readonly mpu: Mpu
  readonly status: FaultStatus
  readonly floatingPoint: FloatingPointContext
  readonly counters: ExceptionCounters = { entries: 0, returns: 0, tailChains: 0, lateArrivals: 0 }
  /** VTOR. */
  vectorTable: Address = 0
  /** SCR.SLEEPONEXIT. */
  sleepOnExitEnabled = false
  /** Told when a handler's first instruction is about to execute. */
  onEntry: ((exception: number, cycle: Cycles) => void) | undefined
  /** Told when a handler ends, before unstacking or tail-chaining. */
  onReturn: ((exception: number, cycle: Cycles) => void) | undefined
  /** Told of cycles that entry, return and tail-chaining took. */
  onOverhead: ((cycles: Cycles) => void) | undefined
  readonly #escalation: FaultEscalation
  readonly #permissions: MemoryPermissions
  readonly #lazyStacking: LazyStacking
  #ccr: number = Ccr.STKALIGN
  #thumb = true
  #sleepOnExit = false

  constructor(private readonly surroundings: Surroundings) {
    const { state } = surroundings
    const { nvic } = this
    const special = new SpecialRegisters(state, nvic)
    const escalation = new FaultEscalation(nvic)
    const permissions = new MemoryPermissions(surroundings, special, nvic)
    const lazyStacking = new LazyStacking({ state, nvic, special, escalation, permissions })
    special.onContextChange = () => {
      lazyStacking.update()
      permissions.modeChanged()
    }
    this.special = special
    this.mpu = permissions.mpu
    this.status = escalation.status
    this.floatingPoint = lazyStacking.context
    this.#escalation = escalation
    this.#permissions = permissions
    this.#lazyStacking = lazyStacking
  }

  /** Starts from the vector table: the initial stack pointer, then the reset handler; B1.5.5. */
  reset(vectorTable: Address): void {
    const { state } = this.surroundings
    this.nvic.reset()
    this.#escalation.reset()
    this.floatingPoint.reset()
    this.mpu.reset()
    this.ccr = Ccr.STKALIGN
    this.vectorTable = vectorTable >>> 0
    this.sleepOnExitEnabled = this.#sleepOnExit = false
    state.setWord(State.exclusive, 0)
    state.setRegister(14, 0xffff_ffff)
    state.fpscr = 0
    const msp = this.#readVector(0)
    const start = this.#readVector(ExceptionNumber.reset)
    this.special.reset(msp ?? 0)
    if (msp === undefined || start === undefined) {
      this.status.hfsr |= Hfsr.VECTTBL
      this.#escalation.lockUp('the vector table could not be read at reset')
    } else this.#goTo(start)
  }

  setInterruptLine(irq: number, level: boolean): void {
    this.nvic.setLine(ExceptionNumber.interrupt0 + irq, level)
  }

  /** A pending exception has enough priority to be taken now. */
  get canTake(): boolean {
    return this.nvic.canTake && !this.isLockedUp
  }

  get isLockedUp(): boolean {
    return this.lockupReason !== undefined
  }

  get lockupReason(): string | undefined {
    return this.#escalation.lockupReason
  }

  /** IPSR: 0 in Thread mode. */
  get activeException(): number {
    return this.special.ipsr
  }

  /** WFI goes on: an exception would be taken if PRIMASK were clear; B1.5.19. */
  get wakesFromInterrupt(): boolean {
    return this.nvic.canWake
  }

  /** WFE goes on; B1.5.18. */
  get wakesFromEvent(): boolean {
    return this.nvic.eventRegister || this.canTake
  }

  /** WFE: clears the event register. @returns whether it was set. */
  consumeEvent(): boolean {
    const was = this.nvic.eventRegister
    this.nvic.eventRegister = false
    return was
  }

  sendEvent(): void {
    this.nvic.eventRegister = true
  }

  /** The last return went to Thread mode under SCR.SLEEPONEXIT: sleep as WFI does before executing anything. */
  get sleepOnExit(): boolean {
    return this.#sleepOnExit
  }

  get ccr(): number {
    return this.#ccr
  }

  set ccr(value: number) {
    this.#ccr = value & CCR_WRITABLE
    this.surroundings.state.setWord(State.unalignedTrap, this.#ccr & Ccr.UNALIGN_TRP ? 1 : 0)
  }

  get trapsDivideByZero(): boolean {
    return (this.#ccr & Ccr.DIV_0_TRP) !== 0
  }

  /** CCR.BFHFNMIGN in HardFault, NMI or under FAULTMASK: a load or store without answer does not fault. */
  get ignoresDataBusFaults(): boolean {
    return (this.#ccr & Ccr.BFHFNMIGN) !== 0 && this.nvic.executionPriority < 0
  }

  /** Whether the MPU and the default memory map let an access happen. */
  check(address: Address, size: number, kind: AccessKind, privileged = this.special.isPrivileged): boolean {
    return this.#permissions.check(address, size, kind, privileged)
  }

  readSpecial(sysm: number): number {
    return this.special.read(sysm)
  }

  writeSpecial(sysm: number, value: number): void {
    this.special.write(sysm, value)
  }

  changeProcessorState(enable: boolean, which: number): void {
    this.special.changeProcessorState(enable, which)
  }

  /** Enters the pending exception of highest priority. Nothing happens when none may be taken. */
  takePending(): void {
    if (this.canTake) this.#enter(this.#excReturn())
  }

  /**
   * Takes a synchronous fault, SVC or BKPT. The PC is the return address: the instruction itself for a fault, its
   * target for `invalidState`, the next one for SVC.
   */
  raise(fault: Fault): void {
    if (this.isLockedUp) return
    if (fault.kind === 'invalidState') this.#thumb = false
    if (this.#escalation.pend(fault)) this.#enter(this.#excReturn())
  }

  /**
   * ExecuteFPCheck(), B1.5.7, for the first floating-point instruction of a context.
   * @returns false when an exception was taken instead.
   */
  floatingPointUsed(): boolean {
    if (!this.#lazyStacking.isAllowed) {
      this.raise({ kind: 'noCoprocessor' })
      return false
    }
    if (this.floatingPoint.isPreservationPending) {
      this.#lazyStacking.preserve()
      this.#pass(ExceptionCycles.lazyPreservation)
      if (this.isLockedUp) return false
      if (this.canTake) {
        this.takePending()
        return false
      }
    }
    this.#lazyStacking.begin()
    return true
  }

  /** ExceptionReturn(), B1.5.8. */
  returnFromException(excReturn: number): void {
    const exception = this.special.ipsr
    const legal = this.#isLegalReturn(exception, excReturn)
    this.counters.returns += 1
    if (exception !== ExceptionNumber.nmi) this.nvic.faultmask = 0
    this.nvic.deactivate(exception)
    this.onReturn?.(exception, this.surroundings.scheduler.now)
    if (!legal) this.#failReturn('invalidPc', excReturn)
    else if (!this.#tailChain(excReturn)) this.#unstack(excReturn)
  }

  /** B1.5.8: the value must be one of six, and as many exceptions active as it says. */
  #isLegalReturn(exception: number, excReturn: number): boolean {
    if (!this.nvic.isActive(exception) || (excReturn & 0x0fff_ffe0) !== 0x0fff_ffe0) return false
    const kind = excReturn & 0xf
    if (kind === 0x1) return true
    if (kind !== 0x9 && kind !== 0xd) return false
    return this.nvic.activeCount === 1 || (this.#ccr & Ccr.NONBASETHRDENA) !== 0
  }

  #tailChain(excReturn: number): boolean {
    if (!this.canTake) return false
    this.counters.tailChains += 1
    this.special.isFloatingPointActive = false
    this.#take(excReturn, ExceptionCycles.tailChain)
    return true
  }

  /** PopStack(), B1.5.8. An exception that arrives meanwhile is tail-chained and the frame stays where it is. */
  #unstack(excReturn: number): void {
    const { special, floatingPoint } = this
    const { state } = this.surroundings
    const extended = (excReturn & 0x10) === 0
    const toHandler = (excReturn & 0xf) === 0x1
    const process = (excReturn & 0xf) === 0xd
    const privileged = toHandler || special.isThreadPrivileged
    const popsFloats = extended && !floatingPoint.isPreservationPending
    this.#pass((popsFloats ? ExceptionCycles.returnWithFloatingPoint : ExceptionCycles.return) - REFILL)
    if (this.#tailChain(excReturn)) return
    const frame = process ? special.psp : special.msp
    const words = readFrame(this.#permissions.frameAccess(privileged), frame, popsFloats ? 25 : 8)
    if (typeof words === 'string') return this.#failReturn(`unstacking${words}`, excReturn)
    if (popsFloats && !floatingPoint.isAllowed(privileged))
      return this.#failReturn('noCoprocessor', excReturn)
    const { pc, psr } = restoreRegisters(state, words)
    if (extended) floatingPoint.isPreservationPending = false
    const padding = psr & (1 << 9) && (extended || this.#ccr & Ccr.STKALIGN) ? 4 : 0
    const sp = ((frame + (extended ? 0x68 : 0x20)) | padding) >>> 0
    if (process) special.psp = sp
    else special.msp = sp
    const ipsr = psr & 0x1ff
    if (toHandler) special.setMode(true, ipsr)
    else special.returnToThread(process, ipsr)
    special.isFloatingPointActive = extended
    this.#continueAt(pc, psr)
    if (toHandler === (ipsr === 0)) {
      if (this.#escalation.pend({ kind: 'invalidPc' })) this.#enter(excReturn)
      return
    }
    this.#sleepOnExit = this.sleepOnExitEnabled && !toHandler && this.nvic.activeCount === 0
    this.#pass(REFILL)
    if (!this.#thumb) this.raise({ kind: 'invalidState' })
  }

  #continueAt(pc: Address, psr: number): void {
    const { state } = this.surroundings
    state.pc = (pc & ~1) >>> 0
    this.#thumb = (psr & (1 << 24)) !== 0
    const itState = unstackedItState(psr)
    if (itState !== state.itState && !state.isPcOutside) this.surroundings.setItState(state.pc, itState)
    state.setWord(State.exclusive, 0)
    this.nvic.eventRegister = true
  }

  /** A fault found on the way out: taken like a tail-chained exception, the frame untouched; B1.5.14. */
  #failReturn(kind: FaultKind, excReturn: number): void {
    if (!this.#escalation.pend({ kind })) return
    this.special.isFloatingPointActive = false
    this.#take((excReturn | 0xf000_0000) >>> 0, ExceptionCycles.tailChain)
  }

  /** The value that LR gets: which stack, which mode, which frame. B1.5.8. */
  #excReturn(): number {
    const { special } = this
    const place = special.isHandlerMode ? 0x1 : special.usesProcessStack ? 0xd : 0x9
    return (0xffff_ffe0 | (special.isFloatingPointActive ? 0 : 0x10) | place) >>> 0
  }

  #enter(excReturn: number): void {
    const eager = this.special.isFloatingPointActive && !this.floatingPoint.isLazy
    this.#push(eager)
    if (!this.isLockedUp)
      this.#take(excReturn, eager ? ExceptionCycles.entryWithFloatingPoint : ExceptionCycles.entry)
  }

  /** PushStack(), B1.5.7. */
  #push(eager: boolean): void {
    const { special } = this
    const { state } = this.surroundings
    const extended = special.isFloatingPointActive
    const aligned = extended || (this.#ccr & Ccr.STKALIGN) !== 0
    const sp = state.register(13)
    const padded = aligned && (sp & 4) !== 0
    const frame = ((sp - (extended ? 0x68 : 0x20)) & (aligned ? ~4 : ~0)) >>> 0
    const words = [0, 1, 2, 3, 12, 14].map((n) => state.register(n))
    words.push(state.pc, stackedPsr(state, special.ipsr, this.#thumb, padded))
    state.setRegister(13, frame)
    if (eager && this.#lazyStacking.isAllowed) words.push(...floatingPointWords(state))
    else if (eager) this.#escalation.pendDerived('noCoprocessor')
    else if (extended) this.#lazyStacking.reserve(frame + 0x20)
    const fault = writeFrame(this.#permissions.frameAccess(special.isPrivileged), frame, words)
    if (fault !== undefined) this.#escalation.pendDerived(`stacking${fault}`)
  }

  /**
   * ExceptionTaken(), B1.5.7, for the pending exception of highest priority. One that arrives before the handler's
   * first instruction takes its place for the price of another vector fetch (Cortex-M3 TRM 5.7, late-arriving).
   */
  #take(excReturn: number, cycles: Cycles): void {
    const { nvic } = this
    const { state, scheduler } = this.surroundings
    let chosen = nvic.highestPending
    let vector: number | undefined
    this.#pass(cycles - ExceptionCycles.tailChain)
    do {
      if (nvic.highestPending !== chosen) this.counters.lateArrivals += 1
      chosen = nvic.highestPending
      vector = this.#readVector(chosen)
      if (vector === undefined) this.#escalation.pendVectorFault(chosen)
      if (this.isLockedUp) return
      this.#pass(ExceptionCycles.tailChain)
    } while (nvic.highestPending !== chosen || vector === undefined)
    nvic.activate(chosen)
    nvic.eventRegister = true
    this.#sleepOnExit = false
    this.special.enterHandlerMode(chosen)
    state.setRegister(14, excReturn)
    state.setWord(State.exclusive, 0)
    this.counters.entries += 1
    this.onEntry?.(chosen, scheduler.now)
    this.#goTo(vector)
  }

  #readVector(exception: number): number | undefined {
    try {
      return this.surroundings.readMemory((this.vectorTable + 4 * exception) >>> 0, 4) >>> 0
    } catch (error) {
      if (error instanceof BusError) return undefined
      throw error
    }
  }

  /** Bit 0 of a vector is EPSR.T; without it the first instruction faults. */
  #goTo(vector: number): void {
    this.surroundings.state.pc = (vector & ~1) >>> 0
    this.#thumb = (vector & 1) !== 0
    if (!this.#thumb) this.raise({ kind: 'invalidState' })
  }

  #pass(cycles: Cycles): void {
    if (cycles <= 0) return
    this.onOverhead?.(cycles)
    this.surroundings.advance(cycles)
  }
}
