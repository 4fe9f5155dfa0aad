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
  const rounded = (x: number) => Number(x.toFixed(4))
  const [low, high] = wilson(value, total)
  return { correct, total, value: rounded(value), interval95: [rounded(low), rounded(high)] }
}

/** Of a share seen in `total` cases, which need not be whole numbers. @param quantile of the distribution of its error */
export function wilson(value: number, total: number, quantile = z): readonly [number, number] {
  const denominator = 1 + quantile ** 2 / total
  const centre = (value + quantile ** 2 / (2 * total)) / denominator
  const half =
    (quantile * Math.sqrt((value * (1 - value)) / total + quantile ** 2 / (4 * total ** 2))) / denominator
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

const slices = 4000

/**
 * 97.5th percentile of Student's t, degrees of freedom from 1 on, whole or not: with t = sqrt(df) tan(x), its density
 * is cos(x)^(df - 1) but for a factor, summed by Simpson's rule.
 */
export function studentT(degrees: number): number {
  if (!(degrees >= 1)) throw new Error(`no distribution of ${degrees} degrees of freedom`)
  if (degrees > 1e4) return z
  const width = Math.PI / 2 / slices
  const density = (x: number) => Math.max(0, Math.cos(x)) ** (degrees - 1)
  const sums = new Float64Array(slices + 1)
  for (let at = 1; at <= slices; at++) {
    const from = (at - 1) * width
    const area = density(from) + 4 * density(from + width / 2) + density(from + width)
    sums[at] = (sums[at - 1] ?? 0) + (area * width) / 6
  }
  const wanted = 0.95 * (sums[slices] ?? 0)
  const at = sums.findIndex((sum) => sum >= wanted)
  const [below = 0, above = 0] = [sums[at - 1], sums[at]]
  return Math.sqrt(degrees) * Math.tan((at - 1 + (wanted - below) / (above - below)) * width)
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Of the mean of values, from their scatter; of one value nothing is known. */
export function varianceOfMean(values: readonly number[]): number {
  if (values.length < 2) return 0
  const middle = mean(values)
  return values.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (values.length - 1) / values.length
}

/** Degrees of freedom of a sum of variances (Satterthwaite 1946). */
export function degreesOf(parts: readonly { readonly variance: number; readonly degrees: number }[]): number {
  const known = parts.filter(({ variance }) => variance > 0)
  const total = known.reduce((sum, { variance }) => sum + variance, 0)
  return total ** 2 / known.reduce((sum, { variance, degrees }) => sum + variance ** 2 / degrees, 0)
}
