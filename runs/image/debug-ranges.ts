import { attribute, tag, type DebugInfo, type Entry, type Unit, type Value } from './debug-info.ts'

export interface CodeRange {
  readonly start: number
  /** First address after it. */
  readonly end: number
}

/** What the linker threw away is left at 0 or 1, or at the end of what there is. */
const isThere = ({ start, end }: CodeRange): boolean => start > 1 && end > start

/** Addresses of the code of a compilation unit. @throws UserError where a section is cut short */
export function rangesOfUnit(info: DebugInfo, unit: Unit): readonly CodeRange[] {
  const entry = info.entry(unit, unit.first)
  return entry?.tag === tag.compileUnit ? rangesOf(info, unit, entry) : []
}

/** Addresses of the code of a unit, a function or an inlined call. @throws UserError where a section is cut short */
export function rangesOf(info: DebugInfo, unit: Unit, { values }: Entry): readonly CodeRange[] {
  const low = info.address(unit, values.get(attribute.lowPc))
  const ranges = values.get(attribute.ranges)
  if (ranges?.number !== undefined) {
    const base = info.address(unit, info.numbersOf(unit).get(attribute.lowPc))
    const found =
      unit.version < 5 ? oldRanges(info, ranges.number, base) : newRanges(info, unit, ranges, base)
    return found.filter(isThere)
  }
  const high = values.get(attribute.highPc)
  if (low === undefined || high?.number === undefined) return []
  return [{ start: low, end: info.address(unit, high) ?? low + high.number }].filter(isThere)
}

/** .debug_ranges: DWARF 4, 2.17.3. */
function oldRanges(info: DebugInfo, offset: number, low = 0): CodeRange[] {
  const at = info.cursor('.debug_ranges', offset)
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
function newRanges(info: DebugInfo, unit: Unit, { form, number = 0 }: Value, low = 0): CodeRange[] {
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
