import type { Cycles } from '../cpu/bus.ts'
import { LevelDistribution } from './level-distribution.ts'

const BUCKETS = 2048
const FIRST_WIDTH = 256

/** What flowed in a stretch of time, for display. */
export interface TimelineBucket {
  readonly startCycle: Cycles
  readonly cycles: Cycles
  readonly minimumMicroamps: number
  readonly averageMicroamps: number
  readonly maximumMicroamps: number
}

/**
 * The sum of currents through time, in picoamps. Memory does not grow: the course is folded to minimum, maximum and
 * charge of at most 2048 equal stretches, whose length doubles when they are full; the distribution keeps a duration for
 * each level. Levels that last no time do not exist.
 */
export class LevelTrack {
  level = 0
  readonly distribution = new LevelDistribution()
  /** Distributions of phases that are under way. */
  #watchers: readonly LevelDistribution[] = []
  #since: Cycles
  #width = FIRST_WIDTH
  readonly #start: Cycles
  readonly #minimum = new Float64Array(BUCKETS).fill(Infinity)
  readonly #maximum = new Float64Array(BUCKETS)
  readonly #charge = new Float64Array(BUCKETS)
  #integral = 0
  #compensation = 0

  constructor(startCycle: Cycles) {
    this.#start = startCycle
    this.#since = startCycle
  }

  /** A change at a cycle before the newest one counts from that one: callbacks can be some cycles late. */
  change(by: number, cycle: Cycles): void {
    this.advance(cycle)
    this.level += by
  }

  watch(distribution: LevelDistribution): void {
    this.#watchers = [...this.#watchers, distribution]
  }

  unwatch(distribution: LevelDistribution): void {
    this.#watchers = this.#watchers.filter((watcher) => watcher !== distribution)
  }

  advance(cycle: Cycles): void {
    const duration = cycle - this.#since
    if (duration <= 0) return
    const { level } = this
    this.distribution.add(level, duration)
    for (const watcher of this.#watchers) watcher.add(level, duration)
    this.#add(level * duration)
    this.#paint(this.#since - this.#start, cycle - this.#start, level)
    this.#since = cycle
  }

  /** Picoamps times cycles since the start, up to the last `advance`. */
  get integral(): number {
    return this.#integral + this.#compensation
  }

  timeline(): TimelineBucket[] {
    const end = this.#since - this.#start
    const used = Math.ceil(end / this.#width)
    return Array.from({ length: used }, (_, i) => {
      const cycles = Math.min(this.#width, end - i * this.#width)
      return {
        startCycle: this.#start + i * this.#width,
        cycles,
        minimumMicroamps: (this.#minimum[i] ?? 0) / 1e6,
        averageMicroamps: (this.#charge[i] ?? 0) / cycles / 1e6,
        maximumMicroamps: (this.#maximum[i] ?? 0) / 1e6,
      }
    })
  }

  /** Neumaier's compensated sum: hours of products lose nothing that shows. */
  #add(charge: number): void {
    const sum = this.#integral + charge
    this.#compensation +=
      Math.abs(this.#integral) >= charge ? this.#integral - sum + charge : charge - sum + this.#integral
    this.#integral = sum
  }

  #paint(from: Cycles, to: Cycles, level: number): void {
    while (to > BUCKETS * this.#width) this.#fold()
    const last = Math.ceil(to / this.#width) - 1
    for (let i = Math.floor(from / this.#width); i <= last; i++) {
      const overlap = Math.min(to, (i + 1) * this.#width) - Math.max(from, i * this.#width)
      this.#minimum[i] = Math.min(this.#minimum[i] ?? Infinity, level)
      this.#maximum[i] = Math.max(this.#maximum[i] ?? 0, level)
      this.#charge[i] = (this.#charge[i] ?? 0) + level * overlap
    }
  }

  #fold(): void {
    for (let i = 0; i < BUCKETS / 2; i++) {
      this.#minimum[i] = Math.min(this.#minimum[2 * i] ?? Infinity, this.#minimum[2 * i + 1] ?? Infinity)
      this.#maximum[i] = Math.max(this.#maximum[2 * i] ?? 0, this.#maximum[2 * i + 1] ?? 0)
      this.#charge[i] = (this.#charge[2 * i] ?? 0) + (this.#charge[2 * i + 1] ?? 0)
    }
    this.#minimum.fill(Infinity, BUCKETS / 2)
    this.#maximum.fill(0, BUCKETS / 2)
    this.#charge.fill(0, BUCKETS / 2)
    this.#width *= 2
  }
}
