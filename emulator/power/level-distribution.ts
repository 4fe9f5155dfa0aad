import type { Cycles } from '../cpu/bus.ts'
import { Tally, type SavedTally } from '../snapshot/tally.ts'

/** Distinct levels kept apart; beyond them levels are rounded, to nanoamps first. */
const MOST_LEVELS = 8192
const NANOAMP = 1000

export interface SavedLevelDistribution {
  readonly peak: number
  readonly rounding: number
  readonly durations: SavedTally
}

/** How long each level (in picoamps) lasted: peak, median and other quantiles, in bounded memory. */
export class LevelDistribution {
  peak = 0
  #rounding = 1
  /** By level. */
  readonly #durations = new Tally()

  add(level: number, duration: Cycles): void {
    if (level > this.peak) this.peak = level
    this.#durations.add(this.#rounded(level), duration)
    if (this.#durations.size > MOST_LEVELS) this.#coarsen()
  }

  /** The level that the current did not exceed for a share of the time: 0.5 is the median. */
  quantile(share: number): number {
    const levels = this.#durations.entries().sort(([a], [b]) => a - b)
    const total = levels.reduce((sum, [, duration]) => sum + duration, 0)
    let sum = 0
    for (const [level, duration] of levels) {
      sum += duration
      if (sum >= share * total) return level
    }
    return 0
  }

  save(): SavedLevelDistribution {
    return { peak: this.peak, rounding: this.#rounding, durations: this.#durations.save() }
  }

  restore({ peak, rounding, durations }: SavedLevelDistribution): void {
    this.peak = peak
    this.#rounding = rounding
    this.#durations.restore(durations)
  }

  #rounded(level: number): number {
    return this.#rounding === 1 ? level : Math.round(level / this.#rounding) * this.#rounding
  }

  #coarsen(): void {
    this.#rounding = this.#rounding === 1 ? NANOAMP : this.#rounding * 10
    this.#durations.merge((level) => this.#rounded(level))
  }
}
