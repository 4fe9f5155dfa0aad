import { EXCEPTIONS, ExceptionNumber, PRIORITY_MASK } from './exception-numbers.ts'

/** Lower than every exception: the priority of Thread mode with nothing masked. */
const BASE_PRIORITY = 256
const alwaysEnabled: readonly number[] = [
  ExceptionNumber.nmi,
  ExceptionNumber.hardFault,
  ExceptionNumber.svCall,
  ExceptionNumber.pendSv,
  ExceptionNumber.sysTick,
]

export interface SavedNvic {
  readonly pending: Uint8Array
  readonly active: Uint8Array
  readonly enabled: Uint8Array
  readonly lines: Uint8Array
  readonly priority: Int32Array
  readonly primask: number
  readonly faultmask: number
  readonly basepri: number
  readonly prigroup: number
  readonly eventRegister: boolean
  readonly sevOnPend: boolean
}

/** Which exceptions are pending, active and enabled, and who may pre-empt whom; ARMv7-M ARM B1.5.4, B3.4. */
export class Nvic {
  readonly #pending = new Uint8Array(EXCEPTIONS)
  readonly #active = new Uint8Array(EXCEPTIONS)
  readonly #enabled = new Uint8Array(EXCEPTIONS)
  readonly #lines = new Uint8Array(EXCEPTIONS)
  readonly #priority = new Int16Array(EXCEPTIONS)
  #primask = 0
  #faultmask = 0
  #basepri = 0
  #prigroup = 0
  /** Not saved: found from the rest. */
  #canTake = false
  /** Not saved: found from the rest. */
  #highestPending = 0
  /** Not saved: found from the rest. */
  #executionPriority = BASE_PRIORITY
  /** Not saved: found from the rest. */
  #priorityWithoutPrimask = BASE_PRIORITY
  /** The event register of WFE; B1.5.18. */
  eventRegister = false
  /** SCR.SEVONPEND. */
  sevOnPend = false
  /** Called when `canTake` becomes true. Not saved: who listens. */
  onCanTake: (() => void) | undefined
  /** Told of an exception that becomes pending. Not saved: who listens. */
  onPend: ((exception: number) => void) | undefined

  constructor() {
    this.reset()
  }

  /** Interrupt lines keep their level: they belong to the peripherals. */
  reset(): void {
    this.#pending.fill(0)
    this.#active.fill(0)
    this.#enabled.fill(0)
    for (const exception of alwaysEnabled) this.#enabled[exception] = 1
    this.#priority.fill(0)
    this.#priority[ExceptionNumber.reset] = -3
    this.#priority[ExceptionNumber.nmi] = -2
    this.#priority[ExceptionNumber.hardFault] = -1
    this.#primask = this.#faultmask = this.#basepri = this.#prigroup = 0
    this.eventRegister = false
    this.sevOnPend = false
    for (let n = ExceptionNumber.interrupt0; n < EXCEPTIONS; n++) this.#pending[n] = this.#lines[n] ?? 0
    this.#update()
  }

