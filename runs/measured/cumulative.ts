import type { LevelPiece } from '../export/timeline-view.ts'

/** What a level adds up to until each moment: its average over any stretch is a difference. Times in cycles. */
export class Cumulative {
  readonly #times: Float64Array
  readonly #sums: Float64Array

  /** @param sums at each of `times`, which ascend; between two it grows evenly */
  constructor(times: Float64Array, sums: Float64Array) {
    this.#times = times
    this.#sums = sums
  }

  static of(pieces: Iterable<LevelPiece>): Cumulative {
    const times: number[] = []
    const sums: number[] = []
    let sum = 0
    for (const { begin, end, average } of pieces) {
      if (times.length === 0) {
        times.push(begin)
        sums.push(0)
      }
      sum += average * (end - begin)
      times.push(end)
      sums.push(sum)
    }
    return new Cumulative(Float64Array.from(times), Float64Array.from(sums))
  }

  get from(): number {
    return this.#times[0] ?? 0
  }

  get to(): number {
    return this.#times.at(-1) ?? 0
  }

  /** The shortest time for which it is known to be one level: a sample, where neighbours that are alike are one piece. */
  get shortestStep(): number {
    let shortest = Infinity
    for (let i = 1; i < this.#times.length; i++) {
      const step = (this.#times[i] ?? 0) - (this.#times[i - 1] ?? 0)
      if (step > 0 && step < shortest) shortest = step
    }
    return shortest
  }

  at(time: number): number {
    const times = this.#times
    let [low, high] = [0, times.length - 1]
    if (time <= this.from) return 0
    if (time >= this.to) return this.#sums[high] ?? 0
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((times[middle] ?? 0) <= time) low = middle
      else high = middle
    }
    return this.#between(low, time)
  }

  #between(low: number, time: number): number {
    const [begin = 0, end = 0] = [this.#times[low], this.#times[low + 1]]
    const [before = 0, after = 0] = [this.#sums[low], this.#sums[low + 1]]
    return end > begin ? before + ((after - before) * (time - begin)) / (end - begin) : before
  }

  average(from: number, to: number): number {
    return (this.at(to) - this.at(from)) / (to - from)
  }

  /** Averages of `count` bins of a width, one after the other from a time on. */
  bins(from: number, width: number, count: number): Float64Array {
    const times = this.#times
    const averages = new Float64Array(count)
    let index = 0
    let before = this.at(from)
    for (let bin = 0; bin < count; bin++) {
      const end = from + (bin + 1) * width
      while (index + 2 < times.length && (times[index + 1] ?? Infinity) <= end) index += 1
      const sum = end <= this.from ? 0 : end >= this.to ? (this.#sums.at(-1) ?? 0) : this.#between(index, end)
      averages[bin] = (sum - before) / width
      before = sum
    }
    return averages
  }
}
