import { EntryReader, tag } from './debug-entries.ts'
import type { DebugSections, Entry, Unit } from './debug-entries.ts'
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
 * left out, and so is what no unit defines. Units whose name matches `first` are read first, and reading ends when all
 * is found.
 * @throws UserError where a section is cut short
 */
export function structLayouts(
  image: Pick<FirmwareImage, 'file' | 'elf'>,
  wanted: readonly string[],
  first: RegExp,
): StructLayouts {
  const bytes = (name: string): Uint8Array => image.elf?.sectionBytes(name) ?? new Uint8Array()
  const sections: DebugSections = {
    info: bytes('.debug_info'),
    abbreviations: bytes('.debug_abbrev'),
    strings: bytes('.debug_str'),
    lineStrings: bytes('.debug_line_str'),
    stringOffsets: bytes('.debug_str_offsets'),
  }
  const entries = new EntryReader(sections, image.file)
  const units = entries.units()
  const ordered = [
    ...units.filter(({ name }) => first.test(name)),
    ...units.filter(({ name }) => !first.test(name)),
  ]
  const names = new Set(wanted)
  const found = new Map<string, StructLayout>()
  const differing = new Set<string>()
  for (const unit of ordered) {
    if (!first.test(unit.name) && wanted.every((name) => found.has(name))) break
    for (const [name, layout] of read(entries, unit, names)) {
      const known = found.get(name)
      if (known === undefined) found.set(name, layout)
      else if (!isSame(known, layout)) differing.add(name)
    }
  }
  return Object.fromEntries([...found].filter(([name]) => !differing.has(name)))
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
function read(
  entries: EntryReader,
  unit: Unit,
  names: ReadonlySet<string>,
): readonly (readonly [string, StructLayout])[] {
  const definitions = new Map<number, Definition>()
  const named: { name: string; at: number }[] = []
  entries.goTo(unit)
  const root = entries.entry(unit)
  if (!root?.hasChildren) return []
  const scope = (prefix: string, depth = 0): void => {
    for (let entry = entries.entry(unit); entry; entry = entries.entry(unit)) {
      const { name } = entry
      const full = name === undefined ? undefined : prefix + name
      if (entry.tag === tag.structureType || entry.tag === tag.classType) {
        if (!entry.isDeclaration && entry.bytes !== undefined) {
          const definition = membersOf(entries, unit, entry)
          definitions.set(entry.at, definition)
          if (full !== undefined && names.has(full)) named.push({ name: full, at: entry.at })
          continue
        }
      } else if (entry.tag === tag.namespace && entry.hasChildren && depth < DEEPEST) {
        scope(full === undefined ? prefix : `${full}::`, depth + 1)
        continue
      } else if (entry.tag === tag.typedef && full !== undefined && names.has(full)) {
        if (entry.type !== undefined) named.push({ name: full, at: entry.type })
      }
      entries.skipChildren(unit, entry)
    }
  }
  scope('')
  return named.flatMap(({ name, at: where }) => {
    const layout = flatten(where, definitions)
    return layout ? [[name, layout] as const] : []
  })
}

function membersOf(entries: EntryReader, unit: Unit, { bytes = 0, hasChildren }: Entry): Definition {
  const members: Record<string, number> = {}
  const bases: { type: number; offset: number }[] = []
  if (!hasChildren) return { bytes, members, bases }
  for (let entry = entries.entry(unit); entry; entry = entries.entry(unit)) {
    if (entry.tag === tag.member && entry.name !== undefined && entry.location !== undefined) {
      members[entry.name] = entry.location
    }
    if (entry.tag === tag.inheritance && entry.type !== undefined && entry.location !== undefined) {
      bases.push({ type: entry.type, offset: entry.location })
    }
    entries.skipChildren(unit, entry)
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
