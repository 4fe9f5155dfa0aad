import type { Address, Cycles } from '../bus.ts'
import { ExceptionNumber } from './exception-numbers.ts'
import {
  CCR_WRITABLE,
  Ccr,
  ExceptionSequences,
  type ExceptionCounters,
  type SavedSequences,
} from './exception-sequences.ts'
import { FaultEscalation, type SavedEscalation } from './fault-escalation.ts'
import type { Fault, FaultStatus } from './faults.ts'
import type { FloatingPointContext } from './floating-point-context.ts'
import { State, type Executable } from '../layout.ts'
import { LazyStacking, type SavedLazyStacking } from './lazy-stacking.ts'
import { MemoryPermissions, type SavedPermissions } from '../system/memory-permissions.ts'
import type { AccessKind, Mpu } from '../system/mpu.ts'
import { Nvic, type SavedNvic } from './nvic.ts'
import { SpecialRegisters, type SavedSpecialRegisters } from '../system/special-registers.ts'
import type { Surroundings } from '../surroundings.ts'

export interface SavedExceptions {
  readonly nvic: SavedNvic
  readonly special: SavedSpecialRegisters
  readonly escalation: SavedEscalation
  readonly permissions: SavedPermissions
  readonly lazyStacking: SavedLazyStacking
  readonly sequences: SavedSequences
  readonly vectorTable: Address
  readonly sleepOnExitEnabled: boolean
  readonly ccr: number
}

/**
 * Exceptions of ARMv7-M, ARM ARM B1.5, with the Cortex-M4's cycles. What is interrupted half-way is
 * `UnfinishedInstruction`'s. Approximated: 1. A frame is written at the beginning of the entry, not word by word. 2. One
 * number of wait states, `stackWait`, for every stack. 3. The pipeline's stalls that passed while a handler ran are
 * taken off the return, but not beyond its last cycles. 4. Lockup is final until a reset; an NMI does not leave it.
 */
export class ExceptionModel {
  readonly nvic = new Nvic()
  readonly special: SpecialRegisters
  /** Not saved: part of another one here. */
  readonly mpu: Mpu
  /** Not saved: part of another one here. */
  readonly status: FaultStatus
  /** Not saved: part of another one here. */
  readonly floatingPoint: FloatingPointContext
  /** VTOR. */
  vectorTable: Address = 0
  /** SCR.SLEEPONEXIT. */
  sleepOnExitEnabled = false
  /** Told when a handler's first instruction is about to execute. Not saved: who listens. */
  onEntry: ((exception: number, cycle: Cycles) => void) | undefined
  /** Told when a handler ends, before unstacking or tail-chaining. Not saved: who listens. */
  onReturn: ((exception: number, cycle: Cycles) => void) | undefined
  /** Told of cycles that entry, return and tail-chaining took. Not saved: who listens. */
  onOverhead: ((cycles: Cycles) => void) | undefined
  readonly #escalation: FaultEscalation
  readonly #permissions: MemoryPermissions
  readonly #lazyStacking: LazyStacking
  readonly #sequences: ExceptionSequences
  #ccr: number = Ccr.STKALIGN

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
    const parts = { surroundings, nvic, special, escalation, permissions, lazyStacking }
    this.#sequences = new ExceptionSequences(parts, this)
  }

  save(): SavedExceptions {
    return {
      nvic: this.nvic.save(),
      special: this.special.save(),
      escalation: this.#escalation.save(),
      permissions: this.#permissions.save(),
      lazyStacking: this.#lazyStacking.save(),
      sequences: this.#sequences.save(),
      vectorTable: this.vectorTable,
      sleepOnExitEnabled: this.sleepOnExitEnabled,
      ccr: this.#ccr,
    }
  }

  /** What follows from it in the processor's state is restored with that. */
  restore(saved: SavedExceptions): void {
    this.nvic.restore(saved.nvic)
    this.special.restore(saved.special)
    this.#escalation.restore(saved.escalation)
    this.#permissions.restore(saved.permissions)
    this.#lazyStacking.restore(saved.lazyStacking)
    this.#sequences.restore(saved.sequences)
    this.vectorTable = saved.vectorTable
    this.sleepOnExitEnabled = saved.sleepOnExitEnabled
    this.#ccr = saved.ccr
  }

  /** Called for each fault before it becomes an exception, with the PC still at the instruction. */
  set onFault(listener: (fault: Fault) => void) {
    this.#escalation.onFault = listener
  }

  get counters(): Readonly<ExceptionCounters> {
    return this.#sequences.counters
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
    this.sleepOnExitEnabled = false
    state.setWord(State.exclusive, 0)
    state.setRegister(14, 0xffff_ffff)
    state.fpscr = 0
    this.#sequences.start()
  }

  setInterruptLine(irq: number, level: boolean): void {
    this.nvic.setLine(ExceptionNumber.interrupt0 + irq, level)
  }

  /** ACTLR.DISFPCA is clear: the first floating-point instruction of a context sets CONTROL.FPCA. */
  set updatesFpca(updates: boolean) {
    this.#lazyStacking.updatesFpca = updates
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
    return this.#sequences.sleepOnExit
  }

  get ccr(): number {
    return this.#ccr
  }

  set ccr(value: number) {
    this.#ccr = value & CCR_WRITABLE
    const { state } = this.surroundings
    state.setWord(State.unalignedTrap, this.#ccr & Ccr.UNALIGN_TRP ? 1 : 0)
    state.setWord(State.divideByZeroTrap, this.#ccr & Ccr.DIV_0_TRP ? 1 : 0)
  }

  /** CCR.BFHFNMIGN in HardFault, NMI or under FAULTMASK: a load or store without answer does not fault. */
  get ignoresDataBusFaults(): boolean {
    return (this.#ccr & Ccr.BFHFNMIGN) !== 0 && this.nvic.executionPriority < 0
  }

  /** Whether the MPU and the default memory map let an access happen. */
  check(address: Address, size: number, kind: AccessKind, privileged = this.special.isPrivileged): boolean {
    return this.#permissions.check(address, size, kind, privileged)
  }

  /** Who may execute at an address. */
  executableBy(address: Address): Executable {
    return this.#permissions.executableBy(address)
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
    if (this.canTake) this.#sequences.enter()
  }

  /**
   * Takes a synchronous fault, SVC or BKPT. The PC is the return address: the instruction itself for a fault, its
   * target for `invalidState`, the next one for SVC.
   */
  raise(fault: Fault): void {
    if (this.isLockedUp) return
    if (fault.kind === 'invalidState') this.#sequences.leaveThumb()
    if (this.#escalation.pend(fault)) this.#sequences.enter()
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
      this.#sequences.passLazyPreservation()
      if (this.isLockedUp) return false
      if (this.canTake) {
        this.takePending()
        return false
      }
    }
    this.#lazyStacking.begin()
    return true
  }

  /** A branch to an EXC_RETURN value in Handler mode. */
  returnFromException(excReturn: number): void {
    this.#sequences.leave(excReturn)
  }
}
