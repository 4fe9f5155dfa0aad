import { attribute, DebugInfo, tag, type Entry, type Unit } from './debug-info.ts'
import { rangesOf, rangesOfUnit, type CodeRange } from './debug-ranges.ts'
import type { FirmwareImage } from './image.ts'

/** A source file that was compiled, as its compiler describes it. */
export interface CompileUnit {
  readonly name: string
  /** DW_AT_producer: the compiler, and with GCC its flags. */
  readonly producer: string
}

interface UnitRange extends CodeRange {
  readonly unit: Unit
}

/** Which unit a piece of code is from, by .debug_info. Broken or missing debug information says nothing. */
export class CompileUnits {
  readonly #info: DebugInfo
  readonly #ranges: readonly UnitRange[]
  readonly #units: readonly Unit[]

  constructor(image: Pick<FirmwareImage, 'file' | 'elf'>) {
    this.#info = new DebugInfo(image)
    this.#units = orElse(() => this.#info.units(), [])
    this.#ranges = this.#units.flatMap((unit) =>
      orElse(() => rangesOfUnit(this.#info, unit), []).map((range) => ({ ...range, unit })),
    )
  }

  /** What says who compiled it is not in the file: `DebugInfo.isSplit`. */
  get isSplit(): boolean {
    return orElse(() => this.#info.isSplit(this.#units), false)
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  /**
   * The unit that the code at an address was compiled in. With GCC's link-time optimisation of objects without debug
   * information there is none but the linker's, whose flags are of no source: its producer is empty.
   */
  at(address: number): CompileUnit | undefined {
    return orElse(() => this.#at(address & ~1), undefined)
  }

  #at(address: number): CompileUnit | undefined {
    const range = this.#ranges.find(({ start, end }) => address >= start && address < end)
    if (range === undefined) return undefined
    const linked = this.#describe(range.unit)
    if (linked === undefined || !isOfLinkTime(linked)) return linked
    const source = this.#sourceOf(range.unit, address)
    return (source && this.#describe(source)) ?? { name: linked.name, producer: '' }
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
      const ranges = rangesOf(this.#info, unit, entry)
      if (ranges.every(({ start, end }) => address < start || address >= end)) continue
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
}

const isOfLinkTime = ({ producer }: CompileUnit): boolean => producer.startsWith('GNU GIMPLE')

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
