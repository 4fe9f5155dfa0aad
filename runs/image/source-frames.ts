import { lastAt } from '../../emulator/last-at.ts'
import { DebugInfo, attribute, tag, type Entry, type Unit } from './debug-info.ts'
import { joined, LineTable, type LineFile } from './debug-line.ts'
import { rangesOf, rangesOfUnit, type CodeRange } from './debug-ranges.ts'
import { Walk } from './debug-walk.ts'
import { demangle, shortName } from './demangle.ts'
import type { FirmwareImage } from './image.ts'
import { UserError } from '../errors.ts'

/** A place in the source, in the function that it stands in. */
export interface SourceFrame {
  /** Demangled, without parameters; undefined where debug information names none. */
  readonly function: string | undefined
  /** As the compiler was given it, from the folder where it ran; empty where it is not known. */
  readonly file: string
  /** 0 where it is not known. */
  readonly line: number
}

/** A call that was inlined. */
export interface InlinedCall {
  /** Undefined where debug information does not say. */
  readonly name: string | undefined
  /** Where it was called. */
  readonly call: { readonly file: string; readonly line: number } | undefined
}

export interface InlinedStretch {
  readonly start: number
  readonly end: number
  readonly calls: readonly InlinedCall[]
}

/** Code of a function, or of a call that was inlined into one. */
interface Scope {
  readonly ranges: readonly CodeRange[]
  readonly name: string | undefined
  /** Of an inlined call: where it was called. */
  readonly call: { readonly file: string; readonly line: number } | undefined
  /** Inlined into it. */
  readonly inner: Scope[]
}

interface UnitScopes {
  readonly unit: Unit
  scopes?: readonly Scope[]
  /** Of functions that stand in namespaces or classes, by their entry: `a::b::`. */
  prefixes?: ReadonlyMap<number, string>
}

/** Names are looked up from one entry to the next: what is longer is damaged. */
const LONGEST_CHAIN = 16

/** Which lines of which functions an instruction is of, inlined calls told apart. Damaged or missing debug information says nothing. */
export class SourceFrames {
  readonly lines: LineTable | undefined
  /** Which functions were inlined is not in the file: `DebugInfo.isSplit`. */
  readonly isSplit: boolean
  readonly #info: DebugInfo
  readonly #units: readonly UnitScopes[]
  readonly #ranges: readonly (CodeRange & { readonly of: UnitScopes })[]
  /** By line table: where its compiler ran. */
  readonly #folders = new Map<number, string>()

