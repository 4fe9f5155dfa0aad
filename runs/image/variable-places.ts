import { UserError } from '../errors.ts'
import { attribute, DebugInfo, tag, type Entry, type Unit, type Value } from './debug-info.ts'
import { Walk } from './debug-walk.ts'
import type { FirmwareImage } from './image.ts'
import type { SourceFrames } from './source-frames.ts'

/**
 * By the addresses of variables and constants: the source file and line that declare them, as `frames` has its paths. What the
 * linker left out has the address 0 in debug information, so names must be those of the symbols too. Damaged or missing
 * debug information says nothing.
 */
export function variablePlaces(
  image: Pick<FirmwareImage, 'file' | 'elf'>,
  frames: SourceFrames,
): ReadonlyMap<number, DeclaredAt> {
  const places = new Map<number, DeclaredAt>()
  const names = new Map<number, string[]>()
  for (const { kind, address, name } of image.elf?.symbols ?? [])
    if (kind === 'object') names.set(address, [...(names.get(address) ?? []), name])
  const info = new DebugInfo(image)
  const read = (unit: Unit): void => {
    for (const { address, name, file, line } of variablesOf(info, unit))
      if (names.get(address)?.some((symbol) => symbol.includes(name))) {
        const found = frames.lines?.file(info.numbersOf(unit).get(attribute.lineTable)?.number ?? -1, file)
        if (found) places.set(address, { file: frames.pathOf(found), line })
      }
  }
  try {
    info.units().forEach(read)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
  }
  return places
}

export interface DeclaredAt {
  readonly file: string
  /** null where debug information does not say. */
  readonly line: number | null
}

interface Variable {
  readonly address: number
  readonly name: string
  /** By its number in the unit's line table. */
  readonly file: number
  readonly line: number | null
}

function* variablesOf(info: DebugInfo, unit: Unit): Generator<Variable> {
  const walk = new Walk(info, unit)
  while (!walk.isOver) {
    const entry = walk.next()
    if (entry?.tag !== tag.variable) continue
    const place = entry.values.get(attribute.location)
    const isExpression = place?.form === 0x18 || place?.form === 0x0a
    if (!isExpression || place.number === undefined) continue
    const name = valueOf(info, unit, entry, attribute.name)?.text
    const file = valueOf(info, unit, entry, attribute.declarationFile)?.number
    const line = valueOf(info, unit, entry, attribute.declarationLine)?.number ?? null
    if (name !== undefined && file !== undefined) yield { address: place.number, name, file, line }
  }
}

/** Its own value, or where it is defined apart from its declaration, that of the declaration. */
function valueOf(info: DebugInfo, unit: Unit, { values }: Entry, what: number): Value | undefined {
  const own = values.get(what)
  const other = (values.get(attribute.specification) ?? values.get(attribute.abstractOrigin))?.number
  return own ?? (other === undefined ? undefined : info.entry(unit, other)?.values.get(what))
}
