import { lastAt } from '../../emulator/last-at.ts'
import { sectionFlag } from './elf.ts'
import type { FirmwareImage } from './image.ts'
import { halfwordIn } from './memory-map.ts'

/** The half-word of code at an address where it executes; undefined where the file has none. */
export function codeReader(image: FirmwareImage): (address: number) => number | undefined {
  const sections = (image.elf?.sections ?? [])
    .filter(({ flags, loaded }) => flags & sectionFlag.execute && loaded)
    .map(({ name, address }) => ({ address, bytes: image.elf?.sectionBytes(name) ?? new Uint8Array() }))
  return halfwordIn(sections.length > 0 ? sections : image.segments)
}

/** Whether an address holds data between code, where the file says it. */
export function isDataIn(image: FirmwareImage): (address: number) => boolean {
  const marks = image.elf?.marks ?? []
  return (address) => marks[lastAt(marks.length, (i) => marks[i]?.address, address)]?.what === 'data'
}
