import type { FunctionReport } from '../../report/run-report.ts'
import type { FunctionChange, Per } from '../comparison.ts'
import { byDifference, pair, pairEach, reasonChanges, timesOf, type Times } from '../pair.ts'
import type { CodeOfFunction, Side } from '../side.ts'

/** A function of fewer instructions is not known again by them: too many are alike. */
const FEWEST_INSTRUCTIONS = 8

/** What is known of one function: that it ran, that it is in the image, or both. */
interface Known {
  readonly name: string
  readonly address: number
  readonly ran: FunctionReport | undefined
  readonly code: CodeOfFunction | undefined
}

interface Pairing {
  readonly a: Known | undefined
  readonly b: Known | undefined
  readonly match: FunctionChange['match']
}

/** Functions that ran in either, most moved first. */
export function functionChanges(a: Side, b: Side, per: Per): readonly FunctionChange[] {
  const times = timesOf(per)
  return pairings(knownOf(a), knownOf(b))
    .filter((one) => one.a?.ran ?? one.b?.ran)
    .map((one) => changeOf(one, times, [a, b]))
    .sort(
      byDifference(
        ({ selfCycles }) => selfCycles.difference,
        ({ name, address }) => `${name} ${address.b ?? address.a}`,
      ),
    )
}

function knownOf({ report, details }: Side): readonly Known[] {
  const ran = new Map(report.functions.map((one) => [one.address, one]))
  const inImage = (details?.functions ?? []).map((code) => ({
    name: ran.get(code.address)?.name ?? code.name,
    address: code.address,
    ran: ran.get(code.address),
    code,
  }))
  const there = new Set(inImage.map(({ address }) => address))
  return [
    ...inImage,
    ...report.functions
      .filter(({ address }) => !there.has(address))
      .map((one) => ({ name: one.name, address: one.address, ran: one, code: undefined })),
  ]
}

/** Functions of one name are told apart by what they are compiled to, then by their file, then by their order. */
function pairings(a: readonly Known[], b: readonly Known[]): readonly Pairing[] {
  const left = groupedByName(a)
  const found: Pairing[] = []
  const unmatched: Known[] = []
  for (const [name, ones] of groupedByName(b)) {
    const others = [...(left.get(name) ?? [])]
    let rest = [...ones]
    for (const isLike of [sameCode, sameFile, () => true]) {
      rest = rest.filter((one) => {
        const at = others.findIndex((other) => isLike(other, one))
        if (at < 0) return true
        found.push({ a: others.splice(at, 1)[0], b: one, match: 'name' })
        return false
      })
    }
    left.set(name, others)
    unmatched.push(...rest)
  }
  const gone = [...left.values()].flat()
  return [...found, ...renamed(gone, unmatched)]
}

const sameCode = (a: Known, b: Known): boolean => a.code !== undefined && a.code.code === b.code?.code
const sameFile = (a: Known, b: Known): boolean =>
  a.code !== undefined && a.code.file !== null && a.code.file === b.code?.file

function groupedByName(all: readonly Known[]): Map<string, Known[]> {
  const groups = new Map<string, Known[]>()
  for (const one of [...all].sort((x, y) => x.address - y.address))
    groups.set(one.name, [...(groups.get(one.name) ?? []), one])
  return groups
}

/** What has another name and the very same instructions, if nothing else has. */
function renamed(gone: readonly Known[], come: readonly Known[]): readonly Pairing[] {
  const isTelling = ({ code }: Known): boolean =>
    code !== undefined && parseInt(code.code, 10) >= FEWEST_INSTRUCTIONS
  const only = (among: readonly Known[], like: Known): Known | undefined => {
    const all = among.filter((one) => sameCode(one, like))
    return all.length === 1 ? all[0] : undefined
  }
  const found = come.flatMap((one): Pairing[] => {
    const other = isTelling(one) && only(come, one) ? only(gone, one) : undefined
    return other ? [{ a: other, b: one, match: 'code' }] : []
  })
  const matched = new Set(found.flatMap(({ a, b }) => [a, b]))
  return [
    ...found,
    ...come.filter((one) => !matched.has(one)).map((b): Pairing => ({ a: undefined, b, match: 'added' })),
    ...gone.filter((one) => !matched.has(one)).map((a): Pairing => ({ a, b: undefined, match: 'removed' })),
  ]
}

function changeOf(
  { a, b, match }: Pairing,
  times: Times,
  [first, second]: readonly [Side, Side],
): FunctionChange {
  /** In the image, and did not run: nothing. */
  const figure = (one: Known | undefined, of: (ran: FunctionReport) => number): number | null =>
    one === undefined ? null : one.ran ? of(one.ran) : one.code ? 0 : null
  const both = (of: (ran: FunctionReport) => number) => pairEach(figure(a, of), figure(b, of), times)
  const calls = [a?.ran?.calls, b?.ran?.calls]
  const hasCalls = first.report.calls !== null && second.report.calls !== null
  return {
    name: b?.name ?? a?.name ?? '',
    was: a && b && a.name !== b.name ? a.name : null,
    file: b?.code?.file ?? a?.code?.file ?? null,
    match,
    address: { a: a?.address ?? null, b: b?.address ?? null },
    selfCycles: both(({ selfCycles }) => selfCycles),
    instructions: both(({ instructions }) => instructions),
    entries: both(({ entries }) => entries),
    bytes: first.details && second.details ? pair(a?.code?.bytes, b?.code?.bytes) : null,
    calls: hasCalls
      ? {
          count: pairEach(calls[0]?.calls, calls[1]?.calls, times),
          totalCycles: pairEach(calls[0]?.totalCycles, calls[1]?.totalCycles, times),
          medianCycles: pair(medianOf(calls[0]), medianOf(calls[1])),
        }
      : null,
    reasons: reasonChanges(a?.ran?.reasons, b?.ran?.reasons, times),
  }
}

const medianOf = (calls: FunctionReport['calls'] | undefined): number | null =>
  calls && calls.returned > 0 ? calls.medianCycles : null
