import type {
  CycleSpread,
  InterpreterReport,
  OperatorReport,
  ReasonsReport,
  RunReport,
} from '../../report/run-report.ts'
import { align, type Aligned } from '../align.ts'
import type { InterpreterChange, OperatorChange, PassageChange } from '../comparison.ts'
import { pair, reasonChanges } from '../pair.ts'

interface Passage extends CycleSpread {
  readonly reasons: ReasonsReport
}

/** Of cycles of one passage; null on a side that has none. */
export function passageChange(name: string, a: Passage | undefined, b: Passage | undefined): PassageChange {
  const of = (which: 'minimumCycles' | 'medianCycles' | 'maximumCycles') => pair(a?.[which], b?.[which])
  return {
    name,
    passages: pair(a?.count, b?.count),
    minimumCycles: of('minimumCycles'),
    medianCycles: of('medianCycles'),
    maximumCycles: of('maximumCycles'),
    reasons: a && b ? reasonChanges(a.reasons, b.reasons, { a: a.count, b: b.count }) : [],
  }
}

/** By name, in the order of b; what a alone has comes last. */
export function passageChanges(
  a: readonly (Passage & { readonly name: string })[],
  b: readonly (Passage & { readonly name: string })[],
): readonly PassageChange[] {
  const names = [...new Set([...b, ...a].map(({ name }) => name))]
  const find = (among: typeof a, name: string): Passage | undefined => among.find((one) => one.name === name)
  return names.map((name) => passageChange(name, find(a, name), find(b, name)))
}

/** Interpreters of one name, or where both have but one, these. */
export function interpreterChanges(a: RunReport, b: RunReport): readonly InterpreterChange[] {
  const [first, second] = [a.interpreters, b.interpreters]
  if (first.length === 1 && second.length === 1 && first[0] && second[0])
    return [interpreterChange(first[0], second[0])]
  return second.flatMap((one) => {
    const other = first.find(({ name }) => name === one.name)
    return other ? [interpreterChange(other, one)] : []
  })
}

function interpreterChange(a: InterpreterReport, b: InterpreterReport): InterpreterChange {
  return {
    name: b.name,
    invocation: passageChange(b.name, a, b),
    own: passageChange('interpreter', a.own, b.own),
    operators: operatorChanges(a.operators, b.operators),
  }
}

const kindOf = ({ type, kernel }: OperatorReport): string => type ?? kernel
const shapeOf = ({ outputShape }: OperatorReport): string => outputShape?.join('x') ?? ''

/** The same kind; of several, the one with the same output, the same work and the same place. */
function likeness(a: OperatorReport, b: OperatorReport): number {
  if (kindOf(a) !== kindOf(b)) return 0
  // One that is wholly alike is worth more than several that are of its kind alone.
  return (
    1 + (shapeOf(a) === shapeOf(b) ? 64 : 0) + (a.macs === b.macs ? 32 : 0) + (a.index === b.index ? 0.5 : 0)
  )
}

export function operatorChanges(
  a: readonly OperatorReport[],
  b: readonly OperatorReport[],
): readonly OperatorChange[] {
  const rows: Aligned<OperatorReport>[] = [...align(a, b, likeness)]
  const moved = new Set<Aligned<OperatorReport>>()
  // What is left on both sides and is the same stands in another order.
  for (const [i, row] of rows.entries()) {
    if (!row.b || row.a) continue
    const from = rows.findIndex(
      (other) =>
        other.a !== undefined && other.b === undefined && row.b !== undefined && isSame(other.a, row.b),
    )
    if (from < 0) continue
    const joined = { a: rows[from]?.a, b: row.b }
    rows[i] = joined
    rows[from] = { a: undefined, b: undefined }
    moved.add(joined)
  }
  return rows
    .filter((row) => row.a ?? row.b)
    .map((row) => {
      const one = row.b ?? row.a
      return {
        ...passageChange(one ? kindOf(one) : '', row.a, row.b),
        index: { a: row.a?.index ?? null, b: row.b?.index ?? null },
        match: !row.a ? 'added' : !row.b ? 'removed' : moved.has(row) ? 'moved' : 'aligned',
        kernel: { a: row.a?.kernel ?? null, b: row.b?.kernel ?? null },
        outputShape: one?.outputShape ?? null,
        macs: pair(row.a?.macs, row.b?.macs),
      }
    })
}

const isSame = (a: OperatorReport, b: OperatorReport): boolean =>
  kindOf(a) === kindOf(b) && shapeOf(a) === shapeOf(b) && a.macs === b.macs
