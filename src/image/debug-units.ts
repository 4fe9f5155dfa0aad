import { attribute, DebugInfo, type Entry, type Unit, type Value } from './debug-info.ts'
import type { FirmwareImage } from './image.ts'

/** A source file that was compiled, as its compiler describes it. */
export interface CompileUnit {
  readonly name: string
  /** DW_AT_producer: the compiler, and with GCC its flags. */
  readonly producer: string
}

interface Range {
  readonly start: number
  readonly end: number
  readonly unit: Unit
}

// DWARF 5, 7.5.3.
const tag = { compileUnit: 0x11, subprogram: 0x2e } as const

/** Which unit a piece of code is from, by .debug_info. Broken or missing debug information says nothing. */
export class CompileUnits {
  readonly #info: DebugInfo
  readonly #ranges: readonly Range[]
  readonly #units: readonly Unit[]

  constructor(image: Pick<FirmwareImage, 'file' | 'elf'>) {
    this.#info = new DebugInfo(image)
    this.#units = orElse(() => this.#info.units(), [])
    this.#ranges = this.#units
      .flatMap((unit) => orElse(() => this.#rangesOf(unit), []))
      // What the linker threw away is left at 0 or 1, or at the end of what there is.
      .filter(({ start, end }) => start > 1 && end > start)
  }

  /** The unit that the code at an address was compiled in. */
  at(address: number): CompileUnit | undefined {
    return orElse(() => this.#at(address & ~1), undefined)
  }

  #at(address: number): CompileUnit | undefined {
    const range = this.#ranges.find(({ start, end }) => address >= start && address < end)
    if (range === undefined) return undefined
    const linked = this.#describe(range.unit)
    if (linked === undefined || !isOfLinkTime(linked)) return linked
    const source = this.#sourceOf(range.unit, address)
    return (source && this.#describe(source)) ?? linked
  }

  #describe(unit: Unit): CompileUnit | undefined {
    const values = this.#info.entry(unit, unit.first)?.values
    const producer = values?.get(attribute.producer)?.text
    return producer === undefined ? undefined : { name: values?.get(attribute.name)?.text ?? '', producer }
  }

  /** With GCC's link-time optimisation: of the function at an address, the unit of the source that it is from. */
  #sourceOf(unit: Unit, address: number): Unit | undefined {
    for (const entry of this.#children(unit)) {
      const origin = entry.values.get(attribute.abstractOrigin)?.number
      if (entry.tag !== tag.subprogram || origin === undefined) continue
      const low = this.#info.address(unit, entry.values.get(attribute.lowPc))
      const high = low === undefined ? undefined : this.#end(unit, low, entry.values.get(attribute.highPc))
      if (low === undefined || high === undefined || address < low || address >= high) continue
      return this.#units.find(({ start, end }) => origin >= start && origin < end)
    }
    return undefined
  }

  /** Entries of all depths: functions of a class may stand in it. */
  *#children(unit: Unit): Generator<Entry> {
    let at = this.#info.entry(unit, unit.first)?.next ?? unit.end
    while (at < unit.end) {
      const entry = this.#info.entry(unit, at)
      at = entry?.next ?? at + 1
      if (entry !== undefined) yield entry
    }
  }

  #end(unit: Unit, low: number, high: Value | undefined): number | undefined {
    if (high?.number === undefined) return undefined
    return this.#info.address(unit, high) ?? low + high.number
  }

  #rangesOf(unit: Unit): Range[] {
    const entry = this.#info.entry(unit, unit.first)
    if (entry?.tag !== tag.compileUnit) return []
    const low = this.#info.address(unit, entry.values.get(attribute.lowPc))
    const ranges = entry.values.get(attribute.ranges)
    if (ranges?.number !== undefined)
      return (
        unit.version < 5 ? this.#oldRanges(unit, ranges.number, low) : this.#newRanges(unit, ranges, low)
      ).map((range) => ({ ...range, unit }))
    const end = low === undefined ? undefined : this.#end(unit, low, entry.values.get(attribute.highPc))
    return low === undefined || end === undefined ? [] : [{ start: low, end, unit }]
  }

  /** .debug_ranges: DWARF 4, 2.17.3. */
  #oldRanges(unit: Unit, offset: number, low = 0): Omit<Range, 'unit'>[] {
    const at = this.#info.cursor('.debug_ranges', offset)
    const found = []
    let base = low
    for (;;) {
      const [start, end] = [at.u32(), at.u32()]
      if (start === 0 && end === 0) return found
      if (start === 0xffff_ffff) base = end
      else found.push({ start: base + start, end: base + end })
    }
  }

  /** .debug_rnglists: DWARF 5, 2.17.3 and 7.25. */
  #newRanges(unit: Unit, { form, number = 0 }: Value, low = 0): Omit<Range, 'unit'>[] {
    const info = this.#info
    const lists = info.base(unit, attribute.rangeListsBase)
    const isIndex = form === 0x23
    const offset = isIndex ? lists + info.cursor('.debug_rnglists', lists + 4 * number).u32() : number
    const at = info.cursor('.debug_rnglists', offset)
    const found = []
    let base = low
    for (;;) {
      const kind = at.u8()
      if (kind === 0) return found
      else if (kind === 1) base = info.indexedAddress(unit, at.uleb())
      else if (kind === 5) base = at.u32()
      else if (kind === 4) found.push({ start: base + at.uleb(), end: base + at.uleb() })
      else if (kind === 6) found.push({ start: at.u32(), end: at.u32() })
      else {
        if (kind !== 2 && kind !== 3 && kind !== 7) throw at.truncated(`a range of kind ${kind}`)
        const start = kind === 7 ? at.u32() : info.indexedAddress(unit, at.uleb())
        const last = at.uleb()
        found.push({ start, end: kind === 2 ? info.indexedAddress(unit, last) : start + last })
      }
    }
  }
}

const isOfLinkTime = ({ producer }: CompileUnit): boolean => producer.startsWith('GNU GIMPLE')

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
