/** Samples of a measurement as a level through time: each holds until the next. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import type { LevelPiece, LevelTrack, TrackInfo } from '../export/timeline-view.ts'

export interface Samples {
  readonly count: number
  /** When one begins; the last one's end for `count`. Ascending whole cycles. */
  readonly cycleOf: (sample: number) => Cycles
  /** Whole picoamperes; NaN where nothing was measured: what was before goes on. */
  readonly picoampsOf: (sample: number) => number
}

export class SampledLevel implements LevelTrack {
  readonly kind = 'level'

  constructor(
    readonly info: TrackInfo,
    readonly samples: Samples,
  ) {}

  /** Samples alike are one piece; nothing is before the first sample and after the last. */
  *pieces(from: Cycles, to: Cycles): Generator<LevelPiece> {
    const { count, cycleOf } = this.samples
    let begin = Math.max(from, cycleOf(0))
    const end = Math.min(to, cycleOf(count))
    let sample = lastAtOrBefore(count, cycleOf, begin)
    let value = this.#knownAt(sample)
    while (begin < end) {
      let next = value
      do {
        sample += 1
        if (sample < count) next = this.#or(value, sample)
      } while (sample < count && next === value && cycleOf(sample) < end)
      const until = Math.min(cycleOf(Math.min(sample, count)), end)
      yield { begin, end: until, minimum: value, average: value, maximum: value }
      begin = until
      value = next
    }
  }

  /** 0 before the first that was measured. */
  #knownAt(sample: number): number {
    for (let at = sample; at >= 0; at--) {
      const value = this.samples.picoampsOf(at)
      if (!Number.isNaN(value)) return value
    }
    return 0
  }

  #or(before: number, sample: number): number {
    const value = this.samples.picoampsOf(sample)
    return Number.isNaN(value) ? before : value
  }
}

const lastAtOrBefore = (count: number, cycleOf: (sample: number) => Cycles, cycle: Cycles): number => {
  let [low, high] = [0, count]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (cycleOf(middle) <= cycle) low = middle
    else high = middle
  }
  return low
}
