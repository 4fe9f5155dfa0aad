import type { Channel } from '../trace/recording.ts'
import { SampleGrid } from './sampler.ts'
import type { DataRate, SampleGridState } from './sampler.ts'
import type { Cycles } from '../cpu/bus.ts'

export interface SampledSensorState {
  readonly grid: SampleGridState
  readonly seen: number
  readonly held: number | undefined
}

/** One of the sensors of a die: three axes, sampled on a grid of their own. */
export class SampledSensor {
  readonly grid = new SampleGrid()
  /** Newest sample whose data the firmware has fetched. */
  seen = 0
  /** High byte held for block data update. */
  held: number | undefined

  constructor(
    readonly channels: readonly Channel[],
    readonly firstRegister: number,
  ) {}

  restart(rate: DataRate | undefined, now: Cycles): void {
    this.grid.start(rate, now)
    this.seen = 0
    this.held = undefined
  }

  isFresh(now: Cycles): boolean {
    return this.grid.count(now) > this.seen
  }

  save(): SampledSensorState {
    return { grid: this.grid.save(), seen: this.seen, held: this.held }
  }

  restore({ grid, seen, held }: SampledSensorState): void {
    this.grid.restore(grid)
    this.seen = seen
    this.held = held
  }
}
