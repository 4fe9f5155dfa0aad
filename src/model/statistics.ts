/** A share of cases with its 95 % confidence interval. */
export interface Proportion {
  readonly correct: number
  readonly total: number
  readonly value: number
  /** Wilson's score interval, lower and upper end. */
  readonly interval95: readonly [number, number]
}

/** 97.5th percentile of the normal distribution. */
const z = 1.959963984540054

/** Wilson's score interval (Wilson 1927): holds near 0 and 1, where the plain one collapses to a point. */
export function proportion(correct: number, total: number): Proportion {
  if (!(total > 0) || correct < 0 || correct > total) throw new Error(`no proportion: ${correct} of ${total}`)
  const value = correct / total
  const denominator = 1 + z ** 2 / total
  const centre = (value + z ** 2 / (2 * total)) / denominator
  const half = (z * Math.sqrt((value * (1 - value)) / total + z ** 2 / (4 * total ** 2))) / denominator
  const rounded = (x: number) => Number(Math.min(Math.max(x, 0), 1).toFixed(4))
  return {
    correct,
    total,
    value: rounded(value),
    interval95: [rounded(centre - half), rounded(centre + half)],
  }
}
