import { BusError, type Address, type Cycles } from './bus.ts'
import { changedRanges, type ExecutionMap } from './execution-map.ts'
import { ExceptionNumber } from './exception-numbers.ts'
import { Dfsr, FaultStatus, Hfsr, type Fault, type FaultKind } from './faults.ts'
import { FloatingPointContext, Fpccr } from './floating-point-context.ts'
import { State } from './layout.ts'
import { Mpu, codeMemories, type AccessKind } from './mpu.ts'
import { Nvic } from './nvic.ts'
import { SpecialRegisters } from './special-registers.ts'
import { readFrame, stackedPsr, writeFrame } from './stack-frame.ts'
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
/** The mode bits that a new floating-point context takes from FPDSCR. */
const FPSCR_MODES = 0x07c0_0000

export interface ExceptionCounters {
  entries: number
  returns: number
  tailChains: number
  lateArrivals: number
}

/** Exceptions of ARMv7-M, ARM ARM B1.5, with the Cortex-M4's cycles. */
export class ExceptionModel {
  readonly nvic = new Nvic()
  readonly mpu = new Mpu()
  readonly status = new FaultStatus()
  readonly floatingPoint = new FloatingPointContext()
  readonly special: SpecialRegisters
  readonly counters: ExceptionCounters = { entries: 0, returns: 0, tailChains: 0, lateArrivals: 0 }
  /** VTOR. */
  vectorTable: Address = 0
  /** SCR.SLEEPONEXIT. */
  sleepOnExitEnabled = false
  /** DEMCR.MON_EN. */
  monitorEnabled = false
  /** Told when a handler's first instruction is about to execute. */
  onEntry: ((exception: number, cycle: Cycles) => void) | undefined
  /** Told when a handler ends, before unstacking or tail-chaining. */
  onReturn: ((exception: number, cycle: Cycles) => void) | undefined
  /** Told of cycles that entry, return and tail-chaining took. */
  onOverhead: ((cycles: Cycles) => void) | undefined
  #ccr: number = Ccr.STKALIGN
  #thumb = true
  #lockup: string | undefined
  #sleepOnExit = false

  constructor(private readonly surroundings: Surroundings) {
    this.special = new SpecialRegisters(surroundings.state, this.nvic)
    this.special.onContextChange = () => this.#contextChanged()
    this.floatingPoint.onChange = () => this.#updateFloatingPoint()
    this.mpu.onChange = () => this.#permissionsChanged()
  }

  /** Starts from the vector table: the initial stack pointer, then the reset handler; B1.5.5. */
  reset(vectorTable: Address): void {
    const { state } = this.surroundings
    this.nvic.reset()
    this.status.reset()
    this.floatingPoint.reset()
    this.mpu.reset()
    this.ccr = Ccr.STKALIGN
    this.vectorTable = vectorTable >>> 0
    this.sleepOnExitEnabled = this.#sleepOnExit = false
    this.#lockup = undefined
    state.setWord(State.exclusive, 0)
    state.setRegister(14, 0xffff_ffff)
    state.fpscr = 0
    const msp = this.#readVector(0)
    const start = this.#readVector(ExceptionNumber.reset)
    this.special.reset(msp ?? 0)
    if (msp === undefined || start === undefined) {
      this.status.hfsr |= Hfsr.VECTTBL
      this.#lockUp('the vector table could not be read at reset')
    } else this.#goTo(start)
  }

  setInterruptLine(irq: number, level: boolean): void {
    this.nvic.setLine(ExceptionNumber.interrupt0 + irq, level)
  }

  get canTake(): boolean {
    return this.nvic.canTake && this.#lockup === undefined
  }

  get isLockedUp(): boolean {
    return this.#lockup !== undefined
  }

