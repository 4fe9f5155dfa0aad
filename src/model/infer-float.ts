import type { Dense, Graph } from './graph.ts'
import type { Activation } from './schema.ts'

/** What each layer of the network gives for one input, in float64 sums rounded to float32. Dense chains only. */
export function inferFloat(graph: Graph, input: Float32Array): Float32Array[] {
  const outputs: Float32Array[] = []
  let values = input
  for (const layer of graph.layers) {
    switch (layer.kind) {
      case 'dense':
        values = dense(layer, values)
        break
      case 'softmax':
        values = softmax(values)
        break
      case 'reshape':
        break
      default:
        throw new Error(`${layer.name}: a ${layer.kind} layer cannot be evaluated yet`)
    }
    outputs.push(values)
  }
  return outputs
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
