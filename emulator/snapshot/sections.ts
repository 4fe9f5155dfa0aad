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

export const saveSections = (modules: SectionSources): Sections => {
  const sections: Record<string, Section> = {}
  for (const [name, module] of modules) {
    // Each module's own type says that it is plain; all of them together have no common one.
    sections[name] = { version: module.stateVersion, state: module.save() as Plain }
  }
  return sections
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