  get lockupReason(): string | undefined {
    return this.#lockup
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

  /** Whether the MPU and the default memory map let an access of the current mode happen. */
  check(address: Address, size: number, kind: AccessKind, privileged = this.special.isPrivileged): boolean {
    return this.mpu.check(address, size, kind, privileged, this.nvic.executionPriority < 0)
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
    const exception = this.#resolve(fault)
    if (exception === undefined) return
    this.nvic.pend(exception)
    this.#enter(this.#excReturn())
  }

  /**
   * ExecuteFPCheck(), B1.5.7, for the first floating-point instruction of a context.
   * @returns false when an exception was taken instead.
   */
  floatingPointUsed(): boolean {
    const { floatingPoint, special } = this
    const { state } = this.surroundings
    if (!floatingPoint.isAllowed(special.isPrivileged)) {
      this.raise({ kind: 'noCoprocessor' })
      return false
    }
    if (floatingPoint.isPreservationPending && !this.#preserveFloatingPoint()) return false
    if (floatingPoint.isAutomatic && !special.isFloatingPointActive) {
      state.fpscr = (state.fpscr & ~FPSCR_MODES) | (floatingPoint.fpdscr & FPSCR_MODES)
      special.isFloatingPointActive = true
    }
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
    const { special, floatingPoint, nvic } = this
    const { state } = this.surroundings
    const extended = (excReturn & 0x10) === 0
    const toHandler = (excReturn & 0xf) === 0x1
    const process = (excReturn & 0xf) === 0xd
    const privileged = toHandler || (special.control & 1) === 0
    const popsFloats = extended && !floatingPoint.isPreservationPending
    this.#pass((popsFloats ? ExceptionCycles.returnWithFloatingPoint : ExceptionCycles.return) - REFILL)
    if (this.#tailChain(excReturn)) return
    const frame = process ? special.psp : special.msp
    const words = readFrame(this.#frameAccess(privileged), frame, popsFloats ? 25 : 8)
    if (typeof words === 'string') {
      this.#failReturn(`unstacking${words}`, excReturn)
      return
    }
    if (popsFloats && !floatingPoint.isAllowed(privileged)) {
      this.#failReturn('noCoprocessor', excReturn)
      return
    }
    const word = (n: number): number => words[n] ?? 0
    for (let n = 0; n < 4; n++) state.setRegister(n, word(n))
    state.setRegister(12, word(4))
    state.setRegister(14, word(5))
    if (popsFloats) {
      for (let n = 0; n < 16; n++) state.setSingle(n, word(8 + n))
      state.fpscr = word(24)
    } else if (extended) floatingPoint.isPreservationPending = false
    const psr = word(7)
    const aligned = extended || (this.#ccr & Ccr.STKALIGN) !== 0
    const sp = ((frame + (extended ? 0x68 : 0x20)) | (aligned && psr & (1 << 9) ? 4 : 0)) >>> 0
    if (process) special.psp = sp
    else special.msp = sp
    const ipsr = psr & 0x1ff
    if (toHandler) special.setMode(true, ipsr)
    else special.returnToThread(process, ipsr)
    special.isFloatingPointActive = extended
    state.apsr = psr
    this.#afterReturn(word(6), psr)
    if (toHandler === (ipsr === 0)) {
      this.#enterFault('invalidPc', excReturn)
      return
    }
    this.#sleepOnExit = this.sleepOnExitEnabled && !toHandler && nvic.activeCount === 0
    this.#pass(REFILL)
    if (!this.#thumb) this.raise({ kind: 'invalidState' })
  }

  #afterReturn(pc: Address, psr: number): void {
    const { state } = this.surroundings
    state.pc = (pc & ~1) >>> 0
    this.#thumb = (psr & (1 << 24)) !== 0
    const itState = ((psr >>> 8) & 0xfc) | ((psr >>> 25) & 3)
    if (itState !== state.itState && !state.isPcOutside) this.surroundings.setItState(state.pc, itState)
    state.setWord(State.exclusive, 0)
    this.nvic.eventRegister = true
  }

  /** A fault found on the way out: taken like a tail-chained exception, the frame untouched; B1.5.14. */
  #failReturn(kind: FaultKind, excReturn: number): void {
    const exception = this.#resolve({ kind })
    if (exception === undefined) return
    this.nvic.pend(exception)
    this.special.isFloatingPointActive = false
    this.#take(excReturn | 0xf000_0000, ExceptionCycles.tailChain)
  }

  #enterFault(kind: FaultKind, excReturn: number): void {
    const exception = this.#resolve({ kind })
    if (exception === undefined) return
    this.nvic.pend(exception)
    this.#enter(excReturn | 0xf000_0000)
  }

  /** Records a fault. @returns the exception to take, after escalation; undefined when the processor locks up. */
  #resolve(fault: Fault): number | undefined {
    const { nvic, status } = this
    let exception: number = ExceptionNumber.svCall
    if (fault.kind === 'breakpoint') {
      status.dfsr |= Dfsr.BKPT
      exception = ExceptionNumber.debugMonitor
      if (!this.monitorEnabled || !this.#mayPreempt(exception)) {
        status.hfsr |= Hfsr.DEBUGEVT
        return this.#hardFault('a breakpoint')
      }
      nvic.setEnabled(exception, true)
      return exception
    }
    if (fault.kind !== 'supervisorCall') exception = status.record(fault.kind, fault.address)
    if (nvic.isEnabled(exception) && this.#mayPreempt(exception)) return exception
    status.hfsr |= Hfsr.FORCED
    return this.#hardFault(fault.kind)
  }

  #mayPreempt(exception: number): boolean {
    return this.nvic.groupPriority(exception) < this.nvic.executionPriority
  }

  #hardFault(what: string): number | undefined {
    if (this.nvic.executionPriority > -1) return ExceptionNumber.hardFault
    this.#lockUp(`${what} in a HardFault or NMI handler`)
    return undefined
  }

  /** B1.5.15. The PC stays where it was instead of going to 0xFFFFFFFE, so that a report can name the place. */
  #lockUp(reason: string): void {
    this.#lockup ??= reason
  }

