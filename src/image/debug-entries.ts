import { Cursor, stringAt } from './cursor.ts'

// DWARF 5, 7.5.3 and 7.5.4.
export const tag = {
  classType: 0x02,
  member: 0x0d,
  structureType: 0x13,
  typedef: 0x16,
  inheritance: 0x1c,
  namespace: 0x39,
  compileUnit: 0x11,
} as const
const attribute = {
  sibling: 0x01,
  name: 0x03,
  byteSize: 0x0b,
  memberLocation: 0x38,
  declaration: 0x3c,
  type: 0x49,
  stringOffsetsBase: 0x72,
} as const

interface Abbreviation {
  readonly tag: number
  readonly hasChildren: boolean
  readonly attributes: readonly { attribute: number; form: number; constant: number }[]
}

export interface Unit {
  readonly start: number
  readonly end: number
  readonly first: number
  readonly version: number
  readonly addressBytes: number
  readonly abbreviations: ReadonlyMap<number, Abbreviation>
  readonly name: string
  readonly stringOffsetsBase: number
}

export interface Entry {
  readonly at: number
  readonly tag: number
  readonly hasChildren: boolean
  readonly sibling: number | undefined
  readonly name: string | undefined
  readonly bytes: number | undefined
  readonly location: number | undefined
  readonly isDeclaration: boolean
  /** Offset in .debug_info of the type's entry. */
  readonly type: number | undefined
}

export type DebugSections = Record<
  'info' | 'abbreviations' | 'strings' | 'lineStrings' | 'stringOffsets',
  Uint8Array
>

/** Units, and their entries one after the other. */
export class EntryReader {
  readonly #sections: DebugSections
  readonly #info: Cursor
  readonly #file: string
  readonly #tables = new Map<number, ReadonlyMap<number, Abbreviation>>()

  constructor(sections: DebugSections, file: string) {
    this.#sections = sections
    this.#file = file
    this.#info = new Cursor(sections.info, `${file} (.debug_info)`)
  }

  units(): readonly Unit[] {
    const at = this.#info
    const units: Unit[] = []
    at.offset = 0
    while (!at.atEnd) {
      const start = at.offset
      const length = at.u32()
      const end = at.offset + length
      // 64-bit DWARF, which nobody makes for a 32-bit processor.
      if (length >= 0xffff_fff0) break
      const version = at.u16()
      if (version >= 2 && version <= 5) {
        const type = version === 5 ? at.u8() : 1
        const fifth = version === 5 ? at.u8() : 0
        const abbreviations = this.#abbreviationsAt(at.u32())
        const addressBytes = version === 5 ? fifth : at.u8()
        const unit = { start, end, version, addressBytes, abbreviations, name: '', stringOffsetsBase: 8 }
        // DW_UT_compile and DW_UT_partial.
        if (type === 1 || type === 3) units.push(this.#named({ ...unit, first: at.offset }))
      }
      at.offset = end
    }
    return units
  }

  /** Where a unit's entries begin. */
  goTo({ first }: Unit): void {
    this.#info.offset = first
  }

  skipChildren(unit: Unit, { hasChildren, sibling }: Entry): void {
    if (!hasChildren) return
    if (sibling !== undefined && sibling > this.#info.offset && sibling <= unit.end) {
      this.#info.offset = sibling
      return
    }
    let depth = 1
    while (depth > 0 && this.#info.offset < unit.end) {
      const entry = this.entry(unit)
      if (entry === undefined) depth--
      else if (entry.hasChildren) depth++
    }
  }

  /** The next entry; undefined at the null entry that ends a list, and at the end of the unit. */
  entry(unit: Unit): Entry | undefined {
    const at = this.#info
    if (at.offset >= unit.end) return undefined
    const start = at.offset
    const code = at.uleb()
    if (code === 0) return undefined
    const abbreviation = unit.abbreviations.get(code)
    if (!abbreviation) throw at.truncated(`abbreviation ${code}, which is not declared,`)
    let name: string | undefined
    let isDeclaration = false
    let sibling, bytes, location, type: number | undefined
    for (const { attribute: what, form, constant } of abbreviation.attributes) {
      const value = this.#value(unit, form, constant)
      if (what === attribute.name && typeof value === 'string') name = value
      if (what === attribute.declaration) isDeclaration = value !== 0
      if (typeof value !== 'number') continue
      if (what === attribute.sibling) sibling = value
      if (what === attribute.byteSize) bytes = value
      if (what === attribute.memberLocation) location = value
      if (what === attribute.type) type = value
    }
    const { tag: kind, hasChildren } = abbreviation
    return { at: start, tag: kind, hasChildren, sibling, name, bytes, location, isDeclaration, type }
  }

  /** Numbers, texts, and references as offsets in .debug_info; undefined for what no structure needs. DWARF 5, 7.5.6. */
  #value(unit: Unit, form: number, constant: number): number | string | undefined {
    const at = this.#info
    switch (form) {
      case 0x01: // addr
        at.skip(unit.addressBytes)
        return undefined
      case 0x03: // block2
        return this.#skip(at.u16())
      case 0x04: // block4
        return this.#skip(at.u32())
      case 0x09: // block
      case 0x18: // exprloc
        return this.#expression(at.uleb())
      case 0x0a: // block1
        return this.#expression(at.u8())
      case 0x0b: // data1
      case 0x0c: // flag
        return at.u8()
      case 0x05: // data2
        return at.u16()
      case 0x06: // data4
      case 0x17: // sec_offset
        return at.u32()
      case 0x07: // data8
      case 0x20: // ref_sig8
        return this.#skip(8)
      case 0x1e: // data16
        return this.#skip(16)
      case 0x0d: // sdata
        return at.sleb()
      case 0x0f: // udata
        return at.uleb()
      case 0x08: // string
        return at.text()
      case 0x0e: // strp
        return stringAt(this.#sections.strings, at.u32())
      case 0x1f: // line_strp
        return stringAt(this.#sections.lineStrings, at.u32())
      case 0x10: // ref_addr
        return at.u32()
      case 0x11: // ref1
        return unit.start + at.u8()
      case 0x12: // ref2
        return unit.start + at.u16()
      case 0x13: // ref4
        return unit.start + at.u32()
      case 0x14: // ref8
        return this.#skip(8)
      case 0x15: // ref_udata
        return unit.start + at.uleb()
      case 0x16: // indirect
        return this.#indirect(unit, at.uleb())
      case 0x19: // flag_present
        return 1
      case 0x21: // implicit_const
        return constant
      case 0x1a: // strx
        return this.#indexedText(unit, at.uleb())
      case 0x25: // strx1
        return this.#indexedText(unit, at.u8())
      case 0x26: // strx2
        return this.#indexedText(unit, at.u16())
      case 0x27: // strx3
        return this.#indexedText(unit, at.u16() + at.u8() * 0x1_0000)
      case 0x28: // strx4
        return this.#indexedText(unit, at.u32())
      case 0x1b: // addrx
      case 0x22: // loclistx
      case 0x23: // rnglistx
        at.uleb()
        return undefined
      case 0x29: // addrx1
        return this.#skip(1)
      case 0x2a: // addrx2
        return this.#skip(2)
      case 0x2b: // addrx3
        return this.#skip(3)
      case 0x1c: // ref_sup4
      case 0x1d: // strp_sup
      case 0x2c: // addrx4
        return this.#skip(4)
      default:
        throw at.truncated(`form 0x${form.toString(16)}, which is not known,`)
    }
  }

  #indirect(unit: Unit, form: number): number | string | undefined {
    if (form === 0x16) throw this.#info.truncated('an indirect form of an indirect form, which cannot be,')
    return this.#value(unit, form, 0)
  }

  #skip(bytes: number): number | undefined {
    this.#info.skip(bytes)
    return undefined
  }

