import { shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { SourceFrames } from '../image/source-frames.ts'
import type { FunctionRange } from '../image/symbols.ts'

/** Code that one function has in another, into which it was inlined. */
export interface CopyRange {
  readonly start: number
  /** First address after it. */
  readonly end: number
  /** Into which it was inlined. */
  readonly owner: FunctionRange
}

/** By the names of functions that were inlined, what code each has in others, in order; as far as DWARF tells. */
export function inlinedCopies(
  { symbols }: FirmwareImage,
  frames: SourceFrames,
): ReadonlyMap<string, readonly CopyRange[]> {
  const copies = new Map<string, CopyRange[]>()
  const starts = new Set<number>()
  for (const owner of symbols.functions) {
    // Of several names for one piece of code the first has it.
    if (starts.has(owner.start)) continue
    starts.add(owner.start)
    for (const { start, end, calls } of frames.inlinedIn(owner.start, owner.end))
      for (const name of new Set(
        calls.flatMap((call) => (call.name === undefined ? [] : shortName(call.name))),
      )) {
        const of = copies.get(name)
        if (of) of.push({ start, end, owner })
        else copies.set(name, [{ start, end, owner }])
      }
  }
  return copies
}