  /** A fault of the entry itself: pending beside the exception being entered; B1.5.14. */
  #derive(kind: FaultKind): void {
    const { nvic, status } = this
    const exception = status.record(kind, undefined)
    if (nvic.isEnabled(exception)) {
      nvic.pend(exception)
      return
    }
    status.hfsr |= Hfsr.FORCED
    const escalated = this.#hardFault(kind)
    if (escalated !== undefined) nvic.pend(escalated)
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
    if (this.isLockedUp) return
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
    const access = this.#frameAccess(special.isPrivileged)
    if (eager && this.floatingPoint.isAllowed(special.isPrivileged)) {
      for (let n = 0; n < 16; n++) words.push(state.single(n))
      words.push(state.fpscr)
    } else if (eager) this.#derive('noCoprocessor')
    else if (extended) this.#reserveFloatingPoint(frame + 0x20)
    const fault = writeFrame(access, frame, words)
    if (fault !== undefined) this.#derive(`stacking${fault}`)
  }

  /** UpdateFPCCR(), B1.5.7: who pays for the state that is not written yet, and which faults that may raise. */
  #reserveFloatingPoint(address: Address): void {
    const { nvic, special, floatingPoint } = this
    const ready = (exception: number, bit: number): number =>
      nvic.isEnabled(exception) && this.#mayPreempt(exception) ? bit : 0
    floatingPoint.fpcar = address
    floatingPoint.fpccr =
      (floatingPoint.fpccr & (Fpccr.ASPEN | Fpccr.LSPEN)) |
      Fpccr.LSPACT |
      (special.isPrivileged ? 0 : Fpccr.USER) |
      (special.isHandlerMode ? 0 : Fpccr.THREAD) |
      (nvic.executionPriority > -1 ? Fpccr.HFRDY : 0) |
      ready(ExceptionNumber.busFault, Fpccr.BFRDY) |
      ready(ExceptionNumber.memManage, Fpccr.MMRDY) |
      (this.monitorEnabled && this.#mayPreempt(ExceptionNumber.debugMonitor) ? Fpccr.MONRDY : 0)
  }

  /** PreserveFPState(), B1.5.7. @returns false when an exception was taken instead. */
  #preserveFloatingPoint(): boolean {
    const { floatingPoint, status, nvic } = this
    const { state } = this.surroundings
    const { fpccr } = floatingPoint
    const words = Array.from({ length: 16 }, (_, n) => state.single(n))
    words.push(state.fpscr)
    const fault = writeFrame(this.#frameAccess((fpccr & Fpccr.USER) === 0), floatingPoint.fpcar, words)
    floatingPoint.isPreservationPending = false
    this.#pass(ExceptionCycles.lazyPreservation)
    if (fault === undefined) return true
    const exception = status.record(`lazyStacking${fault}`, undefined)
    if (fpccr & (fault === 'Bus' ? Fpccr.BFRDY : Fpccr.MMRDY)) nvic.pend(exception)
    else {
      status.hfsr |= Hfsr.FORCED
      if (fpccr & Fpccr.HFRDY) nvic.pend(ExceptionNumber.hardFault)
      else this.#lockUp('lazy floating-point stacking in a HardFault or NMI handler')
    }
    if (!this.canTake) return !this.isLockedUp
    this.takePending()
    return false
  }

  /**
   * ExceptionTaken(), B1.5.7, for the pending exception of highest priority. One that arrives before the handler's
   * first instruction takes its place for the price of another vector fetch (Cortex-M3 TRM 5.7, late-arriving).
   */
  #take(excReturn: number, cycles: Cycles): void {
    const { nvic, special } = this
    const { state, scheduler } = this.surroundings
    let chosen = nvic.highestPending
    let vector: number | undefined
    this.#pass(cycles - ExceptionCycles.tailChain)
    do {
      if (nvic.highestPending !== chosen) this.counters.lateArrivals += 1
      chosen = nvic.highestPending
      vector = this.#readVector(chosen)
      if (vector === undefined && !this.#vectorFailed(chosen)) return
      this.#pass(ExceptionCycles.tailChain)
    } while (nvic.highestPending !== chosen || vector === undefined)
    nvic.activate(chosen)
    this.#sleepOnExit = false
    special.enterHandlerMode(chosen)
    state.setRegister(14, excReturn)
    state.setWord(State.exclusive, 0)
    nvic.eventRegister = true
    this.counters.entries += 1
    this.onEntry?.(chosen, scheduler.now)
    this.#goTo(vector)
  }

  /** @returns false: locked up. */
  #vectorFailed(exception: number): boolean {
    this.status.hfsr |= Hfsr.VECTTBL
    if (exception <= ExceptionNumber.hardFault || this.nvic.executionPriority <= -1) {
      this.#lockUp('the vector of HardFault or NMI could not be read')
      return false
    }
    this.nvic.pend(ExceptionNumber.hardFault)
    return true
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

  #frameAccess(privileged: boolean) {
    const { surroundings } = this
    return {
      surroundings,
      allows: (address: Address, kind: AccessKind) => this.check(address, 4, kind, privileged),
    }
  }

  #privileged = true

  #contextChanged(): void {
    this.#updateFloatingPoint()
    const privileged = this.special.isPrivileged
    if (privileged === this.#privileged) return
    this.#privileged = privileged
    if (this.mpu.isEnabled) this.#permissionsChanged()
  }

  readonly #executionMaps: ExecutionMap[] = codeMemories.map(([base]) => [[base, true]])

  #permissionsChanged(): void {
    const { mpu, surroundings } = this
    const { isPrivileged } = this.special
    mpu.setFastPath(surroundings.state, isPrivileged)
    codeMemories.forEach(([base, bytes], n) => {
      const map = mpu.executionMap(base, bytes, isPrivileged)
      for (const [from, length] of changedRanges(this.#executionMaps[n] ?? [], map, base + bytes)) {
        if (surroundings.invalidateCode) surroundings.invalidateCode(from, length)
        else surroundings.invalidateAllCode()
      }
      this.#executionMaps[n] = map
    })
  }

  #updateFloatingPoint(): void {
    const { floatingPoint, special } = this
    const active =
      floatingPoint.isAllowed(special.isPrivileged) &&
      !floatingPoint.isPreservationPending &&
      (special.isFloatingPointActive || !floatingPoint.isAutomatic)
    this.surroundings.state.setWord(State.fpActive, active ? 1 : 0)
  }
}
