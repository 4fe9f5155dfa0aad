import { readAll, type ByteSource } from '../bytes/byte-source.ts'
import { sha256Of } from '../bytes/host.ts'
import { latin1 } from '../bytes/text.ts'
import { UserError } from '../errors.ts'
import { isZip } from '../zip.ts'
import { hex } from './cursor.ts'
import { parseElf, sectionFlag } from './elf.ts'
import type { ElfFile, ElfSection } from './elf.ts'
import { beginsWithVectors, placeBinary } from './files/binary.ts'
import { nameOfAll, unbundled } from './files/bundle.ts'
import { isDfuPackage, parseDfuPackage } from './files/dfu-package.ts'
import type { GivenFirmware, ImageChoices } from './files/given-file.ts'
import { joinSegments } from './files/join.ts'
import { isUf2, parseUf2 } from './files/uf2.ts'
import { parseHex } from './hex.ts'
import { checkSegments, findVectorTable, regionOf, splitAt } from './memory-map.ts'
import type { Segment } from './memory-map.ts'
import { SymbolTable } from './symbols.ts'

/** Firmware ready to be put into a chip, with all that its file says about it. */
export interface FirmwareImage {
  readonly file: string
  readonly format: FirmwareFormat
  readonly sha256: string
  readonly segments: readonly Segment[]
  /** Where the initial stack pointer and the reset address are. */
  readonly vectorTable: number
  readonly symbols: SymbolTable
  readonly sections: readonly SectionUse[]
  /** For debug information: of several files, that of the last one that has any. */
  readonly elf?: ElfFile
  /** Of several files, each; else none. */
  readonly parts: readonly FirmwarePart[]
  /** Where the first byte of a raw binary went, where one is among its files. */
  readonly binaryAt?: number
  /** Where a raw binary was put and why, and what of a file was left out. */
  readonly notes: readonly string[]
}

export type FirmwareFormat = 'elf' | 'hex' | 'bin' | 'uf2' | 'dfu' | 'several'

export type FirmwarePart = Pick<FirmwareImage, 'file' | 'format' | 'sha256'>

/** Memory that a section takes. A section of initialised data takes flash and RAM. */
export interface SectionUse {
  readonly name: string
  readonly flashBytes: number
  readonly ramBytes: number
}

const LARGEST_FILE = 256 * 1024 * 1024
/** What firmware may come in, in a sentence. */
export const FORMATS = 'an ELF, HEX, UF2 or raw binary file, or a DFU package'

/**
 * Reads firmware for the nRF52840: what `FORMATS` says, told apart by contents.
 * @throws UserError naming the file and what is wrong with it.
 */
export async function readImage(source: ByteSource, choices: ImageChoices = {}): Promise<FirmwareImage> {
  return parseImage(await readFirmware(source), source.name, choices)
}

/** @throws UserError for what is too large */
export async function readFirmware(source: ByteSource): Promise<Uint8Array> {
  const { name, size } = source
  if (size > LARGEST_FILE)
    throw new UserError(`${name}: ${size} bytes is too much for firmware (flash is 1 MB).`)
  return readAll(source)
}

/** One file, or several that are bundled as one. @throws UserError naming the file and what is wrong with it */
export function parseImage(bytes: Uint8Array, file: string, choices: ImageChoices = {}): FirmwareImage {
  if (isZip(bytes)) {
    const files = unbundled(bytes, file)
    if (files) return parseImages(files, choices)
  }
  const one = { file, bytes, at: choices.at }
  const contents = contentsOf(one, choices)
  return imageOf(contents, one)
}

/** Whether a zip is firmware: a DFU package, or several files that are bundled. */
export function isFirmwareZip(bytes: Uint8Array): boolean {
  if (!isZip(bytes)) return false
  if (isDfuPackage(bytes)) return true
  try {
    return unbundled(bytes, '') !== undefined
  } catch {
    return false
  }
}

/** What several files put into one chip. @throws UserError where they do not fit together */
export function parseImages(files: readonly GivenFirmware[], choices: ImageChoices = {}): FirmwareImage {
  const [first] = files
  if (first && files.length === 1) return parseImage(first.bytes, first.file, { ...choices, at: first.at })
  return together(files, choices)
}

/**
 * Says of files where the one raw binary among them goes.
 * @throws UserError where several are one; where none is, whoever reads them says so
 */
export function withAddress(
  files: readonly GivenFirmware[],
  at: number | undefined,
): readonly GivenFirmware[] {
  if (at === undefined) return files
  const placeless = files.filter((one) => !isPlaced(one))
  const [one = files[0]] = placeless
  if (placeless.length > 1)
    throw new UserError(
      `--at says where one raw binary goes, and ${placeless.map(({ file }) => file).join(' and ')} both are one. Give one of them as HEX.`,
    )
  return files.map((each) => (each === one ? { ...each, at } : each))
}

/** Whether a file says itself where its bytes go: all do but raw binaries, and DFU packages, which hold one. */
export const isPlaced = ({ bytes }: GivenFirmware): boolean => isElf(bytes) || isHex(bytes) || isUf2(bytes)

const isElf = (bytes: Uint8Array): boolean => bytes[0] === 0x7f && bytes[1] === 0x45
const isHex = (bytes: Uint8Array): boolean => /^\s*:[0-9A-Fa-f]/.test(latin1(bytes.subarray(0, 64)))

