import { lastAt } from '../../emulator/last-at.ts'
import { Cursor, stringAt } from './cursor.ts'
import type { FirmwareImage } from './image.ts'

/** A source file as a line table has it. */
export interface LineFile {
  /** Without folder. */
  readonly name: string
  /** With the folder that the table gives, which may be relative to where the compiler ran. */
  readonly path: string
  /** Which table: its offset in .debug_line. */
  readonly table: number
}

export interface LineRow {
  readonly address: number
  /** 0 where a sequence ends, and for code that is of no line. */
  readonly line: number
  readonly file: LineFile
  /** A good place to stop at: DW_LNS is_stmt. */
  readonly isStatement: boolean
}

interface Header {
  readonly minimumInstruction: number
  readonly isStatement: boolean
  readonly lineBase: number
  readonly lineRange: number
  readonly opcodeBase: number
  readonly operandCounts: readonly number[]
  readonly files: readonly LineFile[]
}

/** The section .debug_line: DWARF 2 to 5, 6.2. */
export class LineTable {
  /** In the order of their addresses; of several at one address, the last is what is there. */
  readonly rows: readonly LineRow[]
  readonly #files = new Map<number, readonly LineFile[]>()

  /** @throws UserError where the section is cut short. */
  constructor(section: Uint8Array, image: Pick<FirmwareImage, 'file' | 'elf'>) {
    const at = new Cursor(section, `${image.file} (.debug_line)`)
    const strings = {
      lineStrings: image.elf?.sectionBytes('.debug_line_str') ?? new Uint8Array(),
      strings: image.elf?.sectionBytes('.debug_str') ?? new Uint8Array(),
    }
    const rows: LineRow[] = []
    while (!at.atEnd) {
      const table = at.offset
      const files = readTable(at, strings, rows)
      if (files) this.#files.set(table, files)
    }
    // A sequence that ends where another begins says nothing of what is there.
    const isEnd = ({ line }: LineRow): number => (line === 0 ? 0 : 1)
    this.rows = rows.sort((a, b) => a.address - b.address || isEnd(a) - isEnd(b))
  }

  /** What is said of an address. */
  rowAt(address: number): LineRow | undefined {
    const row = this.rows[lastAt(this.rows.length, (i) => this.rows[i]?.address, address)]
    return row && row.line > 0 ? row : undefined
  }

  /** A file by its number in the table at an offset. */
  file(table: number, index: number): LineFile | undefined {
    return this.#files.get(table)?.[index]
  }

  /** `file.cc:12`, undefined where the table does not say. */
  describe(address: number): string | undefined {
    const row = this.rowAt(address)
    return row && `${row.file.name}:${row.line}`
  }
}

interface Strings {
  readonly lineStrings: Uint8Array
  readonly strings: Uint8Array
}

/** @returns its files; undefined for a version that is not known */
function readTable(at: Cursor, strings: Strings, rows: LineRow[]): readonly LineFile[] | undefined {
  const table = at.offset
  const length = at.u32()
  const end = at.offset + length
  const version = at.u16()
  let files: readonly LineFile[] | undefined
  if (version >= 2 && version <= 5) {
    if (version === 5) at.skip(2)
    const programStart = at.u32() + at.offset
    const header = readHeader(at, version, table, strings)
    at.offset = programStart
    runProgram(at, end, header, rows)
    files = header.files
  }
  at.offset = end
  return files
}

function readHeader(at: Cursor, version: number, table: number, strings: Strings): Header {
  const minimumInstruction = at.u8()
  if (version >= 4) at.skip(1)
  const isStatement = at.u8() !== 0
  const lineBase = at.i8()
  const lineRange = at.u8()
  const opcodeBase = at.u8()
  const operandCounts = Array.from({ length: opcodeBase - 1 }, () => at.u8())
  const common = { minimumInstruction, isStatement, lineBase, lineRange, opcodeBase, operandCounts }
  const file = (path: string): LineFile => ({ name: basename(path), path, table })
  if (version === 5) {
    const [folder = '', ...others] = readEntries(at, strings).map(({ path }) => path)
    const folders = [folder, ...others.map((one) => joined(folder, one))]
    const files = readEntries(at, strings)
    return { ...common, files: files.map(({ path, folder }) => file(joined(folders[folder], path))) }
  }
  const folders = ['']
  for (let folder = at.text(); folder !== ''; folder = at.text()) folders.push(folder)
  const files = [file('')]
  for (let name = at.text(); name !== ''; name = at.text()) {
    files.push(file(joined(folders[at.uleb()], name)))
    at.uleb()
    at.uleb()
  }
  return { ...common, files }
}

