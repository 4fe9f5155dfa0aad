type Files = ReadonlyMap<string, ReadonlySet<string>>

/**
 * For each path of a, the one of b that is the same file: itself; where the folder is another, the one that has most of
 * its end in common; where the name is another too, the one that has most of its functions. None for what several fit as
 * well.
 * @param a paths, with the functions in each
 */
export function pairedPaths(a: Files, b: Files): ReadonlyMap<string, string> {
  const free = new Set(b.keys())
  const found = new Map<string, string>()
  const pairUp = (likeness: (path: string, other: string) => number): void => {
    for (const path of a.keys()) {
      if (found.has(path)) continue
      const [best, next] = [...free]
        .map((other) => ({ other, like: likeness(path, other) }))
        .filter(({ like }) => like > 0)
        .sort((x, y) => y.like - x.like)
      if (!best || best.like === next?.like) continue
      free.delete(best.other)
      found.set(path, best.other)
    }
  }
  pairUp((path, other) => (path === other ? 1 : 0))
  pairUp(sharedEnd)
  pairUp((path, other) => {
    const there = b.get(other) ?? new Set()
    return [...(a.get(path) ?? [])].filter((name) => there.has(name)).length
  })
  return found
}

function sharedEnd(a: string, b: string): number {
  const [left, right] = [a.split(/[/\\]/), b.split(/[/\\]/)]
  let shared = 0
  while (shared < Math.min(left.length, right.length) && left.at(-1 - shared) === right.at(-1 - shared))
    shared++
  return shared
}
