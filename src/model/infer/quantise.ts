/** The TensorFlow Lite 8-bit quantisation specification: real = scale x (stored - zeroPoint). */
import type { Quantisation } from '../../../runs/tflite/schema.ts'

export const int8Minimum = -128
export const int8Maximum = 127
/** Weights leave the lowest value out, so that their range is symmetric: -127 .. 127. */
const weightMaximum = (bits: number) => 2 ** (bits - 1) - 1

export interface Quantised<T> {
  readonly values: T
  readonly quantisation: Quantisation
}

export interface Range {
  readonly minimum: number
  readonly maximum: number
}

/** Rounds halves away from zero, as C's round() does and the specification asks. */
export function roundAwayFromZero(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5) + 0
}

const clamp = (value: number, minimum: number, maximum: number) => Math.min(Math.max(value, minimum), maximum)
export const toInt8 = (value: number) => clamp(value, int8Minimum, int8Maximum)

/** Smallest and largest of the values. Throws where one of them is not finite. */
export function rangeOf(values: Iterable<number>): Range {
  let minimum = Infinity
  let maximum = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) throw new Error(`cannot quantise ${value}`)
    minimum = Math.min(minimum, value)
    maximum = Math.max(maximum, value)
  }
  return { minimum, maximum }
}

/**
 * Asymmetric int8 for an activation that was seen in this range; the range is stretched to hold 0 exactly.
 * Fewer bits: as many steps as they have, stored from -128 up. Values beyond the range then still find room above.
 */
export function activationQuantisation(seen: Range, bits = 8): Quantisation {
  const minimum = Math.fround(Math.min(seen.minimum, 0))
  const maximum = Math.fround(Math.max(seen.maximum, 0))
  const scale = Math.fround(Math.fround(maximum - minimum) / (2 ** bits - 1))
  if (scale === 0) return { scale: [1], zeroPoint: [0], axis: 0 }
  const zeroPoint = toInt8(roundAwayFromZero(int8Minimum - Math.fround(minimum / scale)))
  return { scale: [scale], zeroPoint: [zeroPoint], axis: 0 }
}

/** Fixed by the specification: a probability in 256 steps. */
export const softmaxQuantisation: Quantisation = { scale: [1 / 256], zeroPoint: [int8Minimum], axis: 0 }

/** Int8 of real values with one scale. */
export function quantiseActivations(
  values: ArrayLike<number>,
  { scale, zeroPoint }: Quantisation,
): Int8Array {
  const [step = 1] = scale
  const [zero = 0] = zeroPoint
  return Int8Array.from(values, (value) => toInt8(roundAwayFromZero(Math.fround(value / step)) + zero))
}

export function dequantiseActivations(values: Int8Array, { scale, zeroPoint }: Quantisation): Float32Array {
  const [step = 1] = scale
  const [zero = 0] = zeroPoint
  return Float32Array.from(values, (value) => step * (value - zero))
}

/**
 * Symmetric int8 weights. `shape` is that of the tensor; without an axis there is one scale (fully connected),
 * with an axis one for each of its indices (0 of a convolution, 3 of a depthwise one). Fewer bits: stored in int8,
 * with as few values as they have.
 */
export function quantiseWeights(
  weights: Float32Array,
  shape: readonly number[],
  axis?: number,
  bits = 8,
): Quantised<Int8Array> {
  const most = weightMaximum(bits)
  const scales = axis === undefined ? 1 : (shape[axis] ?? 1)
  const inner = axis === undefined ? weights.length : shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  const channel = (index: number) => Math.floor(index / inner) % scales
  const largest = new Float64Array(scales)
  weights.forEach((weight, index) => {
    if (!Number.isFinite(weight)) throw new Error(`cannot quantise the weight ${weight}`)
    largest[channel(index)] = Math.max(largest[channel(index)] ?? 0, Math.abs(weight))
  })
  const scale = Array.from(largest, (value) => (value === 0 ? 1 : Math.fround(value / most)))
  const values = Int8Array.from(weights, (weight, index) =>
    clamp(roundAwayFromZero(weight / (scale[channel(index)] ?? 1)), -most, most),
  )
  return { values, quantisation: { scale, zeroPoint: scale.map(() => 0), axis: axis ?? 0 } }
}

/** Int32 bias with the scale of the accumulator: input scale x weight scale. */
export function quantiseBias(
  bias: Float32Array,
  inputScale: number,
  weightScales: readonly number[],
): Quantised<Int32Array> {
  const scale = weightScales.map((weightScale) => Math.fround(inputScale * weightScale))
  const values = Int32Array.from(bias, (value, index) => {
    const steps = roundAwayFromZero(value / (scale[scale.length === 1 ? 0 : index] ?? 1))
    if (!(Math.abs(steps) < 2 ** 31)) throw new Error(`bias ${index} (${value}) does not fit 32 bits`)
    return steps
  })
  return { values, quantisation: { scale, zeroPoint: scale.map(() => 0), axis: 0 } }
}
