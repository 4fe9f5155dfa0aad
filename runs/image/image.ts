import { readAll, type ByteSource } from '../bytes/byte-source.ts'
import { sha256Of } from '../bytes/host.ts'
import { latin1 } from '../bytes/text.ts'
import { UserError } from '../errors.ts'
import { hex } from './cursor.ts'
import { parseElf, sectionFlag } from './elf.ts'
import type { ElfFile, ElfSection } from './elf.ts'
import { parseHex } from './hex.ts'
import { checkSegments, findVectorTable, regionOf, splitAt } from './memory-map.ts'
import type { Segment } from './memory-map.ts'
import { SymbolTable } from './symbols.ts'

/** Firmware ready to be put into a chip, with all that its file says about it. */
export interface FirmwareImage {
  readonly file: string
  readonly format: 'elf' | 'hex'
  readonly sha256: string
  readonly segments: readonly Segment[]
  /** Where the initial stack pointer and the reset address are. */
  readonly vectorTable: number
  readonly symbols: SymbolTable
  readonly sections: readonly SectionUse[]
  /** For debug information. */
  readonly elf?: ElfFile
}

/** Memory that a section takes. A section of initialised data takes flash and RAM. */
export interface SectionUse {
  readonly name: string
  readonly flashBytes: number
  readonly ramBytes: number
}

const LARGEST_FILE = 256 * 1024 * 1024

/**
 * Reads firmware for the nRF52840: ELF or Intel HEX, told apart by contents.
 * @throws UserError naming the file and what is wrong with it.
 */
export async function readImage(source: ByteSource): Promise<FirmwareImage> {
  const { name, size } = source
  if (size > LARGEST_FILE)
    throw new UserError(`${name}: ${size} bytes is too much for firmware (flash is 1 MB).`)
  return parseImage(await readAll(source), name)
}

export function parseImage(bytes: Uint8Array, file: string): FirmwareImage {
  const sha256 = sha256Of(bytes)
  if (bytes.length === 0) throw new UserError(`${file}: the file is empty. Give an ELF or Intel HEX file.`)
  if (bytes[0] === 0x7f && bytes[1] === 0x45) return fromElf(bytes, file, sha256)
  if (/^\s*:[0-9A-Fa-f]/.test(latin1(bytes.subarray(0, 64)))) return fromHex(bytes, file, sha256)
  throw new UserError(
    `${file}: neither an ELF nor an Intel HEX file${looksLike(bytes)}. Give the firmware itself.`,
  )
}

function fromElf(bytes: Uint8Array, file: string, sha256: string): FirmwareImage {
  const elf = parseElf(bytes, file)
  const segments = checkSegments(elf.segments, file)
  const code = elf.sections.filter(({ flags }) => flags & sectionFlag.execute)
  const codeEnd = (address: number): number | undefined => {
    const section = code.find((one) => address >= one.address && address < one.address + one.bytes)
    return section && section.address + section.bytes
  }
  const symbols = new SymbolTable(elf.symbols, codeEnd)
  const sections = elf.sections.filter(({ flags, bytes }) => flags & sectionFlag.alloc && bytes > 0).map(use)
  const vectorTable = findVectorTable(segments, file)
  return {
    file,
    format: 'elf',
    sha256,
    segments: splitAt(segments, vectorTable),
    vectorTable,
    symbols,
    sections,
    elf,
  }
}

function fromHex(bytes: Uint8Array, file: string, sha256: string): FirmwareImage {
  const blocks = parseHex(latin1(bytes), file)
  const vectorTable = findVectorTable(blocks, file)
  const segments = splitAt(blocks, vectorTable)
  return {
    file,
    format: 'hex',
    sha256,
    segments,
    vectorTable,
    symbols: new SymbolTable([]),
    sections: segments.map(({ address, bytes }) => ({
      name: hex(address),
      flashBytes: regionOf(address) === 'ram' ? 0 : bytes.length,
      ramBytes: regionOf(address) === 'ram' ? bytes.length : 0,
    })),
  }
}

function use(section: ElfSection): SectionUse {
  const inFlash = section.loaded && regionOf(section.loadAddress) !== 'ram'
  return {
    name: section.name,
    flashBytes: inFlash ? section.bytes : 0,
    ramBytes: regionOf(section.address) === 'ram' ? section.bytes : 0,
  }
}

const looksLike = (bytes: Uint8Array): string => {
  const start = latin1(bytes.subarray(0, 8))
  if (start.startsWith('UF2\n')) return ' but a UF2 file'
  if (start.startsWith('PK')) return ' but a zip archive'
  if (start.slice(4, 8) === 'TFL3') return ' but a TensorFlow Lite model: see "boardless model info"'
  return start.startsWith('!<arch>') ? ' but a library archive' : ''
}
