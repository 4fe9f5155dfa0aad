import { lastAt } from '../../emulator/last-at.ts'
import { unzlib } from '../bytes/host.ts'
import { UserError } from '../errors.ts'
import { Cursor, hex, stringAt } from './cursor.ts'
import type { Segment } from './memory-map.ts'

/** One section header, "System V ABI, Sections". */
export interface ElfSection {
  readonly name: string
  readonly type: number
  readonly flags: number
  /** Virtual address: where the section is while the firmware runs. */
  readonly address: number
  /** Physical address: where its bytes are kept in flash; the virtual address where it is not loaded. */
  readonly loadAddress: number
  readonly bytes: number
  readonly loaded: boolean
  readonly link: number
  readonly fileOffset: number
}

/** 'label': global, without a type, on Thumb code: a function in assembly that has no `.type` directive, or a place in one. */
export type SymbolKind = 'function' | 'object' | 'label' | 'other'

export interface ElfSymbol {
  readonly name: string
  /** Without the Thumb bit. */
  readonly address: number
  readonly bytes: number
  readonly kind: SymbolKind
  readonly binding: 'local' | 'global' | 'weak'
  /** Index of its section; 0xFFF1 for an absolute value. */
  readonly section: number
}

export interface ElfFile {
  readonly entry: number
  readonly segments: readonly Segment[]
  readonly sections: readonly ElfSection[]
  readonly symbols: readonly ElfSymbol[]
  /** What stands where in sections, by address; empty where the linker left them out. */
  readonly marks: readonly CodeMark[]
  /** A section's contents (decompressed), undefined when there is no such section. */
  sectionBytes(name: string): Uint8Array | undefined
}

export const sectionFlag = { write: 1, alloc: 2, execute: 4, compressed: 0x800 } as const
const sectionType = { symbolTable: 2, noBits: 8 } as const
const PT_LOAD = 1
const HEADER_BYTES = 52
const PROGRAM_HEADER_BYTES = 32
const SECTION_HEADER_BYTES = 40
const SYMBOL_BYTES = 16
/** Of debug information, decompressed; few firmwares have a tenth of it. */
const LARGEST_SECTION = 1 << 28

// ELF e_machine values a person is likely to hand over by mistake.
const machines = new Map([
  [2, 'SPARC'],
  [3, 'x86'],
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [40, 'Arm'],
  [62, 'x86-64'],
  [83, 'AVR'],
  [94, 'Xtensa'],
  [105, 'MSP430'],
  [183, 'AArch64'],
  [243, 'RISC-V'],
])
const ARM = 40

/**
 * Reads an ELF32 little-endian Arm executable.
 * @throws UserError naming the file and the offset for anything that is not one, or is one in part.
 */
export function parseElf(bytes: Uint8Array, file: string): ElfFile {
  const header = readHeader(bytes, file)
  const segments = readSegments(bytes, file, header)
  const sections = readSections(bytes, file, header, segments)
  return {
    entry: header.entry,
    segments: segments.map(({ address, bytes }) => ({ address, bytes })),
    sections,
    ...readSymbols(bytes, file, sections),
    sectionBytes: (name) => {
      const section = sections.find((one) => one.name === name && one.type !== sectionType.noBits)
      return section && contents(bytes, file, section)
    },
  }
}

interface Header {
  readonly entry: number
  readonly programOffset: number
  readonly programCount: number
  readonly sectionOffset: number
  readonly sectionCount: number
  readonly nameSection: number
}

