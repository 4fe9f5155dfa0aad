import { Cursor, stringAt } from './cursor.ts'
import type { FirmwareImage } from './image.ts'

interface LineRow {
  readonly address: number
  /** 0 where a sequence ends. */
  readonly line: number
  readonly file: string
}

interface Header {
  readonly minimumInstruction: number
  readonly lineBase: number
  readonly lineRange: number
  readonly opcodeBase: number
  readonly operandCounts: readonly number[]
  readonly files: readonly string[]
}

/** The section .debug_line: DWARF 2 to 5, 6.2. */
export class LineTable {
  readonly #rows: readonly LineRow[]

  /** @throws UserError where the section is cut short. */
  constructor(section: Uint8Array, image: Pick<FirmwareImage, 'file' | 'elf'>) {
    const at = new Cursor(section, `${image.file} (.debug_line)`)
    const strings = {
      lineStrings: image.elf?.sectionBytes('.debug_line_str') ?? new Uint8Array(),
      strings: image.elf?.sectionBytes('.debug_str') ?? new Uint8Array(),
    }
    const rows: LineRow[] = []
    while (!at.atEnd) readUnit(at, strings, rows)
    this.#rows = rows.sort((a, b) => a.address - b.address || a.line - b.line)
  }

  /** `file.cc:12`, undefined where the table does not say. */
  describe(address: number): string | undefined {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#rows[middle]?.address ?? Infinity) <= address) low = middle + 1
      else high = middle
    }
    const row = this.#rows[low - 1]
    return row && row.line > 0 ? `${row.file}:${row.line}` : undefined
  }
}

interface Strings {
  readonly lineStrings: Uint8Array
  readonly strings: Uint8Array
}

function readUnit(at: Cursor, strings: Strings, rows: LineRow[]): void {
  const length = at.u32()
  const end = at.offset + length
  const version = at.u16()
  if (version >= 2 && version <= 5) {
    if (version === 5) at.skip(2)
    const programStart = at.u32() + at.offset
    const header = readHeader(at, version, strings)
    at.offset = programStart
    runProgram(at, end, header, rows)
  }
  at.offset = end
}

function readHeader(at: Cursor, version: number, strings: Strings): Header {
  const minimumInstruction = at.u8()
  if (version >= 4) at.skip(1)
  at.skip(1)
  const lineBase = at.i8()
  const lineRange = at.u8()
  const opcodeBase = at.u8()
  const operandCounts = Array.from({ length: opcodeBase - 1 }, () => at.u8())
  const common = { minimumInstruction, lineBase, lineRange, opcodeBase, operandCounts }
  if (version === 5) {
    readEntries(at, strings)
    return { ...common, files: readEntries(at, strings) }
  }
  while (at.text() !== '');
  const files = ['']
  for (let name = at.text(); name !== ''; name = at.text()) {
    files.push(name)
    at.uleb()
    at.uleb()
    at.uleb()
  }
  return { ...common, files }
}

// DW_LNCT_path and the forms that GCC and Clang use in version 5 headers: DWARF 5, 6.2.4.1 and 7.5.6.
const PATH = 1
function readEntries(at: Cursor, { lineStrings, strings }: Strings): readonly string[] {
  const formats = Array.from({ length: at.u8() }, () => ({ content: at.uleb(), form: at.uleb() }))
  const names: string[] = []
  const count = at.uleb()
  if (formats.length === 0) return names
  for (let i = 0; i < count; i++) {
    let name = ''
    for (const { content, form } of formats) {
      const value = readForm(at, form, lineStrings, strings)
      if (content === PATH) name = value
    }
    names.push(name)
  }
  return names
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

/** The line number program: DWARF 5, 6.2.5. */
function runProgram(at: Cursor, end: number, header: Header, rows: LineRow[]): void {
  const { minimumInstruction, lineBase, lineRange, opcodeBase, operandCounts, files } = header
  let address = 0
  let file = 1
  let line = 1
  let sequence: LineRow[] = []
  const emit = (ends: boolean): void => {
    sequence.push({ address, line: ends ? 0 : line, file: basename(files[file] ?? '') })
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
      }
      at.offset = next
    } else if (opcode === 1) emit(false)
    else if (opcode === 2) advance(at.uleb())
    else if (opcode === 3) line += at.sleb()
    else if (opcode === 4) file = at.uleb()
    else if (opcode === 8) advance(special(255))
    else if (opcode === 9) address += at.u16()
    else for (let i = 0; i < (operandCounts[opcode - 1] ?? 0); i++) at.uleb()
  }
}
