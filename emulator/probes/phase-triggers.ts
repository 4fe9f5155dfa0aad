import type { Address, Cycles } from '../cpu/bus.ts'
import type { PhaseListener } from './phases.ts'
import type { PhaseSummary } from './rounds.ts'
import { CycleHistogram, type SavedHistogram } from './statistics.ts'
import { LR, SP } from './target.ts'
import type { ProbeTarget } from './target.ts'

/** Where a phase begins or ends without a marker in the firmware. */
export type PhasePoint =
  /** Before the instruction there executes. */
  | { readonly kind: 'address'; readonly address: Address }
  /** When a call of the function that begins there returns; of calls within calls, the outermost. */
  | { readonly kind: 'return'; readonly address: Address }
  /** When a line of the console is over that matches. */
  | { readonly kind: 'line'; readonly pattern: RegExp }

/** A processor that also tells of handlers' ends. */
export interface TriggerTarget extends ProbeTarget {
  /** Calls back when a handler ends, before unstacking or tail-chaining. */
  addHandlerEndListener(callback: () => void): void
}

export interface PhaseTrigger {
  readonly name: string
  readonly from: PhasePoint
  readonly to: PhasePoint
}

interface SavedPhase {
  readonly cycles: SavedHistogram
  readonly since: Cycles | null
}

interface SavedReturns {
  readonly stackPointer: number | null
  readonly places: readonly Address[]
}

/** Phases and returns in the order in which they were given. */
export interface SavedTriggers {
  readonly phases: readonly SavedPhase[]
  readonly returns: readonly SavedReturns[]
}

/** One phase, and what its passes took. */
class Phase {
  readonly #cycles = new CycleHistogram()
  #since: Cycles | undefined

  constructor(
    readonly name: string,
    private readonly target: TriggerTarget,
    private readonly listener: PhaseListener,
  ) {}

  save(): SavedPhase {
    return { cycles: this.#cycles.save(), since: this.#since ?? null }
  }

  restore({ cycles, since }: SavedPhase): void {
    this.#cycles.restore(cycles)
    this.#since = since ?? undefined
  }

  begin(): void {
    if (this.#since !== undefined) return
    this.#since = this.target.now
    this.listener.beginPhase(this.name, this.#since)
  }

  end(): void {
    if (this.#since === undefined) return
    const { now } = this.target
    this.listener.endPhase(this.name, now)
    this.#cycles.add(now - this.#since)
    this.#since = undefined
  }

  abandon(): void {
    if (this.#since === undefined) return
    this.#since = undefined
    this.listener.abandonPhase(this.name, this.target.now)
  }

  /** Undefined without a pass from begin to end. */
  summary(): PhaseSummary | undefined {
    const { count } = this.#cycles
    return count === 0 ? undefined : { name: this.name, passes: count, ...this.#cycles.statistics() }
  }

  get trouble(): string | undefined {
    if (this.#cycles.count > 0) return undefined
    return this.#since === undefined
      ? 'never began: the firmware did not come by there'
      : 'began and never ended'
  }
}

/**
 * Begins and ends phases where the firmware comes by certain places or prints certain lines. Nothing is asked of the
 * firmware, and nothing costs it a cycle. They may overlap as they like. A phase that is open is not begun again; where
 * one place ends a phase and begins it, it ends first.
 */
export class PhaseTriggers {
  readonly #phases: readonly Phase[]
  readonly #returns: Returns[] = []
  readonly #lines: { readonly pattern: RegExp; readonly act: () => void }[] = []

  constructor(
    private readonly target: TriggerTarget,
    triggers: readonly PhaseTrigger[],
    listener: PhaseListener,
  ) {
    const phases = triggers.map(({ name, from, to }) => ({
      phase: new Phase(name, target, listener),
      from,
      to,
    }))
    this.#phases = phases.map(({ phase }) => phase)
    // Ends are attached first, so that they act first.
    for (const { phase, to } of phases) this.#attach(to, () => phase.end())
    for (const { phase, from } of phases) this.#attach(from, () => phase.begin())
  }

  save(): SavedTriggers {
    return {
      phases: this.#phases.map((phase) => phase.save()),
      returns: this.#returns.map((one) => one.save()),
    }
  }

  restore({ phases, returns }: SavedTriggers): void {
    if (phases.length !== this.#phases.length) throw new Error('other phases were asked for')
    phases.forEach((saved, n) => this.#phases[n]?.restore(saved))
    returns.forEach((saved, n) => this.#returns[n]?.restore(saved))
  }

  /** A line of the console is over. */
  line(text: string): void {
    for (const { pattern, act } of this.#lines) if (pattern.test(text)) act()
  }

  /** The chip is reset: what is open will not end. */
  reset(): void {
    for (const phase of this.#phases) phase.abandon()
  }

  /** In the order in which they were given; each pass is a round. */
  summary(): readonly PhaseSummary[] {
    return this.#phases.flatMap((phase) => phase.summary() ?? [])
  }

  /** One line for each phase that has nothing to show. */
  troubles(): readonly string[] {
    return this.#phases.flatMap(({ name, trouble }) =>
      trouble === undefined ? [] : [`--phase ${name} ${trouble}`],
    )
  }

  #attach(point: PhasePoint, act: () => void): void {
    switch (point.kind) {
      case 'address':
        this.target.addProbe(point.address, act)
        return
      case 'return':
        this.#returns.push(new Returns(this.target, point.address, act))
        return
      case 'line':
        this.#lines.push({ pattern: point.pattern, act })
    }
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