function readHeader(bytes: Uint8Array, file: string): Header {
  const at = new Cursor(bytes, file)
  if (bytes.length < 4 || at.u32() !== 0x464c457f) {
    throw new UserError(`${file}: not an ELF file (the first bytes are not 7F 45 4C 46).`)
  }
  const wordSize = at.u8()
  const byteOrder = at.u8()
  at.offset = 16
  const type = at.u16()
  const machine = at.u16()
  const name = machines.get(machine) ?? `machine ${machine}`
  if (wordSize === 2) {
    throw new UserError(`${file}: a 64-bit ELF for ${name}; an nRF52840 needs 32-bit Arm. ${crossCompile}`)
  }
  if (wordSize !== 1) throw new UserError(`${file}: unknown ELF class ${wordSize} at offset 0x4.`)
  if (byteOrder === 2) {
    throw new UserError(`${file}: big-endian (offset 0x5); an nRF52840 is little-endian. ${crossCompile}`)
  }
  if (byteOrder !== 1) throw new UserError(`${file}: unknown byte order ${byteOrder} at offset 0x5.`)
  if (machine !== ARM) {
    throw new UserError(
      `${file}: an ELF for ${name} (offset 0x12); an nRF52840 needs 32-bit Arm. ${crossCompile}`,
    )
  }
  if (type === 1) {
    throw new UserError(`${file}: an object file, not linked firmware (offset 0x10). Link it first.`)
  }
  if (type !== 2) {
    throw new UserError(`${file}: ELF type ${type} at offset 0x10 is not an executable. Link it statically.`)
  }
  at.skip(4)
  const entry = at.u32()
  const programOffset = at.u32()
  const sectionOffset = at.u32()
  at.skip(6)
  const programEntry = at.u16()
  const programCount = at.u16()
  const sectionEntry = at.u16()
  const sectionCount = at.u16()
  const nameSection = at.u16()
  if (at.offset !== HEADER_BYTES) throw at.truncated('the ELF header')
  if (programCount > 0 && programEntry !== PROGRAM_HEADER_BYTES) {
    throw new UserError(`${file}: program headers of ${programEntry} bytes (offset 0x2a); ELF32 has 32.`)
  }
  if (sectionCount > 0 && sectionEntry !== SECTION_HEADER_BYTES) {
    throw new UserError(`${file}: section headers of ${sectionEntry} bytes (offset 0x2e); ELF32 has 40.`)
  }
  if (programCount === 0) throw new UserError(`${file}: no program headers: nothing to load. Link it first.`)
  return { entry, programOffset, programCount, sectionOffset, sectionCount, nameSection }
}

const crossCompile = 'Build it with arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb.'

interface LoadedSegment extends Segment {
  readonly virtual: number
  readonly memoryBytes: number
  readonly fileOffset: number
}

function readSegments(bytes: Uint8Array, file: string, header: Header): LoadedSegment[] {
  const segments: LoadedSegment[] = []
  const at = table(
    bytes,
    file,
    'program header',
    header.programOffset,
    header.programCount,
    PROGRAM_HEADER_BYTES,
  )
  for (let i = 0; i < header.programCount; i++) {
    at.offset = header.programOffset + i * PROGRAM_HEADER_BYTES
    const [type, fileOffset, virtual, address, fileBytes, memoryBytes] = [
      at.u32(),
      at.u32(),
      at.u32(),
      at.u32(),
      at.u32(),
      at.u32(),
    ]
    if (type !== PT_LOAD) continue
    if (fileBytes > memoryBytes) {
      throw new UserError(
        `${file}: segment ${i} has ${fileBytes} bytes in the file and ${memoryBytes} in memory (program header at ` +
          `${hex(header.programOffset + i * PROGRAM_HEADER_BYTES)}). Build the file again.`,
      )
    }
    const what = `segment ${i} (${hex(fileBytes)} bytes)`
    segments.push({
      address,
      bytes: inside(bytes, file, what, fileOffset, fileBytes),
      virtual,
      memoryBytes,
      fileOffset,
    })
  }
  if (!segments.some((segment) => segment.bytes.length > 0)) {
    throw new UserError(`${file}: no loadable segment with contents: there is no firmware in it.`)
  }
  return segments
}

function readSections(
  bytes: Uint8Array,
  file: string,
  header: Header,
  segments: readonly LoadedSegment[],
): ElfSection[] {
  const { sectionCount, sectionOffset } = header
  const at = table(bytes, file, 'section header', sectionOffset, sectionCount, SECTION_HEADER_BYTES)
  const raw = []
  for (let i = 0; i < sectionCount; i++) {
    at.offset = sectionOffset + i * SECTION_HEADER_BYTES
    const nameOffset = at.u32()
    const [type, flags, address, fileOffset, size, link] = [
      at.u32(),
      at.u32(),
      at.u32(),
      at.u32(),
      at.u32(),
      at.u32(),
    ]
    if (type !== sectionType.noBits && type !== 0) {
      inside(bytes, file, `section ${i} (${hex(size)} bytes)`, fileOffset, size)
    }
    raw.push({ nameOffset, type, flags, address, fileOffset, bytes: size, link })
  }
  const names = raw[header.nameSection]
  const nameTable = names
    ? bytes.subarray(names.fileOffset, names.fileOffset + names.bytes)
    : new Uint8Array()
  return raw.map(({ nameOffset, ...section }) => {
    const home = segments.find(
      ({ virtual, memoryBytes }) =>
        section.flags & sectionFlag.alloc &&
        section.address >= virtual &&
        section.address + section.bytes <= virtual + memoryBytes,
    )
    const loaded = home !== undefined && section.type !== sectionType.noBits && home.bytes.length > 0
    const loadAddress = loaded ? section.address - home.virtual + home.address : section.address
    return { name: stringAt(nameTable, nameOffset), ...section, loaded, loadAddress }
  })
}

