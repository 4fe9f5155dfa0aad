import { demangle, shortName } from '../../image/demangle.ts'
import { sectionFlag, type ElfSection } from '../../image/elf.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { SourceFrames } from '../../image/source-frames.ts'
import { variablePlaces, type DeclaredAt } from '../../image/variable-places.ts'
import type { MemoryItem } from './protocol.ts'
import { wholeSection } from './whole-section.ts'

interface Named {
  readonly name: string
  readonly kind: 'function' | 'data'
  readonly start: number
  readonly end: number
}

/** Every section of the image by symbol: together all of its bytes, each once. */
export function memoryItems(image: FirmwareImage, frames = new SourceFrames(image)): readonly MemoryItem[] {
  const { elf, symbols } = image
  if (!elf) return image.sections.map((section) => wholeSection(section, 'without symbols'))
  const variables = variablePlaces(image, frames)
  const functions = symbols.functions.map(({ name, start, end }): Named => ({
    name: shortName(name),
    kind: 'function',
    start,
    end,
  }))
  const data = elf.symbols
    .filter(({ kind, bytes }) => kind === 'object' && bytes > 0)
    .map(({ name, address, bytes }): Named => ({
      name: demangle(name),
      kind: 'data',
      start: address,
      end: address + bytes,
    }))
  // Of several at one address, the largest: what is within it is a part of it.
  const named = [...functions, ...data].sort((a, b) => a.start - b.start || b.end - a.end)
  // Data in assembly is in the line table alone.
  const placeOf = ({ kind, start }: Named): Partial<DeclaredAt> => {
    const declared = kind === 'data' ? variables.get(start) : undefined
    return declared ?? frames.at(start).at(-1) ?? {}
  }
  return elf.sections
    .filter(({ flags, bytes }) => flags & sectionFlag.alloc && bytes > 0)
    .flatMap((section) => itemsOf(section, image, named, placeOf))
}

function itemsOf(
  section: ElfSection,
  image: FirmwareImage,
  named: readonly Named[],
  placeOf: (one: Named) => Partial<DeclaredAt>,
): readonly MemoryItem[] {
  const end = section.address + section.bytes
  const use = image.sections.find(({ name }) => name === section.name)
  const place = {
    section: section.name,
    inFlash: (use?.flashBytes ?? 0) > 0,
    inRam: (use?.ramBytes ?? 0) > 0,
  }
  const items: MemoryItem[] = []
  let at = section.address
  let unnamed = 0
  for (const one of named) {
    if (one.start >= end) break
    const from = Math.max(one.start, at)
    const to = Math.min(one.end, end)
    if (one.start < section.address || to <= from) continue
    unnamed += from - at
    const { file, line } = placeOf(one)
    items.push({
      ...place,
      name: one.name,
      kind: one.kind,
      file: file || null,
      ...(line && { line }),
      address: from,
      bytes: to - from,
    })
    at = to
  }
  unnamed += end - at
  return unnamed === 0
    ? items
    : [
        ...items,
        {
          ...place,
          name: 'without a symbol: strings, padding',
          kind: 'unnamed',
          file: null,
          address: section.address,
          bytes: unnamed,
        },
      ]
}
