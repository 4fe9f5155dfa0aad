import type { Plain } from './saved.ts'

/** What one module saved, and in which shape: another shape has another version. */
export interface Section {
  readonly version: number
  readonly state: Plain
}

export type Sections = Readonly<Record<string, Section>>

/** A module that is a section of its own in what its owner saves. */
export interface SectionSource {
  /** Raised whenever the shape of what is saved changes. */
  readonly stateVersion: number
  save(): unknown
  restore(state: never): void
}

export type SectionSources = ReadonlyMap<string, SectionSource>

/** @param before what was saved the last time: sections that are as they were then are shared with it */
export const saveSections = (modules: SectionSources, before: Sections = {}): Sections => {
  const sections: Record<string, Section> = {}
  for (const [name, module] of modules) {
    // Each module's own type says that it is plain; all of them together have no common one.
    const state = module.save() as Plain
    const known = before[name]
    sections[name] = known && isSame(known.state, state) ? known : { version: module.stateVersion, state }
  }
  return sections
}

/** By their contents, but for memories: those are shared already where they are the same. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other)
  if (ArrayBuffer.isView(one) || Array.isArray(one) !== Array.isArray(other)) return false
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>]
  for (const key in a) if (!isSame(a[key], b[key])) return false
  for (const key in b) if (!(key in a)) return false
  return true
}

/** @throws Error naming the section that is missing, of another version, or not known here; nothing is restored then */
export const restoreSections = (modules: SectionSources, sections: Sections): void => {
  for (const name of Object.keys(sections)) {
    if (!modules.has(name)) throw new Error(`the snapshot has a section ${name} that is not known here`)
  }
  for (const [name, { stateVersion }] of modules) {
    const section = Object.hasOwn(sections, name) ? sections[name] : undefined
    if (section === undefined) throw new Error(`the snapshot has no section ${name}`)
    if (section.version !== stateVersion) {
      throw new Error(
        `the snapshot's section ${name} has version ${section.version}, and this one reads version ${stateVersion}`,
      )
    }
  }
  for (const [name, module] of modules) module.restore(sections[name]?.state as never)
}
