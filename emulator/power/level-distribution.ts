import type { Cycles } from '../cpu/bus.ts'

/** Distinct levels kept apart; beyond them levels are rounded, to nanoamps first. */
const MOST_LEVELS = 8192
const NANOAMP = 1000

/** How long each level (in picoamps) lasted: peak, median and other quantiles, in bounded memory. */
export class LevelDistribution {
  peak = 0
  #durations = new Map<number, Cycles>()
  #rounding = 1

  add(level: number, duration: Cycles): void {
    if (level > this.peak) this.peak = level
    const key = this.#rounding === 1 ? level : Math.round(level / this.#rounding) * this.#rounding
    this.#durations.set(key, (this.#durations.get(key) ?? 0) + duration)
    if (this.#durations.size > MOST_LEVELS) this.#coarsen()
  }

  /** The level that the current did not exceed for a share of the time: 0.5 is the median. */
  quantile(share: number): number {
    const levels = [...this.#durations].sort(([a], [b]) => a - b)
    const total = levels.reduce((sum, [, duration]) => sum + duration, 0)
    let sum = 0
    for (const [level, duration] of levels) {
      sum += duration
      if (sum >= share * total) return level
    }
    return 0
  }

  #coarsen(): void {
    this.#rounding = this.#rounding === 1 ? NANOAMP : this.#rounding * 10
    const old = this.#durations
    this.#durations = new Map()
    for (const [before, duration] of old) {
      const level = Math.round(before / this.#rounding) * this.#rounding
      this.#durations.set(level, (this.#durations.get(level) ?? 0) + duration)
    }
  }
}
