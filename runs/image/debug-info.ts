import { Cursor, stringAt } from './cursor.ts'
import type { FirmwareImage } from './image.ts'

/** DWARF 5, 7.5.4. */
export const attribute = {
  sibling: 0x01,
  location: 0x02,
  name: 0x03,
  byteSize: 0x0b,
  lineTable: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  compilationFolder: 0x1b,
  producer: 0x25,
  abstractOrigin: 0x31,
  memberLocation: 0x38,
  declaration: 0x3c,
  declarationFile: 0x3a,
  declarationLine: 0x3b,
  specification: 0x47,
  type: 0x49,
  ranges: 0x55,
  callFile: 0x58,
  callLine: 0x59,
  linkageName: 0x6e,
  stringOffsetsBase: 0x72,
  addressBase: 0x73,
  rangeListsBase: 0x74,
  splitName: 0x76,
  /** Of GCC before DWARF 4 had one. */
  oldLinkageName: 0x2007,
  oldSplitName: 0x2130,
} as const

/** DWARF 5, 7.5.3. */
export const tag = {
  classType: 0x02,
  member: 0x0d,
  compileUnit: 0x11,
  structureType: 0x13,
  typedef: 0x16,
  inheritance: 0x1c,
  inlinedSubroutine: 0x1d,
  subprogram: 0x2e,
  variable: 0x34,
  namespace: 0x39,
} as const

/** An attribute's value. References are offsets in .debug_info. */
export interface Value {
  readonly form: number
  readonly number?: number
  readonly text?: string
}

export interface Entry {
  readonly tag: number
  readonly hasChildren: boolean
  readonly values: ReadonlyMap<number, Value>
  /** Offset of what comes after it: its first child, where it has any. */
  readonly next: number
}

interface Abbreviation {
  readonly tag: number
  readonly hasChildren: boolean
  readonly attributes: readonly {
    readonly attribute: number
    readonly form: number
    readonly constant: number
  }[]
}

/** The header of a compilation unit: DWARF 5, 7.5.1. */
export interface Unit {
  readonly start: number
  readonly end: number
  /** Offset of its own entry. */
  readonly first: number
  readonly version: number
  readonly addressBytes: number
  readonly abbreviations: number
}

const sectionNames = [
  '.debug_info',
  '.debug_abbrev',
  '.debug_str',
  '.debug_line_str',
  '.debug_str_offsets',
  '.debug_addr',
  '.debug_ranges',
  '.debug_rnglists',
] as const
type SectionName = (typeof sectionNames)[number]

// DW_UT_compile and DW_UT_partial.
const COMPILE_UNIT = 1
const PARTIAL_UNIT = 3
const SKELETON_UNIT = 4
/** Where 64-bit DWARF begins, which nobody makes for a 32-bit processor. */
const RESERVED_LENGTH = 0xffff_fff0
const DEFAULT_BASE = 8

/** The sections .debug_info and .debug_abbrev and those they point into: DWARF 2 to 5. Reads throw UserError where one is cut short. */
export class DebugInfo {
  readonly file: string
  readonly #sections = new Map<SectionName, Uint8Array>()
  readonly #tables = new Map<number, ReadonlyMap<number, Abbreviation>>()
  readonly #bases = new Map<number, ReadonlyMap<number, Value>>()
  /** Texts that are pointed to, many of them again and again. */
  readonly #texts = { '.debug_str': new Map<number, string>(), '.debug_line_str': new Map<number, string>() }
  /** Of entries whose texts are looked up. */
  readonly #entries: Cursor
  #hasSkeletons = false

  constructor({ file, elf }: Pick<FirmwareImage, 'file' | 'elf'>) {
    this.file = file
    for (const name of sectionNames) this.#sections.set(name, elf?.sectionBytes(name) ?? new Uint8Array())
    this.#entries = this.cursor('.debug_info')
  }

