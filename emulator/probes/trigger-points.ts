import type { Address } from '../cpu/bus.ts'
import { LR, SP } from './target.ts'
import type { ProbeTarget } from './target.ts'

/** A moment that the firmware need not mark. */
export type TriggerPoint =
  /** Before the instruction at any of these executes. */
  | { readonly kind: 'address'; readonly addresses: readonly Address[] }
  /** When a call of the function that begins there returns; of calls within calls, the outermost. */
  | { readonly kind: 'return'; readonly address: Address }
  /** When a line of the console is over that matches. */
  | { readonly kind: 'line'; readonly pattern: RegExp }

/** From one moment to another. */
export interface Trigger {
  readonly name: string
  readonly from: TriggerPoint
  readonly to: TriggerPoint
}

/** A processor that also tells of handlers' ends. */
export interface TriggerTarget extends ProbeTarget {
  /** Calls back when a handler ends, before unstacking or tail-chaining. */
  addHandlerEndListener(callback: () => void): void
}

export interface SavedReturns {
  readonly stackPointer: number | null
  readonly places: readonly Address[]
}

/** Acts where the firmware comes by certain places or prints certain lines; nothing of it costs the firmware a cycle. */
export class TriggerPoints {
  readonly #returns: Returns[] = []
  /** Not saved: what was asked of the run. */
  readonly #lines: { readonly pattern: RegExp; readonly act: () => void }[] = []

  constructor(private readonly target: TriggerTarget) {}

  /** Of several at one place, those that are attached first act first. */
  attach(point: TriggerPoint, act: () => void): void {
    switch (point.kind) {
      case 'address':
        for (const address of point.addresses) this.target.addProbe(address, act)
        return
      case 'return':
        this.#returns.push(new Returns(this.target, point.address, act))
        return
      case 'line':
        this.#lines.push({ pattern: point.pattern, act })
    }
  }

  /** A line of the console is over. */
  line(text: string): void {
    for (const { pattern, act } of this.#lines) if (pattern.test(text)) act()
  }

  /** In the order in which they were attached. */
  save(): readonly SavedReturns[] {
    return this.#returns.map((one) => one.save())
  }

  restore(returns: readonly SavedReturns[]): void {
    returns.forEach((saved, n) => this.#returns[n]?.restore(saved))
  }
}

/** LR of a handler is no address; ARMv7-M ARM B1.5.8. */
const isExceptionReturn = (lr: number): boolean => lr >>> 0 >= 0xf000_0000

/** Tells when the outermost call of a function returns: the stack is where it was at its first instruction. */
class Returns {
  #stackPointer: number | undefined
  readonly #places = new Set<Address>()

  constructor(
    private readonly target: TriggerTarget,
    entry: Address,
    private readonly act: () => void,
  ) {
    target.addProbe(entry, () => this.#enter())
    target.addHandlerEndListener(this.#leave)
  }

  save(): SavedReturns {
    return { stackPointer: this.#stackPointer ?? null, places: [...this.#places] }
  }

  restore({ stackPointer, places }: SavedReturns): void {
    this.#stackPointer = stackPointer ?? undefined
    for (const place of this.#places) this.target.removeProbe(place, this.#leave)
    this.#places.clear()
    for (const place of places) this.#watch(place)
  }

  #enter(): void {
    const { target } = this
    const stackPointer = target.readRegister(SP) >>> 0
    // A call further down is a call within the call; one further up means that that one never returned (longjmp, reset).
    if (this.#stackPointer !== undefined && stackPointer <= this.#stackPointer) return
    this.#stackPointer = stackPointer
    const lr = target.readRegister(LR)
    const back = (lr & ~1) >>> 0
    if (isExceptionReturn(lr) || this.#places.has(back)) return
    this.#watch(back)
  }

  #watch(place: Address): void {
    this.#places.add(place)
    this.target.addProbe(place, this.#leave)
  }

  readonly #leave = (): void => {
    if (this.#stackPointer !== this.target.readRegister(SP) >>> 0) return
    this.#stackPointer = undefined
    this.act()
  }
}
