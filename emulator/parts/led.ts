import type { Cycles } from '../cpu/bus.ts'
import type { PowerLedger } from '../power/reporting.ts'

/** A light on a pin: counts how often and how long it was on. */
export class Led {
  #since: Cycles | undefined
  #litCycles = 0
  switchedOn = 0

  constructor(
    readonly name: string,
    private readonly activeLow: boolean,
    private readonly clock: { readonly now: Cycles },
    private readonly power: PowerLedger,
  ) {}

  get lit(): boolean {
    return this.#since !== undefined
  }

  /** Cycles lit until now. */
  get litCycles(): Cycles {
    return this.#litCycles + (this.#since === undefined ? 0 : this.clock.now - this.#since)
  }

  /** @param driven level of a pin that is an output; undefined when nothing drives it, which leaves the light off. */
  drive(driven: boolean | undefined): void {
    const lit = driven !== undefined && driven !== this.activeLow
    if (lit === this.lit) return
    if (lit) {
      this.switchedOn += 1
      this.#since = this.clock.now
    } else {
      this.#litCycles = this.litCycles
      this.#since = undefined
    }
    this.power.enter(this.name, lit ? 'on' : 'off', this.clock.now)
  }
}
