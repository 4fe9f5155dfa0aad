import type { Address } from '../cpu/bus.ts'
import type { CodeRange } from './target.ts'

/** One byte for each word of RAM, non-zero once the firmware has written it. */
export interface TouchedRam {
  readonly base: Address
  readonly words: Uint8Array
}

/** Lowest written address of a range, undefined when nothing in it was. */
export function lowestTouched({ base, words }: TouchedRam, { start, end }: CodeRange): Address | undefined {
  const first = Math.max((start - base) >> 2, 0)
  const limit = Math.min((end - base + 3) >> 2, words.length)
  for (let i = first; i < limit; i++) if (words[i]) return base + 4 * i
  return undefined
}

/** First address after the highest written word of a range. */
export function highestTouched({ base, words }: TouchedRam, { start, end }: CodeRange): Address | undefined {
  const first = Math.max((start - base) >> 2, 0)
  for (let i = Math.min((end - base + 3) >> 2, words.length) - 1; i >= first; i--) {
    if (words[i]) return base + 4 * i + 4
  }
  return undefined
}

export function touchedBytes({ base, words }: TouchedRam, { start, end }: CodeRange): number {
  const first = Math.max((start - base) >> 2, 0)
  const limit = Math.min((end - base) >> 2, words.length)
  let count = 0
  for (let i = first; i < limit; i++) if (words[i]) count += 4
  return count
}

/**
 * A full-descending stack: bytes from its top down to the lowest word ever written.
 * The stack's own limit must be right, or what lies below it (heap, .bss) is taken for stack.
 */
export function stackHighWater(touched: TouchedRam, stack: CodeRange): number {
  const lowest = lowestTouched(touched, stack)
  return lowest === undefined ? 0 : stack.end - lowest
}

/** A heap that grows upwards from `start`: bytes up to the highest word ever written. */
export function heapHighWater(touched: TouchedRam, heap: CodeRange): number {
  const highest = highestTouched(touched, heap)
  return highest === undefined ? 0 : highest - heap.start
}

/** So many bytes of RAM that nothing ever wrote separate a stack of unknown size from what lies below it. */
const STACK_GAP_BYTES = 1024

/** The same where the stack's limit is not known: down to the first kilobyte that was never written. An estimate. */
export function stackHighWaterGuess({ base, words }: TouchedRam, initialStackPointer: Address): number {
  let lowest = initialStackPointer
  for (let i = ((initialStackPointer - base) >> 2) - 1; i >= 0; i--) {
    const address = base + 4 * i
    if (words[i]) lowest = address
    else if (lowest - address >= STACK_GAP_BYTES) break
  }
  return initialStackPointer - lowest
}
