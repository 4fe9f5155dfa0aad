import type { Pair, Per, ReasonChange } from './comparison.ts'

/** What sums of each run are divided by. */
export interface Times {
  readonly a: number
  readonly b: number
}

export const timesOf = (per: Per): Times => (per.what === 'run' ? { a: 1, b: 1 } : { a: per.a, b: per.b })

export const pair = (a: number | null | undefined, b: number | null | undefined): Pair => ({
  a: a ?? null,
  b: b ?? null,
  difference: (b ?? 0) - (a ?? 0),
})

/** Of sums over the whole of each run. */
export const pairEach = (a: number | null | undefined, b: number | null | undefined, times: Times): Pair =>
  pair(a == null ? null : a / times.a, b == null ? null : b / times.b)

/** Largest difference first; those of equal ones by name, so that the order is the same everywhere. */
export const byDifference = <T>(of: (one: T) => number, nameOf: (one: T) => string) => {
  return (x: T, y: T): number => {
    const more = Math.abs(of(y)) - Math.abs(of(x))
    if (more !== 0) return more
    return nameOf(x) < nameOf(y) ? -1 : nameOf(x) > nameOf(y) ? 1 : 0
  }
}

type Reasons = Readonly<Record<string, number>>

/** Why cycles moved, most first; nothing where one of them did not count reasons. @param times what each is of: divided by */
export function reasonChanges(
  a: Reasons | null | undefined,
  b: Reasons | null | undefined,
  times: Times = { a: 1, b: 1 },
): readonly ReasonChange[] {
  const [before, after] = [a ?? {}, b ?? {}]
  const each = (value: number | undefined, by: number): number => (by === 0 ? 0 : (value ?? 0) / by)
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((reason) => ({ reason, ...pair(each(before[reason], times.a), each(after[reason], times.b)) }))
    .filter(({ difference }) => difference !== 0)
    .sort(
      byDifference(
        ({ difference }) => difference,
        ({ reason }) => reason,
      ),
    )
}
