import type { Cycles } from '../cpu/bus.ts'
import type { PowerLedger } from '../power/reporting.ts'

interface LedState {
  readonly since: Cycles | undefined
  readonly litCycles: Cycles
  readonly brightness: number
  readonly switchedOn: number
}

/** A light on a pin: counts how often and how long it was on. Saved by its board. */
export class Led {
  readonly stateVersion = 1
  #since: Cycles | undefined
  #litCycles = 0
  /** Share of the time that it is lit, as a PWM makes it. */
  brightness = 0
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

  /** Cycles lit until now; dimmed counts as lit. */
  get litCycles(): Cycles {
    return this.#litCycles + (this.#since === undefined ? 0 : this.clock.now - this.#since)
  }

  save(): LedState {
    const { brightness, switchedOn } = this
    return { since: this.#since, litCycles: this.#litCycles, brightness, switchedOn }
  }

  restore(state: LedState): void {
    this.#since = state.since
    this.#litCycles = state.litCycles
    this.brightness = state.brightness
    this.switchedOn = state.switchedOn
  }

  /**
   * @param driven level of a pin that is an output; undefined when nothing drives it, which leaves the light off
   * @param share of the time that the pin is high
   */
  drive(driven: boolean | undefined, share = Number(driven)): void {
    const brightness = driven === undefined ? 0 : this.activeLow ? 1 - share : share
    if (brightness === this.brightness) return
    this.brightness = brightness
    const lit = brightness > 0
    if (lit && !this.lit) {
      this.switchedOn += 1
      this.#since = this.clock.now
    } else if (!lit) {
      this.#litCycles = this.litCycles
      this.#since = undefined
    }
    this.power.enter(this.name, lit ? 'on' : 'off', this.clock.now, lit ? brightness : 1)
  }
}
