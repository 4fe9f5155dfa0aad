import { ExceptionNumber } from './exception-numbers.ts'
import { Dfsr, FaultStatus, Hfsr, type Fault, type FaultKind, type SavedFaultStatus } from './faults.ts'
import type { Nvic } from './nvic.ts'

export interface SavedEscalation {
  readonly status: SavedFaultStatus
  readonly lockup: string | null
}

/** Which exception a fault becomes: itself, HardFault, or lockup; ARMv7-M ARM B1.5.14, B1.5.15. */
export class FaultEscalation {
  readonly status = new FaultStatus()
  /**
   * Called for each fault before anything comes of it; not for those of an exception's own entry.
   * Not saved: who listens.
   */
  onFault: ((fault: Fault) => void) | undefined
  #lockup: string | undefined

  constructor(private readonly nvic: Nvic) {}

  save(): SavedEscalation {
    return { status: this.status.save(), lockup: this.#lockup ?? null }
  }

  restore({ status, lockup }: SavedEscalation): void {
    this.status.restore(status)
    this.#lockup = lockup ?? undefined
  }

  reset(): void {
    this.status.reset()
    this.#lockup = undefined
  }

  get lockupReason(): string | undefined {
    return this.#lockup
  }

  /** The PC stays where it was instead of going to 0xFFFFFFFE, so that a report can name the place. */
  lockUp(reason: string): void {
    this.#lockup ??= reason
  }

  mayPreempt(exception: number): boolean {
    return this.nvic.groupPriority(exception) < this.nvic.executionPriority
  }

  /** Records a fault and makes its exception pending. @returns false when the processor locked up instead. */
  pend(fault: Fault): boolean {
    if (fault.kind !== 'supervisorCall') this.onFault?.(fault)
    const exception = this.#resolve(fault)
    if (exception === undefined) return false
    this.nvic.pend(exception)
    return true
  }

  /** A fault of the entry itself: pending beside the exception being entered, whatever its priority. */
  pendDerived(kind: FaultKind): void {
    const exception = this.status.record(kind, undefined)
    const taken = this.nvic.isEnabled(exception) ? exception : this.#forced(kind)
    if (taken !== undefined) this.nvic.pend(taken)
  }

  /** Lazy stacking raises what could have been raised when the space was reserved, as FPCCR remembers. */
  pendLazy(kind: FaultKind, ready: boolean, hardFaultReady: boolean): void {
    const exception = this.status.record(kind, undefined)
    if (ready) {
      this.nvic.pend(exception)
      return
    }
    this.status.hfsr |= Hfsr.FORCED
    if (hardFaultReady) this.nvic.pend(ExceptionNumber.hardFault)
    else this.lockUp(`${kind} in a HardFault or NMI handler`)
  }

  /** The vector of an exception about to be taken could not be read. */
  pendVectorFault(exception: number): void {
    this.status.hfsr |= Hfsr.VECTTBL
    if (exception <= ExceptionNumber.hardFault || this.nvic.executionPriority <= -1)
      this.lockUp('the vector of HardFault or NMI could not be read')
    else this.nvic.pend(ExceptionNumber.hardFault)
  }

  #resolve(fault: Fault): number | undefined {
    const { nvic, status } = this
    if (fault.kind === 'breakpoint') return this.#breakpoint()
    const exception =
      fault.kind === 'supervisorCall' ? ExceptionNumber.svCall : status.record(fault.kind, fault.address)
    return nvic.isEnabled(exception) && this.mayPreempt(exception) ? exception : this.#forced(fault.kind)
  }

  #breakpoint(): number | undefined {
    const { debugMonitor } = ExceptionNumber
    this.status.dfsr |= Dfsr.BKPT
    if (this.nvic.isEnabled(debugMonitor) && this.mayPreempt(debugMonitor)) return debugMonitor
    this.status.hfsr |= Hfsr.DEBUGEVT
    return this.#hardFault('a breakpoint')
  }

  #forced(what: string): number | undefined {
    this.status.hfsr |= Hfsr.FORCED
    return this.#hardFault(what)
  }

  #hardFault(what: string): number | undefined {
    if (this.nvic.executionPriority > -1) return ExceptionNumber.hardFault
    this.lockUp(`${what} in a HardFault or NMI handler`)
    return undefined
  }
}
