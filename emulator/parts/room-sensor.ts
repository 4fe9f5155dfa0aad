import type { Cycles } from '../cpu/bus.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { Timeline } from '../time/timeline.ts'
import type { Motion } from '../trace/recording.ts'
import { ROOM, SURROUNDING_WORDS } from '../trace/surroundings.ts'
import type { Surrounding } from '../trace/surroundings.ts'
import { RegisterSlave } from './register-slave.ts'
import type { RegisterSlaveState } from './register-slave.ts'
import type { Clipping, SampleTold, SensorClock } from './sensor-channel.ts'

export interface RoomSensorOptions {
  readonly name: string
  readonly clock: SensorClock
  readonly recording: Motion | undefined
  readonly power: PowerLedger
  /** For what must happen without being asked. */
  readonly schedule?: Pick<Timeline, 'alarm'>
  readonly onSample?: SampleTold
  /** A register that is not modelled is written. */
  readonly onUnmodelled?: (what: string) => void
}

export interface RoomSensorState extends RegisterSlaveState {
  readonly suppliedSince: Cycles | undefined
  readonly pulledUp: boolean
  readonly assumed: readonly Surrounding[]
}

/**
 * A sensor of what is around the board, on a two-wire bus. It measures what the recording says, and a room where that does
 * not say (`ROOM`), which is named. Each kind says in its own file what it approximates; all of them: no noise and no
 * self-heating, a sample is what is there at its moment.
 */
export abstract class RoomSensor extends RegisterSlave {
  readonly stateVersion = 1
  /** Not saved: itself. */
  readonly devices: readonly RoomSensor[] = [this]
  /** What it measures has no full scale that a room leaves. Not saved: there is none. */
  readonly clipping: readonly Clipping[] = []
  /** From supply to the first answer, in cycles. */
  protected abstract readonly bootCycles: Cycles
  #suppliedSince: Cycles | undefined
  #pulledUp = false
  readonly #assumed = new Set<Surrounding>()

  constructor(
    protected readonly options: RoomSensorOptions,
    address: number,
  ) {
    super([address])
    options.power.enter(options.name, 'off', options.clock.now)
  }

  /** What was measured without a recording of it. */
  get assumptions(): readonly string[] {
    return [...this.#assumed].map(
      (what) =>
        `${this.options.name} measures ${ROOM[what]} ${SURROUNDING_WORDS[what]} (${what}): no recording says`,
    )
  }

  override save(): RoomSensorState {
    return {
      ...super.save(),
      suppliedSince: this.#suppliedSince,
      pulledUp: this.#pulledUp,
      assumed: [...this.#assumed],
    }
  }

  override restore(state: RoomSensorState): void {
    super.restore(state)
    this.#suppliedSince = state.suppliedSince
    this.#pulledUp = state.pulledUp
    this.#assumed.clear()
    for (const what of state.assumed) this.#assumed.add(what)
  }

  /** The supply rail came up or went away; without it all settings are lost. */
  supply(on: boolean): void {
    if (on === (this.#suppliedSince !== undefined)) return
    this.#suppliedSince = on ? this.now : undefined
    this.powerOn()
    if (!on) this.options.power.enter(this.options.name, 'off', this.now)
  }

  /** The bus lines' pull-ups have a supply or not. */
  pullUps(on: boolean): void {
    this.#pulledUp = on
  }

  /** Registers as after power-on; tells the ledger its state. */
  protected abstract powerOn(): void

  protected get now(): Cycles {
    return this.options.clock.now
  }

  protected get answers(): boolean {
    if (this.#suppliedSince === undefined || !this.#pulledUp) return false
    return this.now >= this.#suppliedSince + this.bootCycles
  }

  protected enter(state: string): void {
    this.options.power.enter(this.options.name, state, this.now)
  }

  /** In the unit of `SURROUNDING_UNITS`. */
  protected measured(what: Surrounding, cycle: Cycles): number {
    const recorded = this.options.recording?.surroundingAt?.(what, cycle)
    if (recorded === undefined) this.#assumed.add(what)
    return recorded ?? ROOM[what]
  }

  /**
   * Counts of a sample of the width that a register has, which whoever listens is told.
   * @param zero what a value of 0 has of them
   */
  protected counted(
    what: Surrounding,
    cycle: Cycles,
    value: number,
    perCount: number,
    [low, high]: readonly [number, number],
    zero = 0,
  ): number {
    const counts = Math.max(low, Math.min(high, Math.round(value)))
    this.options.onSample?.(what, counts - zero, perCount, cycle)
    return counts
  }

  protected unmodelled(register: string): void {
    this.options.onUnmodelled?.(`${this.options.name}.${register}`)
  }
}

export const SIGNED_16 = [-32768, 32767] as const
