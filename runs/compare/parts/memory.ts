import type { ArenaReport, MemoryReport } from '../../report/run-report.ts'
import type { MemoryItem } from '../../session/memory/protocol.ts'
import type { MemoryChange, Pair, SymbolChange } from '../comparison.ts'
import { byDifference, pair } from '../pair.ts'
import type { Side } from '../side.ts'

export function memoryChange(a: Side, b: Side): MemoryChange {
  const symbols = a.details && b.details && symbolChanges(a.details.memory, b.details.memory)
  return {
    figures: memoryFigures(a.report.memory, b.report.memory),
    sections: sectionChanges(a.report.memory, b.report.memory),
    symbols: symbols?.changes ?? null,
    shifted: symbols?.shifted ?? null,
  }
}

function memoryFigures(a: MemoryReport, b: MemoryReport): MemoryChange['figures'] {
  const isUsed = ({ a: x, b: y }: Pair): boolean => x !== null || y !== null
  return [
    { name: 'flash', ...pair(a.flashBytes, b.flashBytes) },
    { name: 'static RAM', ...pair(a.staticRamBytes, b.staticRamBytes) },
    ...arenas(a, b),
    { name: 'stack', ...pair(a.stack?.highWaterBytes, b.stack?.highWaterBytes) },
    { name: 'heap', ...pair(a.heap?.highWaterBytes, b.heap?.highWaterBytes) },
  ].filter(isUsed)
}

/** By name; where each has one, these. */
function arenas(a: MemoryReport, b: MemoryReport): MemoryChange['figures'] {
  const used = (one: ArenaReport | undefined): number | null => one?.usedBytes ?? one?.writtenBytes ?? null
  if (a.arenas.length === 1 && b.arenas.length === 1)
    return [{ name: 'arena', ...pair(used(a.arenas[0]), used(b.arenas[0])) }]
  return [...new Set([...b.arenas, ...a.arenas].map(({ name }) => name))].map((name) => ({
    name: `arena ${name}`,
    ...pair(used(a.arenas.find((one) => one.name === name)), used(b.arenas.find((one) => one.name === name))),
  }))
}

/** Those that both name in their order, then those of a alone. */
function sectionChanges(a: MemoryReport, b: MemoryReport): MemoryChange['sections'] {
  return [...new Set([...b.sections, ...a.sections].map(({ name }) => name))].map((name) => {
    const [x, y] = [a, b].map(({ sections }) => sections.find((one) => one.name === name))
    return {
      name,
      flashBytes: pair(x?.flashBytes, y?.flashBytes),
      ramBytes: pair(x?.ramBytes, y?.ramBytes),
    }
  })
}

function symbolChanges(
  a: readonly MemoryItem[],
  b: readonly MemoryItem[],
): { readonly changes: readonly SymbolChange[]; readonly shifted: number } {
  const left = grouped(a)
  const changes: SymbolChange[] = []
  let shifted = 0
  for (const [key, ones] of grouped(b)) {
    const others = left.get(key) ?? []
    left.delete(key)
    for (const [x, y] of matched(others, ones)) {
      const change = changeOf(x, y)
      if (change) changes.push(change)
      else if (x?.address !== y?.address) shifted++
    }
  }
  for (const one of [...left.values()].flat()) {
    const change = changeOf(one, undefined)
    if (change) changes.push(change)
  }
  return {
    shifted,
    changes: changes.sort(
      byDifference(
        (one) =>
          one.change === 'moved' && one.bytes.difference === 0 ? (one.bytes.b ?? 0) : one.bytes.difference,
        ({ name, section }) => `${name} ${section.b ?? section.a}`,
      ),
    ),
  }
}

/** What has no symbol is one thing in each section. */
const keyOf = ({ kind, name, section }: MemoryItem): string =>
  kind === 'unnamed' ? `${kind} ${section}` : `${kind} ${name}`

function grouped(items: readonly MemoryItem[]): Map<string, readonly MemoryItem[]> {
  const found = new Map<string, MemoryItem[]>()
  for (const one of items) found.set(keyOf(one), [...(found.get(keyOf(one)) ?? []), one])
  return found
}

type Match = readonly [a: MemoryItem | undefined, b: MemoryItem | undefined]

/** Of several with one name: first those that are wholly alike, then those of one file, then in their order. */
function matched(a: readonly MemoryItem[], b: readonly MemoryItem[]): readonly Match[] {
  let [left, right] = [[...a], [...b]]
  const found: Match[] = []
  const ways: readonly ((x: MemoryItem, y: MemoryItem) => boolean)[] = [
    (x, y) => x.file === y.file && x.bytes === y.bytes && x.section === y.section,
    (x, y) => x.file === y.file && x.section === y.section,
    (x, y) => x.file === y.file,
    () => true,
  ]
  for (const isLike of ways)
    right = right.filter((y) => {
      const at = left.findIndex((x) => isLike(x, y))
      if (at < 0) return true
      found.push([left[at], y])
      left = left.toSpliced(at, 1)
      return false
    })
  return [...found, ...left.map((x): Match => [x, undefined]), ...right.map((y): Match => [undefined, y])]
}

function changeOf(a: MemoryItem | undefined, b: MemoryItem | undefined): SymbolChange | undefined {
  const one = b ?? a
  if (!one) return undefined
  const bytes = pair(a?.bytes, b?.bytes)
  const isMoved = a && b && a.section !== b.section
  if (a && b && !isMoved && bytes.difference === 0) return undefined
  const inFlash = (item: MemoryItem | undefined): number => (item?.inFlash ? item.bytes : 0)
  const inRam = (item: MemoryItem | undefined): number => (item?.inRam ? item.bytes : 0)
  return {
    name: one.kind === 'unnamed' ? `${one.section}: ${one.name}` : one.name,
    kind: one.kind,
    file: one.file,
    line: one.line ?? null,
    section: { a: a?.section ?? null, b: b?.section ?? null },
    change: !a ? 'added' : !b ? 'removed' : isMoved ? 'moved' : bytes.difference > 0 ? 'grown' : 'shrunk',
    bytes,
    flashBytes: inFlash(b) - inFlash(a),
    ramBytes: inRam(b) - inRam(a),
  }
}
