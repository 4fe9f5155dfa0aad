import { UserError } from '../../errors.ts'
import { hex } from '../cursor.ts'
import type { Segment } from '../memory-map.ts'

interface Part {
  readonly file: string
  readonly segments: readonly Segment[]
}

/**
 * What several files put into memory, in the order of addresses. Bytes that two have alike are there once.
 * @throws UserError naming both where they put different bytes at one address
 */
export function joinSegments(parts: readonly Part[]): readonly Segment[] {
  const all = parts
    .flatMap(({ file, segments }) => segments.map((segment) => ({ file, ...segment })))
    .sort((a, b) => a.address - b.address)
  const joined: (Segment & { readonly file: string })[] = []
  for (const segment of all) {
    let rest = segment
    // Those before it that reach into it: what they have of it is compared, and left out of it.
    const apart = joined.findLastIndex((before) => endOf(before) <= segment.address)
    for (const before of joined.slice(apart + 1)) {
      const shared = Math.min(endOf(before), endOf(rest)) - rest.address
      const from = rest.address - before.address
      for (let i = 0; i < shared; i++)
        if (before.bytes[from + i] !== rest.bytes[i])
          throw new UserError(
            `${before.file} and ${rest.file} both have bytes for ${hex(rest.address)}..${hex(rest.address + shared)}, and differ at ${hex(rest.address + i)}. Give files that lie beside each other.`,
          )
      rest = { ...rest, address: rest.address + shared, bytes: rest.bytes.subarray(shared) }
    }
    if (rest.bytes.length > 0) joined.push(rest)
  }
  return joined.map(({ address, bytes }) => ({ address, bytes }))
}

const endOf = ({ address, bytes }: Segment): number => address + bytes.length