  constructor(image: Pick<FirmwareImage, 'file' | 'elf'>) {
    const section = image.elf?.sectionBytes('.debug_line')
    this.lines = orNothing(() => section && new LineTable(section, image))
    this.#info = orNothing(() => new DebugInfo(image)) ?? new DebugInfo({ file: image.file })
    const units = orNothing(() => this.#info.units()) ?? []
    this.isSplit = orNothing(() => this.#info.isSplit(units)) ?? false
    this.#units = units.map((unit) => ({ unit }))
    for (const { unit } of this.#units) orNothing(() => this.#readFolder(unit))
    this.#ranges = this.#units
      .flatMap((of) =>
        (orNothing(() => rangesOfUnit(this.#info, of.unit)) ?? []).map((range) => ({ ...range, of })),
      )
      .sort((a, b) => a.start - b.start)
  }

  /** Innermost first; empty where nothing is known. */
  at(address: number): readonly SourceFrame[] {
    const pc = (address & ~1) >>> 0
    const scopes = this.#chain(pc)
    const row = this.lines?.rowAt(pc)
    if (scopes.length === 0 && !row) return []
    const frames: SourceFrame[] = []
    let file = row ? this.pathOf(row.file) : ''
    let line = row?.line ?? 0
    for (const { name, call } of scopes.toReversed()) {
      frames.push({ function: name, file, line })
      file = call?.file ?? ''
      line = call?.line ?? 0
    }
    return frames.length > 0 ? frames : [{ function: undefined, file, line }]
  }

  /**
   * Stretches of code, in order, by the calls that are inlined there, outermost first; the calls of one that is under way
   * in two stretches are the same objects.
   */
  inlinedIn(start: number, end: number): readonly InlinedStretch[] {
    const borders = new Set([start])
    const add = ({ ranges, inner }: Scope): void => {
      for (const range of ranges)
        for (const border of [range.start, range.end]) if (border > start && border < end) borders.add(border)
      inner.forEach(add)
    }
    this.#scopesAt(start)
      .find(({ ranges }) => holds(ranges, start))
      ?.inner.forEach(add)
    const stretches: { start: number; end: number; calls: readonly InlinedCall[] }[] = []
    for (const border of [...borders].sort((a, b) => a - b)) {
      const calls = this.#chain(border).slice(1)
      const last = stretches.at(-1)
      if (last) last.end = border
      if (!last || !isSame(last.calls, calls)) stretches.push({ start: border, end, calls })
    }
    const last = stretches.at(-1)
    if (last) last.end = end
    return stretches
  }

  /** A file of a line table, from the folder where its compiler ran. */
  pathOf({ path, table }: LineFile): string {
    return withoutDots(joined(this.#folders.get(table), path))
  }

  /**
   * Where a line of a source file begins: its first instruction in each function that has it, inlined copies included,
   * where a debugger would stop. Of a line without such a place the first instruction that is of it; of one that has no
   * instruction, where it would have been.
   */
  startsOf(isFile: (path: string) => boolean, line: number): readonly number[] {
    const stops = new Map<Scope | undefined, number>()
    const others = new Map<Scope | undefined, number>()
    const empty = new Set<number>()
    const rows = this.lines?.rows ?? []
    rows.forEach(({ address, line: here, file, isStatement }, i) => {
      if (here !== line || !isFile(this.pathOf(file))) return
      const scope = this.#chain(address).at(-1)
      const found = isStatement ? stops : others
      if (rows[i + 1]?.address === address) empty.add(address)
      else if (!found.has(scope)) found.set(scope, address)
    })
    const [best] = [stops, others].filter(({ size }) => size > 0)
    return best ? [...best.values()] : [...empty]
  }

  /** The first line from one on that has code; undefined where none has. */
  nextLine(isFile: (path: string) => boolean, from: number): number | undefined {
    let next: number | undefined
    for (const { line, file } of this.lines?.rows ?? [])
      if (line > 0 && line >= from && line < (next ?? Infinity) && isFile(this.pathOf(file))) next = line
    return next
  }

  #readFolder(unit: Unit): void {
    const values = this.#info.entry(unit, unit.first)?.values
    const folder = values?.get(attribute.compilationFolder)?.text
    const table = values?.get(attribute.lineTable)?.number
    if (folder !== undefined && table !== undefined && unit.version < 5) this.#folders.set(table, folder)
  }

  /** The function at an address, then what is inlined there, outermost first. */
  #chain(address: number): readonly Scope[] {
    const chain: Scope[] = []
    for (let among = this.#scopesAt(address); ;) {
      const scope = among.find(({ ranges }) => holds(ranges, address))
      if (!scope) return chain
      chain.push(scope)
      among = scope.inner
    }
  }

  /** Of the unit that an address is in. */
  #scopesAt(address: number): readonly Scope[] {
    const unit = this.#ranges[lastAt(this.#ranges.length, (i) => this.#ranges[i]?.start, address)]
    if (!unit || address >= unit.end) return []
    const { of } = unit
    return (of.scopes ??= orNothing(() => this.#scopesOf(of)) ?? [])
  }

  #scopesOf(of: UnitScopes): readonly Scope[] {
    const walk = new Walk(this.#info, of.unit)
    const outermost: Scope[] = []
    /** Where children of the entries that are open belong. */
    const open: Scope[][] = []
    for (;;) {
      const entry = walk.next()
      if (walk.isOver) return outermost
      const around = open.at(-1) ?? outermost
      if (!entry) {
        open.pop()
        continue
      }
      const scope = isScope(entry) ? this.#scope(of, entry) : undefined
      if (scope) around.push(scope)
      if (entry.hasChildren) open.push(scope?.inner ?? around)
    }
  }

  #prefixesOf(unit: Unit): ReadonlyMap<number, string> {
    const walk = new Walk(this.#info, unit)
    const prefixes = new Map<number, string>()
    const open: string[] = []
    for (;;) {
      const entry = walk.next()
      if (walk.isOver) return prefixes
      const prefix = open.at(-1) ?? ''
      if (!entry) open.pop()
      else {
        if (entry.tag === tag.subprogram && prefix !== '') prefixes.set(walk.at, prefix)
        if (entry.hasChildren) open.push(names(entry, prefix))
      }
    }
  }

  #scope(of: UnitScopes, entry: Entry): Scope | undefined {
    const { unit } = of
    const ranges = rangesOf(this.#info, unit, entry)
    if (ranges.length === 0) return undefined
    const line = entry.values.get(attribute.callLine)?.number ?? 0
    const isInlined = entry.tag === tag.inlinedSubroutine
    return {
      ranges,
      name: this.#nameOf(of, entry),
      call: isInlined ? { file: this.#callFile(unit, entry), line } : undefined,
      inner: [],
    }
  }

  #callFile(unit: Unit, { values }: Entry): string {
    const table = this.#info.numbersOf(unit).get(attribute.lineTable)?.number ?? -1
    const file = this.lines?.file(table, values.get(attribute.callFile)?.number ?? -1)
    return file ? this.pathOf(file) : ''
  }

  /** By its linker's name, which is qualified, or its own; either may stand where it is declared. */
  #nameOf(of: UnitScopes, entry: Entry): string | undefined {
    let found: string | undefined
    let at: Entry | undefined = entry
    let prefix = ''
    let home = of
    for (let i = 0; at && i < LONGEST_CHAIN; i++) {
      const { values }: Entry = at
      const linked = (values.get(attribute.linkageName) ?? values.get(attribute.oldLinkageName))?.text
      if (linked !== undefined) return shortName(demangle(linked))
      found ??= values.get(attribute.name)?.text
      const origin = (values.get(attribute.abstractOrigin) ?? values.get(attribute.specification))?.number
      if (origin === undefined) break
      home = this.#units.find(({ unit }) => origin >= unit.start && origin < unit.end) ?? home
      const { unit } = home
      home.prefixes ??= orNothing(() => this.#prefixesOf(unit)) ?? new Map<number, string>()
      prefix = home.prefixes.get(origin) ?? prefix
      at = this.#info.entry(unit, origin)
    }
    return found === undefined ? undefined : prefix + found
  }
}

/** What stands before the names of an entry's children. */
function names({ tag: kind, values }: Entry, prefix: string): string {
  const name = values.get(attribute.name)?.text
  if (kind === tag.namespace) return `${prefix}${name ?? '(anonymous)'}::`
  return (kind === tag.classType || kind === tag.structureType) && name !== undefined
    ? `${prefix}${name}::`
    : ''
}

const isSame = (a: readonly InlinedCall[], b: readonly InlinedCall[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

const isScope = ({ tag: kind }: Entry): boolean => kind === tag.subprogram || kind === tag.inlinedSubroutine

const holds = (ranges: readonly CodeRange[], address: number): boolean =>
  ranges.some(({ start, end }) => address >= start && address < end)

/** `a/./b/../c` as `a/c`. */
function withoutDots(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    const before = parts.at(-1)
    if (part === '..' && before !== undefined && before !== '' && before !== '..') parts.pop()
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part)
  }
  return parts.join('/')
}

/** Damaged debug information is no reason to withhold the rest. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