  /** At an offset of a section. */
  cursor(name: SectionName, offset = 0): Cursor {
    return new Cursor(this.#bytes(name), `${this.file} (${name})`, 0, offset)
  }

  units(): readonly Unit[] {
    const at = this.cursor('.debug_info')
    const units: Unit[] = []
    while (!at.atEnd) {
      const start = at.offset
      const length = at.u32()
      const end = at.offset + length
      if (length >= RESERVED_LENGTH) break
      const version = at.u16()
      if (version >= 2 && version <= 5) {
        const type = version === 5 ? at.u8() : COMPILE_UNIT
        const fifth = version === 5 ? at.u8() : 0
        const abbreviations = at.u32()
        const addressBytes = version === 5 ? fifth : at.u8()
        if (type === COMPILE_UNIT || type === PARTIAL_UNIT)
          units.push({ start, end, first: at.offset, version, addressBytes, abbreviations })
        this.#hasSkeletons ||= type === SKELETON_UNIT
      }
      at.offset = end
    }
    return units
  }

  /** Names, types and inlined calls are in .dwo files beside the objects (-gsplit-dwarf), which are not read. */
  isSplit(units = this.units()): boolean {
    const isSplitUnit = (unit: Unit): boolean => {
      const values = this.entry(unit, unit.first)?.values
      return [attribute.splitName, attribute.oldSplitName].some((name) => values?.has(name))
    }
    return this.#hasSkeletons || units.some(isSplitUnit)
  }

  /** The entry at an offset; undefined for the null entry that ends a list. */
  entry(unit: Unit, offset: number): Entry | undefined {
    return this.#read(unit, offset, true)
  }

  /** A value that is an address, whatever its form. */
  address(unit: Unit, value: Value | undefined): number | undefined {
    if (value?.number === undefined) return undefined
    const { form, number } = value
    return form === 0x01 ? number : isAddressIndex(form) ? this.indexedAddress(unit, number) : undefined
  }

  indexedAddress(unit: Unit, index: number): number {
    return this.cursor(
      '.debug_addr',
      this.base(unit, attribute.addressBase) + unit.addressBytes * index,
    ).u32()
  }

  /** Of a unit's tables of strings, addresses and ranges. */
  base(unit: Unit, which: number): number {
    return this.numbersOf(unit).get(which)?.number ?? DEFAULT_BASE
  }

  /** What a unit's own entry has; of its texts those that are no index. */
  numbersOf(unit: Unit): ReadonlyMap<number, Value> {
    const known =
      this.#bases.get(unit.start) ?? this.#read(unit, unit.first, false)?.values ?? new Map<number, Value>()
    this.#bases.set(unit.start, known)
    return known
  }

  #bytes(name: SectionName): Uint8Array {
    return this.#sections.get(name) ?? new Uint8Array()
  }

  /** @param resolve whether indexed texts are looked up, which needs the bases that the unit's own entry has */
  #read(unit: Unit, offset: number, resolve: boolean): Entry | undefined {
    const at = resolve ? this.#entries : this.cursor('.debug_info')
    at.offset = offset
    const code = at.uleb()
    if (code === 0) return undefined
    const abbreviation = this.#abbreviations(unit.abbreviations).get(code)
    if (!abbreviation) throw at.truncated(`abbreviation ${code}, which is not declared,`)
    const values = new Map<number, Value>()
    for (const { attribute: what, form, constant } of abbreviation.attributes)
      values.set(what, this.#value(at, unit, form, constant, resolve))
    return { tag: abbreviation.tag, hasChildren: abbreviation.hasChildren, values, next: at.offset }
  }

