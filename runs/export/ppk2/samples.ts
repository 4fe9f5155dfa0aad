/** A step function as a current probe would have sampled it: averages of equal stretches, one after the other. */
import type { Cycles } from '../../../emulator/cpu/bus.ts'
import type { LevelPiece, StatePiece } from '../timeline-view.ts'
import { wirePiece } from '../wires.ts'
import { CHANNEL } from './layout.ts'

/**
 * The average of each stretch of `width` cycles, in the unit of the level; the last stretch ends with the pieces. Of
 * picoamperes it is exact for a probe's 640 cycles: 14 A of them are 2^53.
 */
export function* averages(pieces: Iterable<LevelPiece>, width: Cycles): Generator<number> {
  let sum = 0
  let covered = 0
  for (const { begin, end, average } of pieces) {
    let left = end - begin
    if (covered > 0) {
      const part = Math.min(left, width - covered)
      sum += average * part
      covered += part
      left -= part
      if (covered < width) continue
      yield sum / width
      sum = 0
      covered = 0
    }
    for (; left >= width; left -= width) yield average
    if (left === 0) continue
    sum = average * left
    covered = left
  }
  if (covered > 0) yield sum / covered
}

/** What a probe's two bits say of a wire in each stretch of `width` cycles. */
export function* digital(pieces: Iterable<StatePiece>, width: Cycles): Generator<number> {
  let bits = 0
  let covered = 0
  for (const piece of pieces) {
    const { begin, end, wasLow, wasHigh } = wirePiece(piece)
    const own = (wasLow ? CHANNEL.low : 0) | (wasHigh ? CHANNEL.high : 0)
    let left = end - begin
    while (left > 0) {
      const part = Math.min(left, width - covered)
      bits |= own
      covered += part
      left -= part
      if (covered < width) continue
      yield bits
      bits = 0
      covered = 0
    }
  }
  if (covered > 0) yield bits
}
