/** How alike two signals are at each shift: 1 the same but for gain and offset, 0 nothing in common. */
export interface Match {
  /** Bins that the second lies behind the beginning of the first. */
  readonly shift: number
  /** Bins that lie over each other. */
  readonly overlap: number
  readonly correlation: number
}

/** Pearson's correlation of the stretches of a and b that lie over each other with b shifted, at every shift. */
export function correlations(a: Float64Array, b: Float64Array, least: number): readonly Match[] {
  const products = crossProducts(a, b)
  const [sumA, squareA, sumB, squareB] = [
    prefixSums(a, 1),
    prefixSums(a, 2),
    prefixSums(b, 1),
    prefixSums(b, 2),
  ]
  const matches: Match[] = []
  for (let shift = least - b.length; shift <= a.length - least; shift++) {
    const [from, to] = [Math.max(0, shift), Math.min(a.length, shift + b.length)]
    const count = to - from
    if (count < least) continue
    const over = (sums: Float64Array, move: number): number =>
      (sums[to - move] ?? 0) - (sums[from - move] ?? 0)
    const [x, xx, y, yy] = [over(sumA, 0), over(squareA, 0), over(sumB, shift), over(squareB, shift)]
    const xy = products[(shift + products.length) % products.length] ?? 0
    const [varianceX, varianceY] = [xx - (x * x) / count, yy - (y * y) / count]
    // Rounding of what is flat.
    if (varianceX <= 1e-9 * xx || varianceY <= 1e-9 * yy) continue
    matches.push({
      shift,
      overlap: count,
      correlation: (xy - (x * y) / count) / Math.sqrt(varianceX * varianceY),
    })
  }
  return matches
}

/** Pearson's, of as many of both; 0 where one is flat. */
export function correlation(a: Float64Array, b: Float64Array): number {
  let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0]
  // Near their first values: less is lost when squares are subtracted.
  const [zeroA = 0, zeroB = 0] = [a[0], b[0]]
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [(a[i] ?? 0) - zeroA, (b[i] ?? 0) - zeroB]
    x += one
    y += other
    xx += one * one
    yy += other * other
    xy += one * other
  }
  const count = a.length
  const [varianceX, varianceY] = [xx - (x * x) / count, yy - (y * y) / count]
  if (varianceX <= 1e-9 * xx || varianceY <= 1e-9 * yy) return 0
  return (xy - (x * y) / count) / Math.sqrt(varianceX * varianceY)
}

const mean = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length
/** b as slope times a plus intercept, by least squares, and what is left of b then (root mean square). */
export function regression(
  a: Float64Array,
  b: Float64Array,
): { readonly slope: number; readonly intercept: number; readonly residual: number } {
  const [meanA, meanB] = [mean(a), mean(b)]
  let [aa, ab] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    aa += ((a[i] ?? 0) - meanA) ** 2
    ab += ((a[i] ?? 0) - meanA) * ((b[i] ?? 0) - meanB)
  }
  const slope = ab / aa
  const intercept = meanB - slope * meanA
  let left = 0
  for (let i = 0; i < a.length; i++) left += ((b[i] ?? 0) - slope * (a[i] ?? 0) - intercept) ** 2
  return { slope, intercept, residual: Math.sqrt(left / a.length) }
}

function prefixSums(values: Float64Array, power: 1 | 2): Float64Array {
  const sums = new Float64Array(values.length + 1)
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0) ** power
  return sums
}

/** Sum of a[i + shift] b[i] for each shift, those below 0 at the end. */
function crossProducts(a: Float64Array, b: Float64Array): Float64Array {
  let size = 1
  while (size < a.length + b.length) size *= 2
  // One transform of both: a is the real part, b the imaginary one.
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)]
  real.set(a)
  imaginary.set(b)
  transform(real, imaginary)
  const [productReal, productImaginary] = [new Float64Array(size), new Float64Array(size)]
  for (let k = 0; k < size; k++) {
    const mirror = (size - k) % size
    const [r, i, mr, mi] = [real[k] ?? 0, imaginary[k] ?? 0, real[mirror] ?? 0, imaginary[mirror] ?? 0]
    const [ar, ai, br, bi] = [(r + mr) / 2, (i - mi) / 2, (i + mi) / 2, (mr - r) / 2]
    // a times the conjugate of b; conjugated, so that the transform of it is the inverse's.
    productReal[k] = ar * br + ai * bi
    productImaginary[k] = -(ai * br - ar * bi)
  }
  transform(productReal, productImaginary)
  return productReal.map((value) => value / size)
}

/** Discrete Fourier transform in place, of a power of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) for (const part of [real, imaginary]) [part[i], part[j]] = [part[j] ?? 0, part[i] ?? 0]
  }
  for (let length = 2; length <= size; length *= 2) {
    const half = length / 2
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
      for (let i = k; i < size; i += length) {
        const j = i + half
        const [x, y] = [real[j] ?? 0, imaginary[j] ?? 0]
        const [turnedX, turnedY] = [x * cosine - y * sine, x * sine + y * cosine]
        const [r, m] = [real[i] ?? 0, imaginary[i] ?? 0]
        real[i] = r + turnedX
        imaginary[i] = m + turnedY
        real[j] = r - turnedX
        imaginary[j] = m - turnedY
      }
    }
  }
}