  /** DWARF 5, 7.5.6. */
  #value(at: Cursor, unit: Unit, form: number, constant: number, resolve: boolean): Value {
    switch (form) {
      case 0x01: // addr
        return unit.addressBytes === 4 ? { form, number: at.u32() } : skipped(at, form, unit.addressBytes)
      case 0x03: // block2
        return skipped(at, form, at.u16())
      case 0x04: // block4
        return skipped(at, form, at.u32())
      case 0x09: // block
      case 0x18: // exprloc
        return { form, ...operand(at, at.uleb()) }
      case 0x0a: // block1
        return { form, ...operand(at, at.u8()) }
      case 0x0b: // data1
      case 0x0c: // flag
        return { form, number: at.u8() }
      case 0x05: // data2
        return { form, number: at.u16() }
      case 0x06: // data4
      case 0x17: // sec_offset
      case 0x10: // ref_addr
        return { form, number: at.u32() }
      case 0x07: // data8
      case 0x20: // ref_sig8
      case 0x14: // ref8
        return skipped(at, form, 8)
      case 0x1e: // data16
        return skipped(at, form, 16)
      case 0x0d: // sdata
        return { form, number: at.sleb() }
      case 0x0f: // udata
      case 0x1b: // addrx
      case 0x22: // loclistx
      case 0x23: // rnglistx
        return { form, number: at.uleb() }
      case 0x29: // addrx1
        return { form, number: at.u8() }
      case 0x2a: // addrx2
        return { form, number: at.u16() }
      case 0x2b: // addrx3
        return { form, number: at.u16() + at.u8() * 0x1_0000 }
      case 0x2c: // addrx4
      case 0x1c: // ref_sup4
      case 0x1d: // strp_sup
        return { form, number: at.u32() }
      case 0x08: // string
        return { form, text: at.text() }
      case 0x0e: // strp
        return { form, text: this.#text('.debug_str', at.u32()) }
      case 0x1f: // line_strp
        return { form, text: this.#text('.debug_line_str', at.u32()) }
      case 0x11: // ref1
        return { form, number: unit.start + at.u8() }
      case 0x12: // ref2
        return { form, number: unit.start + at.u16() }
      case 0x13: // ref4
        return { form, number: unit.start + at.u32() }
      case 0x15: // ref_udata
        return { form, number: unit.start + at.uleb() }
      case 0x19: // flag_present
        return { form, number: 1 }
      case 0x21: // implicit_const
        return { form, number: constant }
      case 0x1a: // strx
        return this.#indexed(unit, form, at.uleb(), resolve)
      case 0x25: // strx1
        return this.#indexed(unit, form, at.u8(), resolve)
      case 0x26: // strx2
        return this.#indexed(unit, form, at.u16(), resolve)
      case 0x27: // strx3
        return this.#indexed(unit, form, at.u16() + at.u8() * 0x1_0000, resolve)
      case 0x28: // strx4
        return this.#indexed(unit, form, at.u32(), resolve)
      default:
        throw at.truncated(`form 0x${form.toString(16)}, which is not known,`)
    }
  }

  #indexed(unit: Unit, form: number, index: number, resolve: boolean): Value {
    if (!resolve) return { form }
    const entry = this.base(unit, attribute.stringOffsetsBase) + 4 * index
    const at = this.cursor('.debug_str_offsets', entry).u32()
    return { form, text: this.#text('.debug_str', at) }
  }

  #text(section: '.debug_str' | '.debug_line_str', offset: number): string {
    const known = this.#texts[section].get(offset)
    if (known !== undefined) return known
    const text = stringAt(this.#bytes(section), offset)
    this.#texts[section].set(offset, text)
    return text
  }

  #abbreviations(offset: number): ReadonlyMap<number, Abbreviation> {
    const known = this.#tables.get(offset)
    if (known) return known
    const at = this.cursor('.debug_abbrev', offset)
    const table = new Map<number, Abbreviation>()
    for (let code = at.uleb(); code !== 0; code = at.atEnd ? 0 : at.uleb()) {
      const tag = at.uleb()
      const hasChildren = at.u8() !== 0
      const attributes = []
      for (;;) {
        const what = at.uleb()
        const form = at.uleb()
        const constant = form === 0x21 ? at.sleb() : 0
        if (what === 0 && form === 0) break
        attributes.push({ attribute: what, form, constant })
      }
      table.set(code, { tag, hasChildren, attributes })
    }
    this.#tables.set(offset, table)
    return table
  }
}

function skipped(at: Cursor, form: number, bytes: number): Value {
  at.skip(bytes)
  return { form }
}

/**
 * A member's place as DWARF 2 writes it, DW_OP_plus_uconst (DWARF 2, 2.4.3.2), and a variable's that has one address,
 * DW_OP_addr. Of other expressions, nothing.
 */
function operand(at: Cursor, length: number): { number?: number } {
  const end = at.offset + length
  const what = length > 1 ? at.u8() : 0
  const number = what === 0x23 ? at.uleb() : what === 0x03 && length === 5 ? at.u32() : undefined
  at.offset = end
  return number === undefined ? {} : { number }
}

const isAddressIndex = (form: number): boolean => form === 0x1b || (form >= 0x29 && form <= 0x2c)
