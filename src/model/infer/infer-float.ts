import { convolve, poolWindows } from './convolution.ts'
import {
  layerGeometry,
  layerShape,
  sources,
  type Convolution,
  type Dense,
  type Graph,
  type Layer,
  type Pool,
} from './graph.ts'
import type { Activation } from '../../../runs/tflite/schema.ts'

interface Values {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** What each layer of the network gives for one input: sums in float64, results rounded to float32. */
export function inferFloat(graph: Graph, input: Float32Array): Float32Array[] {
  const first: Values = { shape: graph.inputShape, data: input }
  const results: Values[] = []
  graph.layers.forEach((layer, index) => {
    const inputs = sources(layer, index).map((place) => (place < 0 ? first : (results[place] ?? first)))
    const shape = layerShape(
      layer,
      inputs.map((values) => values.shape),
    )
    results.push({ shape, data: evaluate(layer, inputs) })
  })
  return results.map(({ data }) => data)
}

export const activationRange: Readonly<Record<Activation, readonly [minimum: number, maximum: number]>> = {
  NONE: [-Infinity, Infinity],
  RELU: [0, Infinity],
  RELU_N1_TO_1: [-1, 1],
  RELU6: [0, 6],
  TANH: [-Infinity, Infinity],
  SIGN_BIT: [-Infinity, Infinity],
}

function evaluate(layer: Layer, [input, other]: readonly Values[]): Float32Array {
  if (input === undefined) throw new Error(`${layer.name} has no input`)
  switch (layer.kind) {
    case 'dense':
      return dense(layer, input.data)
    case 'softmax':
      return softmax(input.data)
    case 'reshape':
      return input.data
    case 'mean':
      return mean(input)
    case 'activate':
      return activated(input.data, layer.activation)
    case 'add':
      return activated(
        input.data.map((value, index) => value + (other?.data[index] ?? 0)),
        layer.activation,
      )
    case 'maxPool':
    case 'averagePool':
      return pool(layer, input)
    default:
      return convolution(layer, input)
  }
}

function activated(values: Float32Array, activation: Activation): Float32Array {
  const [minimum, maximum] = activationRange[activation]
  return values.map((value) => Math.min(Math.max(value, minimum), maximum))
}

function dense(layer: Dense, input: Float32Array): Float32Array {
  const [minimum, maximum] = activationRange[layer.activation]
  const { weights, inputs } = layer
  return Float32Array.from(layer.bias, (bias, output) => {
    let sum = bias
    const row = output * inputs
    for (let index = 0; index < inputs; index++) sum += (weights[row + index] ?? 0) * (input[index] ?? 0)
    return Math.min(Math.max(sum, minimum), maximum)
  })
}

function convolution(layer: Convolution, { shape, data }: Values): Float32Array {
  const [minimum, maximum] = activationRange[layer.activation]
  const geometry = layerGeometry(layer, shape)
  const result = new Float32Array(geometry.outputShape.reduce((a, b) => a * b, 1))
  convolve(geometry, data, layer.weights, 0, (index, channel, sum) => {
    result[index] = Math.min(Math.max(sum + (layer.bias[channel] ?? 0), minimum), maximum)
  })
  return result
}

function pool(layer: Pool, { shape, data }: Values): Float32Array {
  const geometry = layerGeometry(layer, shape)
  const result = new Float32Array(geometry.outputShape.reduce((a, b) => a * b, 1))
  poolWindows(geometry, data, (index, values) => {
    result[index] =
      layer.kind === 'maxPool' ? Math.max(...values) : values.reduce((a, b) => a + b, 0) / values.length
  })
  return result
}

function mean({ shape, data }: Values): Float32Array {
  const channels = shape[3] ?? 1
  const sums = new Float64Array(channels)
  data.forEach((value, index) => (sums[index % channels] = (sums[index % channels] ?? 0) + value))
  return Float32Array.from(sums, (sum) => (sum * channels) / data.length)
}

function softmax(values: Float32Array): Float32Array {
  const largest = Math.max(...values)
  const powers = Array.from(values, (value) => Math.exp(value - largest))
  const sum = powers.reduce((a, b) => a + b, 0)
  return Float32Array.from(powers, (power) => power / sum)
}

/** Index of the largest value, the first one of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index
  }
  return best
}
