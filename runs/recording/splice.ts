import { zipped } from '../zip.ts'
import { joined } from '../../emulator/joined.ts'

/** Of the ZIP format, as its APPNOTE has it: 4.3.12 and 4.3.16. */
const CENTRAL = 0x0201_4b50
const END = 0x0605_4b50
const CENTRAL_BYTES = 46
const END_BYTES = 22
const LONGEST_COMMENT = 0xffff

interface Directory {
  /** Where it begins: all members are before. */
  readonly at: number
  readonly records: readonly { readonly name: string; readonly bytes: Uint8Array; readonly member: number }[]
}

/**
 * The same ZIP with one member replaced, added, or without bytes taken out. The others are not packed again: what a run
 * takes seconds to pack is copied.
 * @throws RangeError for what is no ZIP
 */
export function spliced(zip: Uint8Array, name: string, content: Uint8Array | undefined): Uint8Array {
  const { at, records } = directoryOf(zip)
  const others = records.filter((one) => one.name !== name)
  const before = records.find((one) => one.name === name)
  const isLast = before && others.every(({ member }) => member < before.member)
  const kept = zip.subarray(0, isLast ? before.member : at)
  const added = content && memberOf(name, content, kept.length)
  const directory = [...others.map(({ bytes }) => bytes), ...(added ? [added.record] : [])]
  const bytes = directory.reduce((sum, { length }) => sum + length, 0)
  const end = new DataView(new ArrayBuffer(END_BYTES))
  end.setUint32(0, END, true)
  end.setUint16(8, directory.length, true)
  end.setUint16(10, directory.length, true)
  end.setUint32(12, bytes, true)
  end.setUint32(16, kept.length + (added?.member.length ?? 0), true)
  return joined([kept, ...(added ? [added.member] : []), ...directory, new Uint8Array(end.buffer)])
}

/** Of each member, how many bytes of the ZIP it takes. @throws RangeError for what is no ZIP */
export const packedSizes = (zip: Uint8Array): ReadonlyMap<string, number> =>
  new Map(
    directoryOf(zip).records.map(({ name, bytes }) => [
      name,
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(20, true),
    ]),
  )

function memberOf(
  name: string,
  content: Uint8Array,
  offset: number,
): { readonly member: Uint8Array; readonly record: Uint8Array } {
  const alone = zipped({ [name]: content })
  const { at, records } = directoryOf(alone)
  const record = records[0]?.bytes.slice() ?? new Uint8Array(CENTRAL_BYTES)
  new DataView(record.buffer).setUint32(42, offset, true)
  return { member: alone.subarray(0, at), record }
}

function directoryOf(zip: Uint8Array): Directory {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = endOf(view)
  const [count, at] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)]
  const records: { readonly name: string; readonly bytes: Uint8Array; readonly member: number }[] = []
  for (let from = at, i = 0; i < count; i++) {
    if (view.getUint32(from, true) !== CENTRAL) throw new RangeError('not the directory of a ZIP')
    const [nameBytes, extra, comment] = [28, 30, 32].map((field) => view.getUint16(from + field, true))
    const to = from + CENTRAL_BYTES + (nameBytes ?? 0) + (extra ?? 0) + (comment ?? 0)
    if (to > end) throw new RangeError('not the directory of a ZIP')
    const text = zip.subarray(from + CENTRAL_BYTES, from + CENTRAL_BYTES + (nameBytes ?? 0))
    records.push({
      name: new TextDecoder().decode(text),
      bytes: zip.subarray(from, to),
      member: view.getUint32(from + 42, true),
    })
    from = to
  }
  return { at, records }
}

function endOf(view: DataView): number {
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--)
    if (view.getUint32(at, true) === END) return at
  throw new RangeError('not a ZIP')
}
