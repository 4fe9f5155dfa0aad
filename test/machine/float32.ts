// Float32 arithmetic in float64, each result rounded as the machine in question rounds it.
const bits = new DataView(new ArrayBuffer(8))

/** a x b + c rounded once. The product is exact in float64; a sum rounded to odd there may be rounded again. */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b
  const sum = product + c
  const back = sum - product
  const lost = product - (sum - back) + (c - back)
  if (lost === 0 || !Number.isFinite(sum)) return Math.fround(sum)
  bits.setFloat64(0, sum)
  const pattern = bits.getBigInt64(0)
  if ((pattern & 1n) === 0n) bits.setBigInt64(0, lost > 0 === sum > 0 ? pattern | 1n : pattern - 1n)
  return Math.fround(bits.getFloat64(0))
}

export const multiplyThenAdd = (a: number, b: number, c: number): number =>
  Math.fround(Math.fround(a * b) + c)

/** A dense layer in the order of TFLM's reference kernel: the sum from zero, then the bias. */
export function dense(
  input: Float32Array,
  weights: Float32Array,
  bias: Float32Array,
  accumulate: (a: number, b: number, c: number) => number,
  relu: boolean,
): Float32Array {
  return Float32Array.from(bias, (offset, unit) => {
    let sum = 0
    for (let i = 0; i < input.length; i++)
      sum = accumulate(input[i] ?? 0, weights[unit * input.length + i] ?? 0, sum)
    const total = Math.fround(sum + offset)
    return relu ? Math.max(total, 0) : total
  })
}

/** In float64: right to the last bit of a float32, as the exponentials of two C libraries need not be. */
export function softmax(logits: Float32Array): Float32Array {
  const exponentials = [...logits].map((value) => Math.exp(value - Math.max(...logits)))
  const sum = exponentials.reduce((a, b) => a + b)
  return Float32Array.from(exponentials, (value) => value / sum)
}
