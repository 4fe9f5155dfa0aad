import type { Cycles } from '../cpu/bus.ts'

export type TrackKind = 'level' | 'state' | 'spans' | 'marks'

export interface TrackInfo {
  /** Of the run; stays the same from run to run. */
  readonly id: string
  readonly name: string
  /** Tracks of one group belong together. */
  readonly group: string
  /** Of a level: `pA`; of what spans and marks carry beside their duration. Empty where there is none. */
  readonly unit: string
  readonly kind: TrackKind
  /** What the data of its spans are, where they are kept in few words: `spanText` and `spanData` read them. */
  readonly decoded?: 'i2c' | 'spi' | 'samples'
  /** What the numbers are that the data of its spans are, in their order; those that are not in a span are 0 there. */
  readonly amounts?: readonly string[]
  /** Names of spans that are told apart, where they are more than usual. */
  readonly mostNames?: number
}

/** How much a track keeps. */
export interface TrackLimits {
  /** Changes, spans or marks kept one by one; Infinity keeps all. Beyond, the older half is folded. */
  readonly recent: number
  /** Buckets for what is folded; a power of two. */
  readonly buckets: number
}

export interface TimelineLimits {
  readonly steps: TrackLimits
  readonly spans: TrackLimits
}

/** Spans have sums for each of their names in each bucket. */
export const DEFAULT_LIMITS: TimelineLimits = {
  steps: { recent: 4096, buckets: 2048 },
  spans: { recent: 4096, buckets: 1024 },
}
/** Nothing is folded: for a stretch that is recorded in full. */
export const UNFOLDED: TimelineLimits = {
  steps: { recent: Infinity, buckets: 2 },
  spans: { recent: Infinity, buckets: 2 },
}

/** Names of one track that are told apart; the rest goes by one name, so that memory does not grow with the run. */
export const MOST_STATES = 64
export const MOST_NAMES = 256
export const FURTHER = 'further'

/** A typed array with room for more. */
/** V8 keeps arrays of up to 64 bytes among its own objects; a larger one is memory of the process's, a hundred times as dear. */
export const FIRST_ROOM = 8

/** How many fit next, of something that has become full. */
export const roomAfter = (count: number): number => (count < 1024 ? 4 * count : 2 * count)

export const grown = (array: Float64Array, length: number): Float64Array<ArrayBuffer> => {
  const larger = new Float64Array(length)
  larger.set(array)
  return larger
}

/** Index of the last of ascending `cycles[from..to)` that is at or before a cycle; from - 1 where none is. */
export const lastAtOrBefore = (cycles: Float64Array, from: number, to: number, cycle: Cycles): number => {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cycles[middle] ?? Infinity) <= cycle) low = middle + 1
    else high = middle
  }
  return low - 1
}
