import type { Address } from '../bus.ts'
import { ExceptionNumber } from './exception-numbers.ts'
import type { FaultEscalation } from './fault-escalation.ts'
import { FloatingPointContext, Fpccr, type SavedFloatingPointContext } from './floating-point-context.ts'
import { State } from '../layout.ts'
import type { MemoryPermissions } from '../system/memory-permissions.ts'
import type { Nvic } from './nvic.ts'
import type { SpecialRegisters } from '../system/special-registers.ts'
import { writeFrame } from './stack-frame.ts'
import type { ProcessorState } from '../state.ts'

/** The mode bits that a new floating-point context takes from FPDSCR. */
const FPSCR_MODES = 0x07c0_0000

export interface LazyStackingParts {
  readonly state: ProcessorState
  readonly nvic: Nvic
  readonly special: SpecialRegisters
  readonly escalation: FaultEscalation
  readonly permissions: MemoryPermissions
}

/** S0 to S15 and FPSCR as they are stacked. */
export function floatingPointWords(state: ProcessorState): number[] {
  return [...Array.from({ length: 16 }, (_, n) => state.single(n)), state.fpscr]
}

export interface SavedLazyStacking {
  readonly context: SavedFloatingPointContext
  readonly updatesFpca: boolean
}

/** Lazy preservation of the floating-point context; ARMv7-M ARM B1.5.7. */
export class LazyStacking {
  readonly context = new FloatingPointContext()
  #updatesFpca = true

  constructor(private readonly parts: LazyStackingParts) {
    this.context.onChange = () => this.update()
  }

  save(): SavedLazyStacking {
    return { context: this.context.save(), updatesFpca: this.#updatesFpca }
  }

  restore({ context, updatesFpca }: SavedLazyStacking): void {
    this.context.restore(context)
    this.#updatesFpca = updatesFpca
  }

  /** ACTLR.DISFPCA is clear. */
  set updatesFpca(updates: boolean) {
    this.#updatesFpca = updates
    this.update()
  }

  get #isAutomatic(): boolean {
    return this.context.isAutomatic && this.#updatesFpca
  }

  get isAllowed(): boolean {
    return this.context.isAllowed(this.parts.special.isPrivileged)
  }

  /** UpdateFPCCR(): where the state will go, and which faults writing it may raise. */
  reserve(address: Address): void {
    const { nvic, special, escalation } = this.parts
    const ready = (exception: number, bit: number): number =>
      nvic.isEnabled(exception) && escalation.mayPreempt(exception) ? bit : 0
    this.context.fpcar = address
    this.context.fpccr =
      (this.context.fpccr & (Fpccr.ASPEN | Fpccr.LSPEN)) |
      Fpccr.LSPACT |
      (special.isPrivileged ? 0 : Fpccr.USER) |
      (special.isHandlerMode ? 0 : Fpccr.THREAD) |
      (nvic.executionPriority > -1 ? Fpccr.HFRDY : 0) |
      ready(ExceptionNumber.busFault, Fpccr.BFRDY) |
      ready(ExceptionNumber.memManage, Fpccr.MMRDY) |
      ready(ExceptionNumber.debugMonitor, Fpccr.MONRDY)
  }

  /** PreserveFPState(). A fault is pending afterwards, or the processor locked up. */
  preserve(): void {
    const { state, escalation, permissions } = this.parts
    const { fpccr, fpcar } = this.context
    const access = permissions.frameAccess((fpccr & Fpccr.USER) === 0)
    const fault = writeFrame(access, fpcar, floatingPointWords(state))
    this.context.isPreservationPending = false
    if (fault === undefined) return
    const ready = (fpccr & (fault === 'Bus' ? Fpccr.BFRDY : Fpccr.MMRDY)) !== 0
    escalation.pendLazy(`lazyStacking${fault}`, ready, (fpccr & Fpccr.HFRDY) !== 0)
  }

  /** The rest of ExecuteFPCheck(): a new context starts with the modes of FPDSCR. */
  begin(): void {
    const { state, special } = this.parts
    if (!this.#isAutomatic || special.isFloatingPointActive) return
    state.fpscr = (state.fpscr & ~FPSCR_MODES) | (this.context.fpdscr & FPSCR_MODES)
    special.isFloatingPointActive = true
  }

  /** Tells the interpreter whether a floating-point instruction may simply execute. */
  update(): void {
    const { state, special } = this.parts
    const active =
      this.isAllowed &&
      !this.context.isPreservationPending &&
      (special.isFloatingPointActive || !this.#isAutomatic)
    state.setWord(State.fpActive, active ? 1 : 0)
  }
}
