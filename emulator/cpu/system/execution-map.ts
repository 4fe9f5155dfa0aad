import type { Address } from '../bus.ts'

/** Where code may be executed: from each address to the next one's, in ascending order. */
export type ExecutionMap = readonly (readonly [from: Address, allowed: boolean])[]

const allowedAt = (map: ExecutionMap, address: Address): boolean | undefined =>
  map.findLast(([from]) => from <= address)?.[1]

/** The parts of a memory that ends at `end` where the two maps differ. */
export function changedRanges(before: ExecutionMap, after: ExecutionMap, end: Address): [Address, number][] {
  const places = [...new Set([...before, ...after].map(([from]) => from))].sort((a, b) => a - b)
  const ranges: [Address, number][] = []
  places.forEach((from, n) => {
    if (allowedAt(before, from) === allowedAt(after, from)) return
    const to = places[n + 1] ?? end
    const last = ranges.at(-1)
    if (last && last[0] + last[1] === from) last[1] += to - from
    else ranges.push([from, to - from])
  })
  return ranges
}
