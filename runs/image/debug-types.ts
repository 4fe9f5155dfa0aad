import { attribute, DebugInfo, tag } from './debug-info.ts'
import type { Entry, Unit } from './debug-info.ts'
import { Walk } from './debug-walk.ts'
import type { FirmwareImage } from './image.ts'

/** Where the members of a structure are. Base classes' members are among them. */
export interface StructLayout {
  readonly bytes: number
  readonly members: Readonly<Record<string, number>>
}

/** By qualified name: `tflite::MicroInterpreter`. */
export type StructLayouts = Readonly<Record<string, StructLayout>>

interface Definition extends StructLayout {
  readonly bases: readonly { readonly type: number; readonly offset: number }[]
}

/**
 * Layouts of structures by name, from .debug_info (DWARF 2 to 5). A structure that two units define differently is
 * left out, and so is what no unit defines. Where units whose name matches `first` define any, they are the only ones
 * read.
 * @throws UserError where a section is cut short
 */
export function structLayouts(
  image: Pick<FirmwareImage, 'file' | 'elf'>,
  wanted: readonly string[],
  first: RegExp,
): StructLayouts {
  const info = new DebugInfo(image)
  const units = info.units()
  const isFirst = (unit: Unit): boolean =>
    first.test(info.entry(unit, unit.first)?.values.get(attribute.name)?.text ?? '')
  const informed = units.filter(isFirst)
  const names = new Set(wanted)
  const found = layoutsOf(info, informed, names)
  const all = found.size > 0 ? found : layoutsOf(info, units, names)
  return Object.fromEntries([...all].flatMap(([name, layout]) => (layout ? [[name, layout] as const] : [])))
}

/** null for what units define differently. */
function layoutsOf(
  info: DebugInfo,
  units: readonly Unit[],
  names: ReadonlySet<string>,
): ReadonlyMap<string, StructLayout | null> {
  const found = new Map<string, StructLayout | null>()
  for (const unit of units) {
    for (const [name, layout] of read(new Walk(info, unit), names)) {
      const known = found.get(name)
      if (known === undefined) found.set(name, layout)
      else if (known !== null && !isSame(known, layout)) found.set(name, null)
    }
  }
  return found
}

function isSame(a: StructLayout, b: StructLayout): boolean {
  const members = Object.entries(a.members)
  return (
    a.bytes === b.bytes &&
    members.length === Object.keys(b.members).length &&
    members.every(([name, offset]) => b.members[name] === offset)
  )
}

/** The structures of a unit that are among the names, base classes' members merged into theirs. */
function read(walk: Walk, names: ReadonlySet<string>): readonly (readonly [string, StructLayout])[] {
  const definitions = new Map<number, Definition>()
  const named: { name: string; at: number }[] = []
  if (!walk.next()?.hasChildren) return []
  const scope = (prefix: string, depth = 0): void => {
    for (let entry = walk.next(); entry; entry = walk.next()) {
      const { at } = walk
      const name = entry.values.get(attribute.name)?.text
      const full = name === undefined ? undefined : prefix + name
      const isWanted = full !== undefined && names.has(full)
      if (isDefinition(entry)) {
        if (isWanted) named.push({ name: full, at })
        definitions.set(at, membersOf(walk, entry))
        continue
      }
      if (entry.tag === tag.namespace && entry.hasChildren && depth < DEEPEST) {
        scope(full === undefined ? prefix : `${full}::`, depth + 1)
        continue
      }
      const type = entry.values.get(attribute.type)?.number
      if (entry.tag === tag.typedef && isWanted && type !== undefined) named.push({ name: full, at: type })
      walk.skipChildren(entry)
    }
  }
  scope('')
  return named.flatMap(({ name, at }) => {
    const layout = flatten(at, definitions)
    return layout ? [[name, layout] as const] : []
  })
}

const isDefinition = ({ tag: kind, values }: Entry): boolean =>
  (kind === tag.structureType || kind === tag.classType) &&
  !values.has(attribute.declaration) &&
  values.has(attribute.byteSize)

function membersOf(walk: Walk, { hasChildren, values }: Entry): Definition {
  const bytes = values.get(attribute.byteSize)?.number ?? 0
  const members: Record<string, number> = {}
  const bases: { type: number; offset: number }[] = []
  if (!hasChildren) return { bytes, members, bases }
  for (let entry = walk.next(); entry; entry = walk.next()) {
    const name = entry.values.get(attribute.name)?.text
    const offset = entry.values.get(attribute.memberLocation)?.number
    const type = entry.values.get(attribute.type)?.number
    if (entry.tag === tag.member && name !== undefined && offset !== undefined) members[name] = offset
    if (entry.tag === tag.inheritance && type !== undefined && offset !== undefined)
      bases.push({ type, offset })
    walk.skipChildren(entry)
  }
  return { bytes, members, bases }
}

/** Of namespaces, and of base classes: what is deeper is damaged. */
const DEEPEST = 32

function flatten(
  at: number,
  definitions: ReadonlyMap<number, Definition>,
  depth = 0,
): StructLayout | undefined {
  const own = definitions.get(at)
  if (own === undefined || depth > DEEPEST) return undefined
  const members: Record<string, number> = {}
  for (const { type, offset } of own.bases) {
    for (const [name, inner] of Object.entries(flatten(type, definitions, depth + 1)?.members ?? {})) {
      members[name] = offset + inner
    }
  }
  return { bytes: own.bytes, members: { ...members, ...own.members } }
}
