/** Edits from one name to the other, two neighbours swapped being one of them; case does not count. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()]
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      )
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}

/** Short of whole words: `INT` of `LSM9DS1.INT1` is near, whatever else there is. */
const isPart = (a: string, b: string): boolean =>
  Math.min(a.length, b.length) >= 3 &&
  (a.toLowerCase().includes(b.toLowerCase()) || b.toLowerCase().includes(a.toLowerCase()))

/** The known name that a misspelt one most likely means; undefined where none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly edits: number } | undefined
  for (const one of known) {
    // Who writes no namespace means the name in it.
    const short = name.includes('::') ? one : (one.split('::').at(-1) ?? one)
    const edits = distance(name, short)
    const isNear =
      edits <= Math.max(1, Math.floor(0.4 * Math.max(name.length, short.length))) || isPart(name, one)
    if (isNear && (best === undefined || edits < best.edits)) best = { name: one, edits }
  }
  return best?.name
}

/** " Did you mean gesture?", to follow the sentence that says what is unknown; `otherwise` where nothing is near. */
export function didYouMean(name: string, known: Iterable<string>, otherwise = ''): string {
  const meant = nearest(name, known)
  if (meant !== undefined) return ` Did you mean ${meant}?`
  return otherwise === '' ? '' : ` ${otherwise}`
}