function readSymbols(
  bytes: Uint8Array,
  file: string,
  sections: readonly ElfSection[],
): Pick<ElfFile, 'symbols' | 'marks'> {
  const symbolTable = sections.find((section) => section.type === sectionType.symbolTable)
  if (!symbolTable) return { symbols: [], marks: [] }
  const names = sections[symbolTable.link]
  if (!names) {
    throw new UserError(
      `${file}: the symbol table's names are in section ${symbolTable.link}, which is missing.`,
    )
  }
  const nameTable = bytes.subarray(names.fileOffset, names.fileOffset + names.bytes)
  const at = new Cursor(bytes, file)
  const symbols: ElfSymbol[] = []
  const marks: CodeMark[] = []
  for (let i = 1; i < Math.floor(symbolTable.bytes / SYMBOL_BYTES); i++) {
    at.offset = symbolTable.fileOffset + i * SYMBOL_BYTES
    const nameOffset = at.u32()
    const value = at.u32()
    const size = at.u32()
    const info = at.u8()
    at.skip(1)
    const section = at.u16()
    const name = stringAt(nameTable, nameOffset)
    const [, mark] = mapping.exec(name) ?? []
    if (mark !== undefined) marks.push({ address: value, section, what: markOf[mark] ?? 'data' })
    // Section 0: not defined here. Types 3, 4: section, file.
    if (section === 0 || name === '' || mark !== undefined || (info & 15) === 3 || (info & 15) === 4) continue
    const kind = kinds[info & 15] ?? 'other'
    symbols.push({
      name,
      address: kind === 'function' ? value & ~1 : value,
      bytes: size,
      kind,
      binding: bindings[info >> 4] ?? 'local',
      section,
    })
  }
  marks.sort((a, b) => a.address - b.address)
  return { symbols: withLabels(symbols, marks, sections), marks }
}

/** What stands from here on in a section, as mapping symbols say: ELF for the Arm Architecture 5.5.5. */
export interface CodeMark {
  readonly address: number
  readonly section: number
  readonly what: 'thumb' | 'arm' | 'data'
}

const mapping = /^\$([tad])(?:\.|$)/
const markOf: Readonly<Record<string, CodeMark['what']>> = { t: 'thumb', a: 'arm', d: 'data' }

/** Symbols without a type that are global and stand on Thumb code become labels. */
function withLabels(
  symbols: readonly ElfSymbol[],
  inOrder: readonly CodeMark[],
  sections: readonly ElfSection[],
): ElfSymbol[] {
  const bySection = new Map<number, CodeMark[]>()
  for (const one of inOrder) {
    const others = bySection.get(one.section)
    if (others) others.push(one)
    else bySection.set(one.section, [one])
  }
  const isThumb = ({ section, address }: ElfSymbol): boolean => {
    const home = sections[section]
    if (!home || !(home.flags & sectionFlag.execute) || address >= home.address + home.bytes) return false
    const marks = bySection.get(section) ?? []
    return marks[lastAt(marks.length, (i) => marks[i]?.address, address)]?.what === 'thumb'
  }
  return symbols.map((symbol) =>
    symbol.kind === 'other' && symbol.binding !== 'local' && isThumb(symbol)
      ? { ...symbol, kind: 'label' }
      : symbol,
  )
}

const kinds: readonly (SymbolKind | undefined)[] = ['other', 'object', 'function']
const bindings = ['local', 'global', 'weak'] as const

function contents(bytes: Uint8Array, file: string, section: ElfSection): Uint8Array {
  const raw = bytes.subarray(section.fileOffset, section.fileOffset + section.bytes)
  if (!(section.flags & sectionFlag.compressed)) return raw
  const at = new Cursor(raw, `${file} (${section.name})`, section.fileOffset)
  const method = at.u32()
  at.skip(8)
  if (method !== 1) return new Uint8Array() // only zlib; debug information is a convenience
  try {
    return unzlib(raw.subarray(12), LARGEST_SECTION)
  } catch (cause) {
    const where = `${file}: ${section.name} at offset ${hex(section.fileOffset)}`
    throw new UserError(`${where} does not decompress. Build the file again.`, undefined, { cause })
  }
}

function table(
  bytes: Uint8Array,
  file: string,
  what: string,
  offset: number,
  count: number,
  entryBytes: number,
): Cursor {
  inside(bytes, file, `${count} ${what}s`, offset, count * entryBytes)
  return new Cursor(bytes, file)
}

function inside(bytes: Uint8Array, file: string, what: string, offset: number, length: number): Uint8Array {
  if (offset + length > bytes.length && length > 0) {
    throw new UserError(
      `${file}: truncated: ${what} at offset ${hex(offset)} should end at 0x${(offset + length).toString(16)}, ` +
        `but the file ends at ${hex(bytes.length)}. Build or copy it again.`,
    )
  }
  return bytes.subarray(offset, offset + length)
}