  /** A member's place as DWARF 2 has it: DW_OP_plus_uconst (7.7.1). */
  #expression(length: number): number | undefined {
    const at = this.#info
    const end = at.offset + length
    const value = length > 1 && at.u8() === 0x23 ? at.uleb() : undefined
    at.offset = end
    return value
  }

  #indexedText({ stringOffsetsBase }: Unit, index: number): string {
    const { stringOffsets, strings } = this.#sections
    const at = new Cursor(
      stringOffsets,
      `${this.#file} (.debug_str_offsets)`,
      0,
      stringOffsetsBase + 4 * index,
    )
    return stringAt(strings, at.u32())
  }

  #named(unit: Unit): Unit {
    const back = this.#info.offset
    const code = this.#info.uleb()
    const abbreviation = unit.abbreviations.get(code)
    let { name, stringOffsetsBase } = unit
    // The base of indexed texts may stand behind the name that needs it.
    for (const wanted of [attribute.stringOffsetsBase, attribute.name]) {
      this.#info.offset = back
      this.#info.uleb()
      for (const { attribute: what, form, constant } of abbreviation?.attributes ?? []) {
        const value = this.#value({ ...unit, stringOffsetsBase }, form, constant)
        if (what !== wanted) continue
        if (what === attribute.name && typeof value === 'string') name = value
        if (what === attribute.stringOffsetsBase && typeof value === 'number') stringOffsetsBase = value
      }
    }
    return { ...unit, name, stringOffsetsBase }
  }

  #abbreviationsAt(offset: number): ReadonlyMap<number, Abbreviation> {
    const known = this.#tables.get(offset)
    if (known) return known
    const at = new Cursor(this.#sections.abbreviations, `${this.#file} (.debug_abbrev)`, 0, offset)
    const table = new Map<number, Abbreviation>()
    for (let code = at.uleb(); code !== 0; code = at.uleb()) {
      const kind = at.uleb()
      const hasChildren = at.u8() !== 0
      const attributes = []
      for (;;) {
        const what = at.uleb()
        const form = at.uleb()
        const constant = form === 0x21 ? at.sleb() : 0
        if (what === 0 && form === 0) break
        attributes.push({ attribute: what, form, constant })
      }
      table.set(code, { tag: kind, hasChildren, attributes })
      if (at.atEnd) break
    }
    this.#tables.set(offset, table)
    return table
  }
}
