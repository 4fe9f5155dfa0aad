import { convolutionGeometry, convolve } from './convolution.ts'
import type { Convolution, Dense, Graph } from './graph.ts'
import type { Activation } from './schema.ts'

interface Values {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** What each layer of the network gives for one input: sums in float64, results rounded to float32. */
export function inferFloat(graph: Graph, input: Float32Array): Float32Array[] {
  let values: Values = { shape: graph.inputShape, data: input }
  return graph.layers.map((layer) => {
    switch (layer.kind) {
      case 'dense':
        values = { shape: [1, layer.outputs], data: dense(layer, values.data) }
        break
      case 'softmax':
        values = { ...values, data: softmax(values.data) }
        break
      case 'reshape':
        values = { ...values, shape: layer.shape }
        break
      default:
        values = convolution(layer, values)
    }
    return values.data
  })
}

export const activationRange: Readonly<Record<Activation, readonly [minimum: number, maximum: number]>> = {
  NONE: [-Infinity, Infinity],
  RELU: [0, Infinity],
  RELU_N1_TO_1: [-1, 1],
  RELU6: [0, 6],
  TANH: [-Infinity, Infinity],
  SIGN_BIT: [-Infinity, Infinity],
}

function dense(layer: Dense, input: Float32Array): Float32Array {
  const [minimum, maximum] = activationRange[layer.activation]
  return Float32Array.from(layer.bias, (bias, output) => {
    let sum = bias
    for (let index = 0; index < layer.inputs; index++) {
      sum += (layer.weights[output * layer.inputs + index] ?? 0) * (input[index] ?? 0)
    }
    return Math.min(Math.max(sum, minimum), maximum)
  })
}

function convolution(layer: Convolution, { shape, data }: Values): Values {
  const [minimum, maximum] = activationRange[layer.activation]
  const geometry = convolutionGeometry(shape, { ...layer, depthwise: layer.kind === 'depthwise' })
  const [height, width, channels] = geometry.outputShape
  const result = new Float32Array(height * width * channels)
  convolve(
    geometry,
    (input, weight) => (data[input] ?? 0) * (layer.weights[weight] ?? 0),
    (index, channel, sum) => {
      result[index] = Math.min(Math.max(sum + (layer.bias[channel] ?? 0), minimum), maximum)
    },
  )
  return { shape: [1, height, width, channels], data: result }
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
