import type { Surrounding } from '../trace/surroundings.ts'
import { RoomSensor } from './room-sensor.ts'
import type { RoomSensorState } from './room-sensor.ts'
import { SampleGrid } from './sampler.ts'
import type { DataRate, SampleGridState } from './sampler.ts'

export interface PairSensorState extends RoomSensorState {
  readonly grid: SampleGridState
  readonly oneShot: boolean
  readonly seen: readonly number[]
}

/** A sensor of two channels, 0 and 1, which it samples together: on a grid, or once when it is asked to. */
export abstract class PairSensor extends RoomSensor {
  readonly #grid = new SampleGrid()
  #oneShot = false
  /** The newest sample that was fetched, of each channel. */
  #seen = [0, 0]

  override save(): PairSensorState {
    return { ...super.save(), grid: this.#grid.save(), oneShot: this.#oneShot, seen: [...this.#seen] }
  }

  override restore(state: PairSensorState): void {
    super.restore(state)
    this.#grid.restore(state.grid)
    this.#oneShot = state.oneShot
    this.#seen = [...state.seen]
  }

  /** Samples from now on; none where there is no rate. */
  protected sampleAt(rate: DataRate | undefined): void {
    this.#begin(rate, false)
  }

  /** One sample, a period of the rate from now. */
  protected sampleOnce(rate: DataRate): void {
    this.#begin(rate, true)
  }

  /** Samples since the last of these two. */
  protected get taken(): number {
    const count = this.#grid.count(this.now)
    return this.#oneShot ? Math.min(1, count) : count
  }

  /** The firmware has the channel's newest sample. */
  protected fetch(channel: 0 | 1): void {
    this.#seen[channel] = this.taken
  }

  protected isFresh(channel: 0 | 1): boolean {
    return this.taken > (this.#seen[channel] ?? 0)
  }

  /** Counts of the newest sample, 0 before there is one. */
  protected newest(what: Surrounding, countsPerUnit: number, range: readonly [number, number]): number {
    const { taken } = this
    if (taken === 0) return 0
    const cycle = this.#grid.cycleOf(taken)
    return this.counted(what, cycle, this.measured(what, cycle) * countsPerUnit, 1 / countsPerUnit, range)
  }

  #begin(rate: DataRate | undefined, oneShot: boolean): void {
    this.#oneShot = oneShot
    this.#seen = [0, 0]
    this.#grid.start(rate, this.now)
  }
}
