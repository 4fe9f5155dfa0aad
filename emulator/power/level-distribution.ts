import type { Cycles } from '../cpu/bus.ts'

/** Distinct levels kept apart; beyond them levels are rounded, to nanoamps first. */
const MOST_LEVELS = 8192
const NANOAMP = 1000
const FIRST_SLOTS = 64
const EMPTY = -1

/** How long each level (in picoamps) lasted: peak, median and other quantiles, in bounded memory. */
export class LevelDistribution {
  peak = 0
  #rounding = 1
  /** An open-addressed table, at most half full. */
  #levels = new Float64Array(FIRST_SLOTS).fill(EMPTY)
  #durations = new Float64Array(FIRST_SLOTS)
  #size = 0

  add(level: number, duration: Cycles): void {
    if (level > this.peak) this.peak = level
    const slot = this.#slotOf(this.#rounded(level))
    this.#durations[slot] = (this.#durations[slot] ?? 0) + duration
    if (this.#size > MOST_LEVELS) this.#coarsen()
    else if (2 * this.#size > this.#levels.length) this.#rebuild(2 * this.#levels.length)
  }

  /** The level that the current did not exceed for a share of the time: 0.5 is the median. */
  quantile(share: number): number {
    const levels = this.#entries().sort(([a], [b]) => a - b)
    const total = levels.reduce((sum, [, duration]) => sum + duration, 0)
    let sum = 0
    for (const [level, duration] of levels) {
      sum += duration
      if (sum >= share * total) return level
    }
    return 0
  }

  #rounded(level: number): number {
    return this.#rounding === 1 ? level : Math.round(level / this.#rounding) * this.#rounding
  }

  /** Where a level is, or now will be. */
  #slotOf(level: number): number {
    const levels = this.#levels
    const mask = levels.length - 1
    // Fibonacci hashing of both halves of the number.
    let slot = (Math.imul((level >>> 0) ^ (level / 2 ** 32), 0x9e37_79b1) >>> 12) & mask
    for (;;) {
      const there = levels[slot]
      if (there === level) return slot
      if (there === EMPTY) {
        levels[slot] = level
        this.#size += 1
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  #entries(): [level: number, duration: Cycles][] {
    const entries: [number, Cycles][] = []
    this.#levels.forEach((level, slot) => {
      if (level !== EMPTY) entries.push([level, this.#durations[slot] ?? 0])
    })
    return entries
  }

  #coarsen(): void {
    this.#rounding = this.#rounding === 1 ? NANOAMP : this.#rounding * 10
    this.#rebuild(this.#levels.length)
  }

  #rebuild(slots: number): void {
    const entries = this.#entries()
    this.#levels = new Float64Array(slots).fill(EMPTY)
    this.#durations = new Float64Array(slots)
    this.#size = 0
    for (const [level, duration] of entries) {
      const slot = this.#slotOf(this.#rounded(level))
      this.#durations[slot] = (this.#durations[slot] ?? 0) + duration
    }
  }
}
