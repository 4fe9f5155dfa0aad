import type { Address } from '../bus.ts'

/** FPCCR; ARMv7-M ARM B3.2.21. */
export const Fpccr = {
  ASPEN: 1 << 31,
  LSPEN: 1 << 30,
  MONRDY: 1 << 8,
  BFRDY: 1 << 6,
  MMRDY: 1 << 5,
  HFRDY: 1 << 4,
  THREAD: 1 << 3,
  USER: 1 << 1,
  LSPACT: 1 << 0,
} as const
const WRITABLE =
  Fpccr.ASPEN |
  Fpccr.LSPEN |
  Fpccr.MONRDY |
  Fpccr.BFRDY |
  Fpccr.MMRDY |
  Fpccr.HFRDY |
  Fpccr.THREAD |
  Fpccr.USER |
  Fpccr.LSPACT
/** AHP, DN, FZ, RMode. */
const FPDSCR_MASK = 0x07c0_0000

export interface SavedFloatingPointContext {
  readonly fpccr: number
  readonly fpcar: number
  readonly fpdscr: number
  readonly cpacr: number
}

/** The registers that decide when floating-point state is stacked, and who may use the unit. */
export class FloatingPointContext {
  #fpccr: number = Fpccr.ASPEN | Fpccr.LSPEN
  #fpcar = 0
  #fpdscr = 0
  #cpacr = 0
  /** Not saved: who listens. */
  onChange: () => void = () => undefined

  save(): SavedFloatingPointContext {
    return { fpccr: this.#fpccr, fpcar: this.#fpcar, fpdscr: this.#fpdscr, cpacr: this.#cpacr }
  }

  /** Tells nobody: what follows from it is in the processor's state. */
  restore({ fpccr, fpcar, fpdscr, cpacr }: SavedFloatingPointContext): void {
    this.#fpccr = fpccr
    this.#fpcar = fpcar
    this.#fpdscr = fpdscr
    this.#cpacr = cpacr
  }

  reset(): void {
    this.#fpccr = Fpccr.ASPEN | Fpccr.LSPEN
    this.#fpcar = this.#fpdscr = this.#cpacr = 0
    this.onChange()
  }

  get fpccr(): number {
    return this.#fpccr >>> 0
  }

  set fpccr(value: number) {
    this.#fpccr = value & WRITABLE
    this.onChange()
  }

  get fpcar(): Address {
    return this.#fpcar
  }

  set fpcar(value: Address) {
    this.#fpcar = (value & ~7) >>> 0
  }

  get fpdscr(): number {
    return this.#fpdscr
  }

  set fpdscr(value: number) {
    this.#fpdscr = value & FPDSCR_MASK
  }

  /** CP10 and CP11 only; they must be written alike, and CP10 is what counts. */
  get cpacr(): number {
    return this.#cpacr
  }

  set cpacr(value: number) {
    this.#cpacr = value & 0x00f0_0000
    this.onChange()
  }

  get isAutomatic(): boolean {
    return (this.#fpccr & Fpccr.ASPEN) !== 0
  }

  get isLazy(): boolean {
    return (this.#fpccr & Fpccr.LSPEN) !== 0
  }

  /** Space on the stack waits for the state of an interrupted context. */
  get isPreservationPending(): boolean {
    return (this.#fpccr & Fpccr.LSPACT) !== 0
  }

  set isPreservationPending(pending: boolean) {
    this.#fpccr = pending ? this.#fpccr | Fpccr.LSPACT : this.#fpccr & ~Fpccr.LSPACT
    this.onChange()
  }

  /** CPACR lets code of this privilege use the unit. */
  isAllowed(privileged: boolean): boolean {
    const access = (this.#cpacr >>> 20) & 3
    return access === 3 || (access === 1 && privileged)
  }
}
