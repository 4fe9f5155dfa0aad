import { lastAt } from '../../emulator/last-at.ts'
import { sectionFlag } from './elf.ts'
import type { FirmwareImage } from './image.ts'

/** The half-word of code at an address where it executes; undefined where the file has none. */
export function codeReader(image: FirmwareImage): (address: number) => number | undefined {
  const sections = (image.elf?.sections ?? [])
    .filter(({ flags, loaded }) => flags & sectionFlag.execute && loaded)
    .map(({ name, address }) => ({ address, bytes: image.elf?.sectionBytes(name) ?? new Uint8Array() }))
  const pieces = sections.length > 0 ? sections : image.segments
  return (address) => {
    const piece = pieces.find(
      (one) => address >= one.address && address + 2 <= one.address + one.bytes.length,
    )
    if (!piece) return undefined
    const offset = address - piece.address
    return (piece.bytes[offset] ?? 0) | ((piece.bytes[offset + 1] ?? 0) << 8)
  }
}

/** Whether an address holds data between code, where the file says it. */
export function isDataIn(image: FirmwareImage): (address: number) => boolean {
  const marks = image.elf?.marks ?? []
  return (address) => marks[lastAt(marks.length, (i) => marks[i]?.address, address)]?.what === 'data'
}
