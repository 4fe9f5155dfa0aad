/**
 * Index of the last of `length` keys, which ascend, that is at or before `wanted`; -1 where all are after it.
 * Of keys that are equal, the last.
 */
export function lastAt(length: number, keyAt: (index: number) => number | undefined, wanted: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keyAt(middle) ?? Infinity) <= wanted) low = middle + 1
    else high = middle
  }
  return low - 1
}
