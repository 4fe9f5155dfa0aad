/**
 * What the processor has counted up to a moment; the processor knows what it means (`CycleReasons.of`). Differences and
 * sums of readings are readings, and a shorter one has zeros at its end.
 */
export type Reading = Float64Array

export const noReading: Reading = new Float64Array()

/** The sum of a reading and what was counted between two others. */
export function addBetween(sum: Reading, from: Reading, to: Reading): Reading {
  const length = Math.max(from.length, to.length)
  const total = new Float64Array(Math.max(sum.length, length))
  total.set(sum)
  for (let i = 0; i < length; i++) total[i] = (total[i] ?? 0) + (to[i] ?? 0) - (from[i] ?? 0)
  return total
}

/** Adds one to a sum of one's own. @returns the sum, which is another array where it had to grow */
export function add(sum: Reading, more: Reading): Reading {
  if (sum.length < more.length) return addBetween(sum, noReading, more)
  for (let i = 0; i < more.length; i++) sum[i] = (sum[i] ?? 0) + (more[i] ?? 0)
  return sum
}
