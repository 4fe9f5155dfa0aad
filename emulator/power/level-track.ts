import type { Cycles } from '../cpu/bus.ts'
import { PagedFloats } from '../snapshot/paged-floats.ts'
import { LevelDistribution, type SavedLevelDistribution } from './level-distribution.ts'

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

export interface SavedLevelTrack {
  readonly level: number
  readonly distribution: SavedLevelDistribution
  readonly since: Cycles
  readonly width: Cycles
  readonly minimum: readonly Float64Array[]
  readonly maximum: readonly Float64Array[]
  readonly charge: readonly Float64Array[]
  readonly integral: number
  readonly compensation: number
}

/**
 * The sum of currents through time, in picoamps. Memory does not grow: the course is folded to minimum, maximum and
 * charge of at most 2048 equal stretches, whose length doubles when they are full; the distribution keeps a duration for
 * each level. Levels that last no time do not exist.
 */
export class LevelTrack {
  level = 0
  readonly distribution = new LevelDistribution()
  /** Distributions of phases that are under way. Not saved: they are put there again. */
  #watchers: readonly LevelDistribution[] = []
  #since: Cycles
  #width = FIRST_WIDTH
  readonly #start: Cycles
  readonly #minimum = new PagedFloats(BUCKETS, Infinity)
  readonly #maximum = new PagedFloats(BUCKETS)
  readonly #charge = new PagedFloats(BUCKETS)
  #integral = 0
  #compensation = 0

  constructor(startCycle: Cycles) {
    this.#start = startCycle
    this.#since = startCycle
  }

  /** Those who watch are not saved: they are put there again. */
  save(): SavedLevelTrack {
    return {
      level: this.level,
      distribution: this.distribution.save(),
      since: this.#since,
      width: this.#width,
      minimum: this.#minimum.save(),
      maximum: this.#maximum.save(),
      charge: this.#charge.save(),
      integral: this.#integral,
      compensation: this.#compensation,
    }
  }

  restore(saved: SavedLevelTrack): void {
    this.level = saved.level
    this.distribution.restore(saved.distribution)
    this.#watchers = []
    this.#since = saved.since
    if (!(saved.width >= FIRST_WIDTH && saved.since >= this.#start && saved.since <= Number.MAX_SAFE_INTEGER))
      throw new Error('a course of current is of no time')
    this.#width = saved.width
    this.#minimum.restore(saved.minimum)
    this.#maximum.restore(saved.maximum)
    this.#charge.restore(saved.charge)
    this.#integral = saved.integral
    this.#compensation = saved.compensation
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
        minimumMicroamps: this.#minimum.get(i) / 1e6,
        averageMicroamps: this.#charge.get(i) / cycles / 1e6,
        maximumMicroamps: this.#maximum.get(i) / 1e6,
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
      this.#minimum.set(i, Math.min(this.#minimum.get(i), level))
      this.#maximum.set(i, Math.max(this.#maximum.get(i), level))
      this.#charge.set(i, this.#charge.get(i) + level * overlap)
    }
  }

  #fold(): void {
    for (let i = 0; i < BUCKETS / 2; i++) {
      this.#minimum.set(i, Math.min(this.#minimum.get(2 * i), this.#minimum.get(2 * i + 1)))
      this.#maximum.set(i, Math.max(this.#maximum.get(2 * i), this.#maximum.get(2 * i + 1)))
      this.#charge.set(i, this.#charge.get(2 * i) + this.#charge.get(2 * i + 1))
    }
    this.#minimum.fill(Infinity, BUCKETS / 2)
    this.#maximum.fill(0, BUCKETS / 2)
    this.#charge.fill(0, BUCKETS / 2)
    this.#width *= 2
  }
}