  save(): SavedNvic {
    return {
      pending: this.#pending.slice(),
      active: this.#active.slice(),
      enabled: this.#enabled.slice(),
      lines: this.#lines.slice(),
      priority: Int32Array.from(this.#priority),
      primask: this.#primask,
      faultmask: this.#faultmask,
      basepri: this.#basepri,
      prigroup: this.#prigroup,
      eventRegister: this.eventRegister,
      sevOnPend: this.sevOnPend,
    }
  }

  restore(saved: SavedNvic): void {
    this.#pending.set(saved.pending)
    this.#active.set(saved.active)
    this.#enabled.set(saved.enabled)
    this.#lines.set(saved.lines)
    this.#priority.set(saved.priority)
    this.#primask = saved.primask
    this.#faultmask = saved.faultmask
    this.#basepri = saved.basepri
    this.#prigroup = saved.prigroup
    this.eventRegister = saved.eventRegister
    this.sevOnPend = saved.sevOnPend
    // What follows from these; nobody is told, as nothing happens.
    this.#find()
  }

  /** A pending exception has enough priority to be taken now. */
  get canTake(): boolean {
    return this.#canTake
  }

  /** The pending and enabled exception of highest priority, 0 when there is none. */
  get highestPending(): number {
    return this.#highestPending
  }

  /** ExecutionPriority(), B1.5.4: lower numbers win. */
  get executionPriority(): number {
    return this.#executionPriority
  }

  /** Would wake the processor from WFI, which does not care about PRIMASK; B1.5.19. */
  get canWake(): boolean {
    return (
      this.#highestPending !== 0 && this.groupPriority(this.#highestPending) < this.#priorityWithoutPrimask
    )
  }

  /** An exception that would wake the processor from WFI, were it pending. */
  couldWake(exception: number): boolean {
    return this.isEnabled(exception) && this.groupPriority(exception) < this.#priorityWithoutPrimask
  }

  get primask(): number {
    return this.#primask
  }

  set primask(value: number) {
    this.#primask = value & 1
    this.#update()
  }

  get faultmask(): number {
    return this.#faultmask
  }

  set faultmask(value: number) {
    this.#faultmask = value & 1
    this.#update()
  }

  get basepri(): number {
    return this.#basepri
  }

  set basepri(value: number) {
    this.#basepri = value & PRIORITY_MASK
    this.#update()
  }

  /** AIRCR.PRIGROUP: bits [PRIGROUP:0] of a priority do not count for pre-emption. */
  get prigroup(): number {
    return this.#prigroup
  }

  set prigroup(value: number) {
    this.#prigroup = value & 7
    this.#update()
  }

  setLine(exception: number, level: boolean): void {
    const before = this.#lines[exception] === 1
    this.#lines[exception] = level ? 1 : 0
    if (level && !before) this.pend(exception)
  }

  isPending(exception: number): boolean {
    return this.#pending[exception] === 1
  }

  isActive(exception: number): boolean {
    return this.#active[exception] === 1
  }

  isEnabled(exception: number): boolean {
    return this.#enabled[exception] === 1
  }

  pend(exception: number): void {
    if (this.#pending[exception] === 1) return
    this.#pending[exception] = 1
    this.onPend?.(exception)
    if (this.sevOnPend && exception >= ExceptionNumber.interrupt0) this.eventRegister = true
    this.#update()
  }

  /** A level that is still asserted keeps its interrupt pending unless the handler runs (Cortex-M4 Devices GUG 4.2). */
  unpend(exception: number): void {
    if (this.#lines[exception] === 1 && this.#active[exception] === 0) return
    this.#pending[exception] = 0
    this.#update()
  }

  activate(exception: number): void {
    this.#pending[exception] = 0
    this.#active[exception] = 1
    this.#update()
  }

  /** A level that is still asserted at the end of its handler is pending again. */
  deactivate(exception: number): void {
    this.#active[exception] = 0
    if (this.#lines[exception] === 1) {
      this.#pending[exception] = 1
      this.onPend?.(exception)
    }
    this.#update()
  }

  /** SHCSR writes and VECTCLRACTIVE. */
  setActive(exception: number, active: boolean): void {
    this.#active[exception] = active ? 1 : 0
    this.#update()
  }

  setEnabled(exception: number, enabled: boolean): void {
    this.#enabled[exception] = enabled ? 1 : 0
    this.#update()
  }

  priority(exception: number): number {
    return this.#priority[exception] ?? 0
  }

  setPriority(exception: number, priority: number): void {
    this.#priority[exception] = priority & PRIORITY_MASK
    this.#update()
  }

  groupPriority(exception: number): number {
    return this.#group(this.priority(exception))
  }

  get activeCount(): number {
    let count = 0
    for (const one of this.#active) count += one
    return count
  }

  get isInterruptPending(): boolean {
    return this.#pending.indexOf(1, ExceptionNumber.interrupt0) >= 0
  }

  #group(priority: number): number {
    return priority < 0 ? priority : priority & ~((2 << this.#prigroup) - 1)
  }

  #update(): void {
    const before = this.#canTake
    this.#find()
    if (this.#canTake && !before) this.onCanTake?.()
  }

  #find(): void {
    let active = BASE_PRIORITY
    let highest = 0
    let highestPriority = BASE_PRIORITY
    for (let n = 1; n < EXCEPTIONS; n++) {
      const priority = this.#priority[n] ?? 0
      if (this.#active[n] === 1) active = Math.min(active, this.#group(priority))
      if (this.#pending[n] === 1 && this.#enabled[n] === 1 && priority < highestPriority) {
        highest = n
        highestPriority = priority
      }
    }
    if (this.#basepri !== 0) active = Math.min(active, this.#group(this.#basepri))
    if (this.#faultmask) active = Math.min(active, -1)
    this.#priorityWithoutPrimask = active
    if (this.#primask) active = Math.min(active, 0)
    this.#executionPriority = active
    this.#highestPending = highest
    this.#canTake = highest !== 0 && this.#group(highestPriority) < active
  }
}
