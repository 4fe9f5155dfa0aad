import type { Cycles } from '../../cpu/bus.ts'
import type { Steps } from '../steps.ts'

/**
 * The pieces that a stretch of a step function is drawn in: buckets or columns, whichever are wider, where it is folded;
 * then its changes one by one, or columns where these are fewer.
 */
export function eachPiece(
  steps: Steps,
  from: Cycles,
  to: Cycles,
  column: Cycles,
  each: (begin: Cycles, end: Cycles) => void,
): void {
  let at = from
  if (at < steps.frontier)
    at = eachColumn(at, Math.min(to, steps.frontier), Math.max(column, steps.foldedWidth), to, each)
  if (at >= to) return
  if (steps.countIn(at, to) > (to - at) / column) {
    eachColumn(at, to, column, to, each)
    return
  }
  for (const cycle of steps.changesIn(at + 1, to).cycles) {
    each(at, cycle)
    at = cycle
  }
  each(at, to)
}

/** @returns where the last of them ends, at most at `most` */
export function eachColumn(
  from: Cycles,
  to: Cycles,
  width: Cycles,
  most: Cycles,
  each: (begin: Cycles, end: Cycles) => void,
): Cycles {
  let begin = from
  while (begin < to) {
    const end = Math.min((Math.floor(begin / width) + 1) * width, most)
    each(begin, end)
    begin = end
  }
  return begin
}
