import { UserError } from '../errors.ts'
import { hex } from './cursor.ts'
import { whoseMemory } from './files/other-chips.ts'

/** Bytes that go to `address` before the firmware starts. */
export interface Segment {
  readonly address: number
  readonly bytes: Uint8Array
}

export type Region = 'flash' | 'uicr' | 'ram'

/** nRF52840 Product Specification, 4.2 Memory: what an image may fill. */
export const regions: readonly { readonly name: Region; readonly start: number; readonly end: number }[] = [
  { name: 'flash', start: 0, end: 0x0010_0000 },
  { name: 'uicr', start: 0x1000_1000, end: 0x1000_1400 },
  { name: 'ram', start: 0x2000_0000, end: 0x2004_0000 },
]

export const regionOf = (address: number): Region | undefined =>
  regions.find(({ start, end }) => address >= start && address < end)?.name

/** Whether a stack may begin there, which grows down from it. */
export const isStackTop = (address: number): boolean => regionOf(address - 1) === 'ram'

/** The half-word at an address; undefined where there is none. */
export function halfwordIn(segments: readonly Segment[]): (address: number) => number | undefined {
  return (address) => {
    const found = segments.find(
      (one) => address >= one.address && address + 2 <= one.address + one.bytes.length,
    )
    if (!found) return undefined
    const at = address - found.address
    return (found.bytes[at] ?? 0) | ((found.bytes[at + 1] ?? 0) << 8)
  }
}

/** The word at an address; undefined where there is none. */
export function wordIn(segments: readonly Segment[]): (address: number) => number | undefined {
  const halfword = halfwordIn(segments)
  return (address) => {
    const [low, high] = [halfword(address), halfword(address + 2)]
    return low === undefined || high === undefined ? undefined : (low | (high << 16)) >>> 0
  }
}

/**
 * Sorts segments and checks that each lies in memory the chip has, and that no two overlap.
 * @throws UserError naming the file and the addresses.
 */
export function checkSegments(segments: readonly Segment[], file: string): readonly Segment[] {
  const sorted = segments.filter(({ bytes }) => bytes.length > 0).sort((a, b) => a.address - b.address)
  let previousEnd = 0
  let previousStart = 0
  for (const { address, bytes } of sorted) {
    const end = address + bytes.length
    const range = `${hex(address)}..0x${end.toString(16)}`
    if (!regions.some((region) => address >= region.start && end <= region.end)) {
      const whose = whoseMemory(regionOf(address) === undefined ? address : end - 1)
      throw new UserError(
        `${file}: a segment at ${range} lies outside the nRF52840's flash (0x0..0x100000), UICR ` +
          `(0x10001000..0x10001400) and RAM (0x20000000..0x20040000)${whose === undefined ? '' : `, in ${whose}`}. ` +
          `Check the linker script, or which chip it was built for.`,
      )
    }
    if (address < previousEnd) {
      throw new UserError(
        `${file}: two segments overlap: ${hex(previousStart)}..${hex(previousEnd)} and ${range}. Check the linker script.`,
      )
    }
    previousStart = address
    previousEnd = end
  }
  return sorted
}

/** Words of a vector table behind its stack pointer, Armv7-M ARM B1.5.3: 15 exceptions, the nRF52840's 48 interrupts. */
export const VECTORS = 63
/** Stack pointer, Reset, NMI, HardFault: the words of a vector table that are looked at. */
const TABLE_WORDS = 4
/** VTOR's lowest bits are zero: Armv7-M ARM B3.2.5. */
export const TABLE_ALIGNMENT = 0x80

/**
 * Where the vector table is: at 0, or, in an image that leaves the boot loader's place empty (Arduino's starts at
 * 0x10000), at the start of its first flash segment, or behind what a boot loader reads there (MCUboot's header, the
 * file's own headers, which GNU ld puts in front of an image that does not begin with a page). A table begins with a
 * stack pointer into RAM and an odd reset address inside the image.
 * @throws UserError when there is none.
 */
export function findVectorTable(segments: readonly Segment[], file: string): number {
  const flash = segments.filter(({ address }) => regionOf(address) === 'flash')
  const isCode = (pointer: number): boolean =>
    (pointer & 1) === 1 &&
    flash.some((one) => pointer >= one.address && pointer < one.address + one.bytes.length)
  const isTable = ({ address, bytes }: Segment, offset: number, words: number): boolean => {
    if ((address + offset) % TABLE_ALIGNMENT !== 0 || offset + 4 * words > bytes.length) return false
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 4 * words)
    const stackPointer = view.getUint32(0, true)
    if (!isStackTop(stackPointer)) return false
    const vectors = Array.from({ length: words - 1 }, (_, i) => view.getUint32(4 * (i + 1), true))
    return vectors.every((vector, i) => isCode(vector) || (i > 0 && vector === 0))
  }
  const first = flash.find((segment) => isTable(segment, 0, 2))
  if (first) return first.address
  for (const segment of flash) {
    const start = (TABLE_ALIGNMENT - (segment.address % TABLE_ALIGNMENT)) % TABLE_ALIGNMENT
    for (let offset = start; offset < segment.bytes.length; offset += TABLE_ALIGNMENT)
      if (isTable(segment, offset, TABLE_WORDS)) return segment.address + offset
  }
  throw new UserError(
    `${file}: no vector table: nowhere in flash are a stack pointer into RAM and the address of a Thumb reset ` +
      `handler. Is this firmware for an nRF52840?`,
  )
}

/** The same bytes, with a segment that begins at an address inside one. */
export const splitAt = (segments: readonly Segment[], address: number): readonly Segment[] =>
  segments.flatMap((segment) => {
    const offset = address - segment.address
    if (offset <= 0 || offset >= segment.bytes.length) return [segment]
    const { bytes } = segment
    return [
      { address: segment.address, bytes: bytes.subarray(0, offset) },
      { address, bytes: bytes.subarray(offset) },
    ]
  })
