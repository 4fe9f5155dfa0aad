import { UserError } from '../errors.ts'
import { hex } from './cursor.ts'

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
      throw new UserError(
        `${file}: a segment at ${range} lies outside the nRF52840's flash (0x0..0x100000), UICR ` +
          `(0x10001000..0x10001400) and RAM (0x20000000..0x20040000). Check the linker script.`,
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

/**
 * Where the vector table is: at 0, or, in an image that leaves the boot loader's place empty (Arduino's starts at
 * 0x10000), at the start of its first flash segment. A table begins with a stack pointer into RAM and an odd reset
 * address inside the image.
 * @throws UserError when no segment starts with one.
 */
export function findVectorTable(segments: readonly Segment[], file: string): number {
  const flash = segments.filter(({ address }) => regionOf(address) === 'flash')
  for (const { address, bytes } of flash) {
    if (bytes.length < 8 || address % 0x80 !== 0) continue
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const stackPointer = view.getUint32(0, true)
    const reset = view.getUint32(4, true)
    const isCode = flash.some((one) => reset >= one.address && reset < one.address + one.bytes.length)
    if (stackPointer > 0x2000_0000 && stackPointer <= 0x2004_0000 && (reset & 1) === 1 && isCode)
      return address
  }
  throw new UserError(
    `${file}: no vector table: no flash segment begins with a stack pointer into RAM and the address of a Thumb ` +
      `reset handler. Is this firmware for an nRF52840?`,
  )
}
