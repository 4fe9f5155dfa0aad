import type { Address } from '../bus.ts'
import { State } from '../layout.ts'
import type { Nvic } from '../exceptions/nvic.ts'
import type { ProcessorState } from '../state.ts'

/** CONTROL; ARMv7-M ARM B1.4.4. */
const NPRIV = 1
const SPSEL = 2
const FPCA = 4

/** SYSm of MRS and MSR; ARMv7-M ARM B5.1.1. */
const Sysm = {
  MSP: 8,
  PSP: 9,
  PRIMASK: 16,
  BASEPRI: 17,
  BASEPRI_MAX: 18,
  FAULTMASK: 19,
  CONTROL: 20,
} as const
/** Bits of the mask field of MSR APSR. */
const MASK_NZCVQ = 2
const MASK_GE = 1

export interface SavedSpecialRegisters {
  readonly ipsr: number
  readonly control: number
  readonly otherSp: number
}

/** IPSR, CONTROL and the two stack pointers, of which one lives in R13. */
export class SpecialRegisters {
  #ipsr = 0
  #control = 0
  /** The stack pointer that is not in R13 now. */
  #otherSp = 0
  /** Mode, privilege or the floating-point context may have changed. Not saved: who listens. */
  onContextChange: () => void = () => undefined

  constructor(
    private readonly state: ProcessorState,
    private readonly nvic: Nvic,
  ) {}

  save(): SavedSpecialRegisters {
    return { ipsr: this.#ipsr, control: this.#control, otherSp: this.#otherSp }
  }

  /** Tells nobody: what follows from it is in the processor's state. */
  restore({ ipsr, control, otherSp }: SavedSpecialRegisters): void {
    this.#ipsr = ipsr
    this.#control = control
    this.#otherSp = otherSp
  }

  reset(msp: Address): void {
    this.#ipsr = 0
    this.#control = 0
    this.#otherSp = 0
    this.state.setRegister(13, msp)
    this.state.setWord(State.handlerMode, 0)
    this.onContextChange()
  }

  get ipsr(): number {
    return this.#ipsr
  }

  get control(): number {
    return this.#control
  }

  get isHandlerMode(): boolean {
    return this.state.word(State.handlerMode) !== 0
  }

  get isPrivileged(): boolean {
    return this.isHandlerMode || this.isThreadPrivileged
  }

  /** CONTROL.nPRIV is clear. */
  get isThreadPrivileged(): boolean {
    return (this.#control & NPRIV) === 0
  }

  /** CONTROL.SPSEL; in Handler mode it is 0. */
  get usesProcessStack(): boolean {
    return (this.#control & SPSEL) !== 0
  }

  /** CONTROL.FPCA: a floating-point context is active. */
  get isFloatingPointActive(): boolean {
    return (this.#control & FPCA) !== 0
  }

  set isFloatingPointActive(active: boolean) {
    this.#control = active ? this.#control | FPCA : this.#control & ~FPCA
    this.onContextChange()
  }

  get msp(): Address {
    return this.usesProcessStack ? this.#otherSp : this.state.register(13)
  }

  set msp(value: Address) {
    this.#setStack(false, value)
  }

  get psp(): Address {
    return this.usesProcessStack ? this.state.register(13) : this.#otherSp
  }

  set psp(value: Address) {
    this.#setStack(true, value)
  }

  enterHandlerMode(exception: number): void {
    this.#selectStack(false)
    this.#control &= ~FPCA
    this.setMode(true, exception)
  }

  /** Thread or Handler mode with the exception number that the stacked xPSR says. */
  setMode(handler: boolean, ipsr: number): void {
    this.#ipsr = ipsr
    this.state.setWord(State.handlerMode, handler ? 1 : 0)
    this.onContextChange()
  }

  returnToThread(processStack: boolean, ipsr: number): void {
    this.#selectStack(processStack)
    this.setMode(false, ipsr)
  }

  /** MRS; B5.2.2. EPSR reads as zero. */
  read(sysm: number): number {
    const which = sysm & 0xff
    if (which < 8) return ((which & 4 ? 0 : this.state.apsr) | (which & 1 ? this.#ipsr : 0)) >>> 0
    if (which === Sysm.CONTROL) return this.#control
    if (!this.isPrivileged) return 0
    if (which === Sysm.MSP) return this.msp
    if (which === Sysm.PSP) return this.psp
    if (which === Sysm.PRIMASK) return this.nvic.primask
    if (which === Sysm.BASEPRI || which === Sysm.BASEPRI_MAX) return this.nvic.basepri
    return which === Sysm.FAULTMASK ? this.nvic.faultmask : 0
  }

  /** MSR; B5.2.3. `sysm` may carry the instruction's mask field in bits 11:10; without it, N Z C V Q are written. */
  write(sysm: number, value: number): void {
    const which = sysm & 0xff
    if (which < 8) {
      if ((which & 4) === 0) this.#writeApsr((sysm >>> 10) & 3 || MASK_NZCVQ, value)
      return
    }
    if (!this.isPrivileged) return
    if (which === Sysm.MSP) this.msp = value
    else if (which === Sysm.PSP) this.psp = value
    else if (which === Sysm.PRIMASK) this.nvic.primask = value
    else if (which === Sysm.BASEPRI) this.nvic.basepri = value
    else if (which === Sysm.BASEPRI_MAX) this.#raiseBasepri(value)
    else if (which === Sysm.FAULTMASK) this.#setFaultmask((value & 1) !== 0)
    else if (which === Sysm.CONTROL) this.#writeControl(value)
  }

  /** CPS; B5.2.1. `which`: bit 0 FAULTMASK, bit 1 PRIMASK; enabling clears the mask. */
  changeProcessorState(enable: boolean, which: number): void {
    if (!this.isPrivileged) return
    if (which & 2) this.nvic.primask = enable ? 0 : 1
    if (which & 1) this.#setFaultmask(!enable)
  }

  #writeApsr(mask: number, value: number): void {
    const written = (mask & MASK_NZCVQ ? 0xf800_0000 : 0) | (mask & MASK_GE ? 0x000f_0000 : 0)
    this.state.apsr = (this.state.apsr & ~written) | (value & written)
  }

  #raiseBasepri(value: number): void {
    const before = this.nvic.basepri
    const wanted = value & 0xff
    if (wanted !== 0 && (wanted < before || before === 0)) this.nvic.basepri = wanted
  }

  #setFaultmask(set: boolean): void {
    if (!set) this.nvic.faultmask = 0
    else if (this.nvic.executionPriority > -1) this.nvic.faultmask = 1
  }

  #writeControl(value: number): void {
    if (!this.isHandlerMode) this.#selectStack((value & SPSEL) !== 0)
    this.#control = (this.#control & SPSEL) | (value & (NPRIV | FPCA))
    this.onContextChange()
  }

  #selectStack(process: boolean): void {
    if (process === this.usesProcessStack) return
    const other = this.#otherSp
    this.#otherSp = this.state.register(13)
    this.state.setRegister(13, other)
    this.#control ^= SPSEL
  }

  #setStack(process: boolean, value: number): void {
    if (process === this.usesProcessStack) this.state.setRegister(13, value)
    else this.#otherSp = (value & ~3) >>> 0
  }
}
