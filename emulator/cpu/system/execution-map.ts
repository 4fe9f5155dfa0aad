import type { Address } from '../bus.ts'
import type { Executable } from '../layout.ts'

/** Who may execute code: from each address to the next one's, in ascending order. */
export type ExecutionMap = readonly (readonly [from: Address, who: Executable])[]

export const executableAt = (map: ExecutionMap, address: Address): Executable | undefined =>
  map.findLast(([from]) => from <= address)?.[1]

/** The parts of a memory that ends at `end` where the two maps differ. */
export function changedRanges(before: ExecutionMap, after: ExecutionMap, end: Address): [Address, number][] {
  const places = [...new Set([...before, ...after].map(([from]) => from))].sort((a, b) => a - b)
  const ranges: [Address, number][] = []
  places.forEach((from, n) => {
    if (executableAt(before, from) === executableAt(after, from)) return
    const to = places[n + 1] ?? end
    const last = ranges.at(-1)
    if (last && last[0] + last[1] === from) last[1] += to - from
    else ranges.push([from, to - from])
  })
  return ranges
}
