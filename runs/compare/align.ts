/** One of both, or what stands on one side alone. */
export interface Aligned<T> {
  readonly a: T | undefined
  readonly b: T | undefined
}

/** Where the table would have more cells, nothing is aligned: it would take seconds. */
const MOST_CELLS = 4_000_000

/**
 * Two sequences side by side in their order, so that the likeness of all pairs together is most.
 * @param likeness 0 for what is not the same thing
 */
export function align<T>(
  a: readonly T[],
  b: readonly T[],
  likeness: (a: T, b: T) => number,
): readonly Aligned<T>[] {
  const width = b.length + 1
  if ((a.length + 1) * width > MOST_CELLS)
    return [...a.map((one) => ({ a: one, b: undefined })), ...b.map((one) => ({ a: undefined, b: one }))]
  // Best from each place to the ends.
  const best = new Float64Array((a.length + 1) * width)
  const at = (i: number, j: number): number => best[i * width + j] ?? 0
  const paired = (i: number, j: number): number => {
    const like = likeness(a[i] as T, b[j] as T)
    return like === 0 ? -1 : like + at(i + 1, j + 1)
  }
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] = Math.max(at(i + 1, j), at(i, j + 1), paired(i, j))
  const found: Aligned<T>[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const both = i < a.length && j < b.length
    if (both && paired(i, j) === at(i, j)) found.push({ a: a[i++], b: b[j++] })
    else if (j >= b.length || (i < a.length && at(i + 1, j) === at(i, j)))
      found.push({ a: a[i++], b: undefined })
    else found.push({ a: undefined, b: b[j++] })
  }
  return found
}
