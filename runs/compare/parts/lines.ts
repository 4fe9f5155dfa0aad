import { align } from '../align.ts'
import type { LineChange, Per } from '../comparison.ts'
import { byDifference, pairEach, reasonChanges, timesOf } from '../pair.ts'
import type { LineCost } from '../side.ts'
import { pairedPaths } from './paths.ts'

/** Source lines that cost more or less, most moved first. */
export function lineChanges(a: readonly LineCost[], b: readonly LineCost[], per: Per): readonly LineChange[] {
  const times = timesOf(per)
  const paths = pairedPaths(functionsIn(a), functionsIn(b))
  const [left, right] = [groups(a, (file) => paths.get(file) ?? file), groups(b, (file) => file)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .flatMap((key) => aligned(left.get(key) ?? [], right.get(key) ?? []))
    .map((one) => {
      const known = one.b ?? one.a
      return {
        file: known?.file ?? '',
        line: { a: one.a?.line ?? null, b: one.b?.line ?? null },
        function: known?.function ?? null,
        cycles: pairEach(one.a?.cycles, one.b?.cycles, times),
        executions: pairEach(one.a?.executions, one.b?.executions, times),
        reasons: reasonChanges(one.a?.reasons, one.b?.reasons, times),
      }
    })
    .filter(({ cycles, executions }) => cycles.difference !== 0 || executions.difference !== 0)
    .sort(
      byDifference(
        ({ cycles }) => cycles.difference,
        ({ file, line, function: name }) =>
          `${file} ${String(line.b ?? line.a).padStart(8, '0')} ${line.b === null} ${name}`,
      ),
    )
}

/** Of each file, the functions that lines of it stand in. */
function functionsIn(lines: readonly LineCost[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { file, function: name } of lines) {
    const names = found.get(file) ?? new Set()
    if (name !== null) names.add(name)
    found.set(file, names)
  }
  return found
}

/** By file and the function that they stand in, in their order. */
function groups(
  lines: readonly LineCost[],
  nameOf: (file: string) => string,
): ReadonlyMap<string, readonly LineCost[]> {
  const found = new Map<string, LineCost[]>()
  for (const one of [...lines].sort((x, y) => x.line - y.line)) {
    const key = `${nameOf(one.file)}\0${one.function}`
    found.set(key, [...(found.get(key) ?? []), one])
  }
  return found
}

/** Lines of one function: alike is what is as far from its beginning, from its end, or compiled to the same. */
function aligned(a: readonly LineCost[], b: readonly LineCost[]) {
  const [firstA, firstB] = [a[0]?.line ?? 0, b[0]?.line ?? 0]
  const [lastA, lastB] = [a.at(-1)?.line ?? 0, b.at(-1)?.line ?? 0]
  return align(
    a,
    b,
    (x, y) =>
      (x.code === y.code ? 4 : 0) +
      (x.line - firstA === y.line - firstB ? 2 : 0) +
      (lastA - x.line === lastB - y.line ? 2 : 0) +
      (x.line === y.line ? 1 : 0),
  )
}
