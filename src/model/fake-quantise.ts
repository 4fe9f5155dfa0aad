/** Quantisation as inference will see it, in numbers that training can follow: forwards rounded, backwards straight. */
import * as tf from '@tensorflow/tfjs-core'
import { int8Maximum, int8Minimum, roundAwayFromZero } from './infer/quantise.ts'
import type { Quantisation } from '../../runs/tflite/schema.ts'

/** Floats come this near to a tie, in parts of a step. */
const tieResolution = 1024

/**
 * An activation to its stored steps and back. The gradient passes where the value was within the range. An average
 * of stored values has ties, which the kernel of average pools rounds away from the stored zero.
 */
export function fakeQuantise(x: tf.Tensor, { scale, zeroPoint }: Quantisation, average = false): tf.Tensor {
  const [step = 1] = scale
  const [zero = 0] = zeroPoint
  const [lowest, highest] = [step * (int8Minimum - zero), step * (int8Maximum - zero)]
  const quantise = tf.customGrad((input) => {
    const values = (input as tf.Tensor).dataSync<'float32'>()
    const rounded = values.map((value) => {
      const stored = average
        ? roundAwayFromZero(Math.round((value / step + zero) * tieResolution) / tieResolution)
        : roundAwayFromZero(Math.fround(value / step)) + zero
      return step * (Math.min(Math.max(stored, int8Minimum), int8Maximum) - zero)
    })
    const gradFunc = (dy: tf.Tensor | tf.Tensor[]) => {
      const gradient = (dy as tf.Tensor).dataSync<'float32'>()
      // Half a step beyond the range still rounds into it.
      const passed = gradient.map((value, at) => {
        const given = values[at] ?? 0
        return given >= lowest - step / 2 && given <= highest + step / 2 ? value : 0
      })
      return tf.tensor(passed, x.shape)
    }
    return { value: tf.tensor(rounded, x.shape), gradFunc }
  })
  return quantise(x)
}

/** Scales of weights that lie as TensorFlow has them, outputs last: one, or one for each output. */
export function weightScales(
  weights: Float32Array,
  outputs: number,
  perChannel: boolean,
  bits: number,
): number[] {
  const largest = new Float64Array(perChannel ? outputs : 1)
  weights.forEach((weight, at) => {
    const channel = perChannel ? at % outputs : 0
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(weight))
  })
  return Array.from(largest, (value) => (value === 0 ? 1 : Math.fround(value / (2 ** (bits - 1) - 1))))
}

/** Weights or biases to whole steps of their scale. The gradient passes. */
export function fakeQuantiseWeights(x: tf.Tensor, scales: readonly number[]): tf.Tensor {
  const quantise = tf.customGrad((input) => {
    const values = (input as tf.Tensor).dataSync<'float32'>()
    const rounded = values.map((value, at) => {
      const step = scales[at % scales.length] ?? 1
      return step * roundAwayFromZero(value / step)
    })
    return { value: tf.tensor(rounded, x.shape), gradFunc: (dy) => dy }
  })
  return quantise(x)
}