/** A path that begins in a folder, unless it has one of its own from the root. */
export const joined = (folder: string | undefined, path: string): string =>
  folder === undefined || folder === '' || /^([/\\]|[a-z]:)/i.test(path) ? path : `${folder}/${path}`

// DW_LNCT_path and the forms that GCC and Clang use in version 5 headers: DWARF 5, 6.2.4.1 and 7.5.6.
const PATH = 1
const FOLDER = 2
interface PathEntry {
  readonly path: string
  readonly folder: number
}

function readEntries(at: Cursor, { lineStrings, strings }: Strings): readonly PathEntry[] {
  const formats = Array.from({ length: at.u8() }, () => ({ content: at.uleb(), form: at.uleb() }))
  const entries: PathEntry[] = []
  const count = at.uleb()
  if (formats.length === 0) return entries
  for (let i = 0; i < count; i++) {
    let path = ''
    let folder = 0
    for (const { content, form } of formats) {
      const value = readForm(at, form, lineStrings, strings)
      if (content === PATH) path = value
      if (content === FOLDER) folder = Number(value)
    }
    entries.push({ path, folder })
  }
  return entries
}

function readForm(at: Cursor, form: number, lineStrings: Uint8Array, strings: Uint8Array): string {
  switch (form) {
    case 0x1f:
      return stringAt(lineStrings, at.u32())
    case 0x0e:
      return stringAt(strings, at.u32())
    case 0x08:
      return at.text()
    case 0x0b:
      return String(at.u8())
    case 0x05:
      return String(at.u16())
    case 0x06:
      return String(at.u32())
    case 0x0f:
      return String(at.uleb())
    case 0x1e:
      at.skip(16)
      return ''
    default:
      throw at.truncated(`form 0x${form.toString(16)}, which is not known,`)
  }
}

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const noFile: LineFile = { name: '', path: '', table: 0 }

/** The line number program: DWARF 5, 6.2.5. */
function runProgram(at: Cursor, end: number, header: Header, rows: LineRow[]): void {
  const { minimumInstruction, lineBase, lineRange, opcodeBase, operandCounts, files } = header
  let address = 0
  let file = 1
  let line = 1
  let { isStatement } = header
  let sequence: LineRow[] = []
  const emit = (ends: boolean): void => {
    sequence.push({ address, line: ends ? 0 : line, file: files[file] ?? noFile, isStatement })
  }
  const advance = (operation: number): void => {
    address += minimumInstruction * operation
  }
  const special = (opcode: number): number => Math.floor((opcode - opcodeBase) / Math.max(lineRange, 1))
  while (at.offset < end) {
    const opcode = at.u8()
    if (opcode >= opcodeBase) {
      advance(special(opcode))
      line += lineBase + ((opcode - opcodeBase) % Math.max(lineRange, 1))
      emit(false)
    } else if (opcode === 0) {
      const length = at.uleb()
      const next = at.offset + length
      const extended = at.u8()
      if (extended === 2) address = at.u32()
      if (extended === 1) {
        emit(true)
        // What the linker threw away is left at address 0.
        if ((sequence[0]?.address ?? 0) > 0) rows.push(...sequence)
        sequence = []
        address = 0
        file = line = 1
        isStatement = header.isStatement
      }
      at.offset = next
    } else if (opcode === 1) emit(false)
    else if (opcode === 2) advance(at.uleb())
    else if (opcode === 3) line += at.sleb()
    else if (opcode === 4) file = at.uleb()
    else if (opcode === 6) isStatement = !isStatement
    else if (opcode === 8) advance(special(255))
    else if (opcode === 9) address += at.u16()
    else for (let i = 0; i < (operandCounts[opcode - 1] ?? 0); i++) at.uleb()
  }
}