/** Of a file: what goes where, and what it says about that. */
interface Contents {
  readonly format: FirmwareFormat
  readonly segments: readonly Segment[]
  readonly elf?: ElfFile
  readonly binaryAt?: number
  readonly notes: readonly string[]
}

function contentsOf({ file, bytes, at }: GivenFirmware, choices: ImageChoices): Contents {
  const isFor = at === undefined ? '' : `--at ${hex(at)} is for a raw binary, and this is `
  const told = (what: string): void => {
    if (at !== undefined)
      throw new UserError(`${file}: ${isFor}${what}, which says itself where it goes. Leave it out.`)
  }
  if (bytes.length === 0) throw new UserError(`${file}: the file is empty. Give ${FORMATS}.`)
  if (isElf(bytes)) {
    told('an ELF file')
    const elf = parseElf(bytes, file)
    return { format: 'elf', segments: checkSegments(elf.segments, file), elf, notes: [] }
  }
  if (isHex(bytes)) {
    told('an Intel HEX file')
    return { format: 'hex', segments: parseHex(latin1(bytes), file), notes: [] }
  }
  if (isUf2(bytes)) {
    told('a UF2 file')
    const { segments, notes } = parseUf2(bytes, file)
    return { format: 'uf2', segments: checkSegments(segments, file), notes }
  }
  if (isZip(bytes)) {
    const { application, notes } = parseDfuPackage(bytes, file)
    const placed = binary({ ...application, at }, choices)
    return { ...placed, format: 'dfu', notes: [...placed.notes, ...notes] }
  }
  if (at !== undefined || /\.bin$/i.test(file) || beginsWithVectors(bytes))
    return binary({ file, bytes, at }, choices)
  throw new UserError(`${file}: not ${FORMATS}${looksLike(bytes)}. Give the firmware itself.`)
}

function binary({ file, bytes, at }: GivenFirmware, choices: ImageChoices): Contents {
  const { address, note } = placeBinary(bytes, file, { ...choices, at })
  return {
    format: 'bin',
    segments: checkSegments([{ address, bytes }], file),
    binaryAt: address,
    notes: note === undefined ? [] : [note],
  }
}

function imageOf(
  { format, segments, elf, binaryAt, notes }: Contents,
  { file, bytes }: GivenFirmware,
): FirmwareImage {
  const vectorTable = findVectorTable(segments, file)
  const split = splitAt(segments, vectorTable)
  return {
    file,
    format,
    sha256: sha256Of(bytes),
    segments: split,
    vectorTable,
    symbols: elf ? symbolsOf([elf]) : new SymbolTable([]),
    sections: sectionsOf({ segments: split, ...(elf && { elf }) }),
    ...(elf && { elf }),
    ...(binaryAt !== undefined && { binaryAt }),
    parts: [],
    notes,
  }
}

function together(files: readonly GivenFirmware[], choices: ImageChoices): FirmwareImage {
  const all = files.map((one) => ({ one, contents: contentsOf(one, choices) }))
  const file = nameOfAll(files)
  const segments = joinSegments(all.map(({ one, contents }) => ({ file: one.file, ...contents })))
  const vectorTable = findVectorTable(segments, file)
  const elves = all.flatMap(({ contents }) => contents.elf ?? [])
  const elf = elves.at(-1)
  const binaryAt = all.find(({ contents }) => contents.binaryAt !== undefined)?.contents.binaryAt
  return {
    file,
    format: 'several',
    sha256: sha256Of(new TextEncoder().encode(files.map(({ bytes }) => sha256Of(bytes)).join('\n'))),
    segments: splitAt(segments, vectorTable),
    vectorTable,
    symbols: symbolsOf(elves),
    sections: all.flatMap(({ contents }) => sectionsOf(contents)),
    ...(elf && { elf }),
    ...(binaryAt !== undefined && { binaryAt }),
    parts: all.map(({ one, contents }) => ({
      file: one.file,
      format: contents.format,
      sha256: sha256Of(one.bytes),
    })),
    notes: all.flatMap(({ one, contents }) => contents.notes.map((note) => `${one.file} ${note}`)),
  }
}

function symbolsOf(elves: readonly ElfFile[]): SymbolTable {
  const code = elves.flatMap(({ sections }) => sections.filter(({ flags }) => flags & sectionFlag.execute))
  const codeEnd = (address: number): number | undefined => {
    const section = code.find((one) => address >= one.address && address < one.address + one.bytes)
    return section && section.address + section.bytes
  }
  return new SymbolTable(
    elves.flatMap(({ symbols }) => symbols),
    codeEnd,
  )
}

/** Those that an ELF names, or each stretch of what names none. */
const sectionsOf = ({ segments, elf }: Pick<Contents, 'segments' | 'elf'>): readonly SectionUse[] =>
  elf
    ? elf.sections.filter(({ flags, bytes }) => flags & sectionFlag.alloc && bytes > 0).map(use)
    : segments.map(({ address, bytes }) => ({
        name: hex(address),
        flashBytes: regionOf(address) === 'ram' ? 0 : bytes.length,
        ramBytes: regionOf(address) === 'ram' ? bytes.length : 0,
      }))

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
  if (start.slice(4, 8) === 'TFL3') return ' but a TensorFlow Lite model: see "boardless model info"'
  return start.startsWith('!<arch>') ? ' but a library archive' : ''
}
