/** A graph as TensorFlow.js variables: what is trained further after conversion, quantised or pruned. */
import * as tf from '@tensorflow/tfjs-core'
import type { Calibration, QuantiseOptions } from './convert/convert.ts'
import { fakeQuantise, fakeQuantiseWeights, weightScales } from './fake-quantise.ts'
import {
  isWeighted,
  layerGeometry,
  shapesOf,
  sources,
  type Graph,
  type Layer,
  type Weighted,
} from './infer/graph.ts'
import { activationQuantisation, type Range } from './infer/quantise.ts'
import type { Activation, Quantisation } from '../../runs/tflite/schema.ts'

interface Weights {
  /** As TensorFlow has them, outputs last. */
  readonly weights: tf.Variable
  readonly bias: tf.Variable
}

/** Quantised forward passes: as the converter will write it, with ranges that may follow the activations. */
export interface Quantiser {
  readonly options: QuantiseOptions
  readonly calibration: Calibration
}

interface Value {
  readonly tensor: tf.Tensor
  readonly quantisation: Quantisation | undefined
}

export class TrainableGraph {
  readonly #graph: Graph
  readonly #variables = new Map<Layer, Weights>()
  readonly #shapes: (readonly number[])[]
  #ranges: { input: Range; layers: Range[] } | undefined
  readonly #options: QuantiseOptions

  constructor(graph: Graph, quantiser?: Quantiser) {
    this.#graph = graph
    this.#shapes = shapesOf(graph)
    this.#options = quantiser?.options ?? {}
    if (quantiser) {
      this.#ranges = { input: quantiser.calibration.input, layers: [...quantiser.calibration.layers] }
    }
    for (const layer of graph.layers) {
      if (!isWeighted(layer)) continue
      const weights = tf.variable(tf.tensor(outputsLast(layer), weightShape(layer)))
      this.#variables.set(layer, { weights, bias: tf.variable(tf.tensor1d(layer.bias)) })
    }
  }

  get variables(): tf.Variable[] {
    return [...this.#variables.values()].flatMap(({ weights, bias }) => [weights, bias])
  }

  /** Weights of each layer that has some, in the order of `variables` without the biases. */
  get weightVariables(): tf.Variable[] {
    return [...this.#variables.values()].map(({ weights }) => weights)
  }

  get calibration(): Calibration | undefined {
    return this.#ranges
  }

  /** Outputs of every layer on a batch of inputs, softmax left out. `follow`: how fast ranges follow what is seen. */
  forward(inputs: tf.Tensor, follow = 0): tf.Tensor[] {
    const batch = inputs.size / sizeOf(this.#graph.inputShape)
    const input = tf.reshape(inputs, [batch, ...this.#graph.inputShape.slice(1)])
    const first = this.#quantised(input, this.#ranges?.input)
    const results: Value[] = []
    this.#graph.layers.forEach((layer, index) => {
      const from = sources(layer, index).map((place) => (place < 0 ? first : (results[place] ?? first)))
      const [source = first, other = first] = from
      const shape = source === first ? this.#graph.inputShape : (this.#shapes[results.indexOf(source)] ?? [])
      const output = this.#layer(layer, source, other, shape, this.#shapes[index] ?? [], batch)
      if (output.quantisation !== undefined || this.#ranges === undefined) results.push(output)
      else {
        if (follow > 0) this.#follow(index, output.tensor, follow)
        results.push(this.#quantised(output.tensor, this.#ranges.layers[index]))
      }
    })
    return results.map(({ tensor }) => tensor)
  }

  #layer(
    layer: Layer,
    source: Value,
    other: Value,
    inputShape: readonly number[],
    shape: readonly number[],
    batch: number,
  ): Value {
    const { tensor, quantisation } = source
    const own = (result: tf.Tensor): Value => ({ tensor: result, quantisation: undefined })
    const kept = (result: tf.Tensor): Value => ({ tensor: result, quantisation })
    switch (layer.kind) {
      case 'softmax':
        return kept(tensor)
      case 'reshape':
        return kept(tf.reshape(tensor, [batch, ...shape.slice(1)]))
      case 'activate':
        return kept(activated(tensor, layer.activation))
      case 'add':
        return own(activated(tf.add(tensor, other.tensor), layer.activation))
      case 'mean': {
        const mean = tf.mean(tf.reshape(tensor, [batch, -1, inputShape[3] ?? 1]), 1)
        if (this.#options.mean === 'MEAN' || quantisation === undefined) return own(mean)
        return kept(fakeQuantise(mean, quantisation, true))
      }
      case 'maxPool':
      case 'averagePool': {
        const { kernelHeight, kernelWidth, strideHeight, strideWidth } = layerGeometry(layer, inputShape)
        const pool = layer.kind === 'maxPool' ? tf.maxPool<tf.Tensor4D> : tf.avgPool<tf.Tensor4D>
        const window: [number, number] = [kernelHeight, kernelWidth]
        const padding = layer.padding === 'SAME' ? 'same' : 'valid'
        const pooled = pool(tensor as tf.Tensor4D, window, [strideHeight, strideWidth], padding)
        return kept(
          quantisation && layer.kind === 'averagePool' ? fakeQuantise(pooled, quantisation, true) : pooled,
        )
      }
      default:
        return own(this.#weighted(layer, source, batch))
    }
  }

  #weighted(layer: Weighted, { tensor, quantisation }: Value, batch: number): tf.Tensor {
    const variables = this.#variables.get(layer)
    if (variables === undefined) throw new Error(`${layer.name} has no weights`)
    let [weights, bias]: [tf.Tensor, tf.Tensor] = [variables.weights, variables.bias]
    if (quantisation !== undefined) {
      const perChannel =
        layer.kind === 'dense'
          ? this.#options.fullyConnected === 'per-channel'
          : this.#options.weights !== 'per-tensor'
      const values = weights.dataSync<'float32'>()
      const scales = weightScales(values, layer.outputs, perChannel, this.#options.weightBits ?? 8)
      weights = fakeQuantiseWeights(weights, scales)
      const inputScale = quantisation.scale[0] ?? 1
      bias = fakeQuantiseWeights(
        bias,
        scales.map((scale) => Math.fround(inputScale * scale)),
      )
    }
    const sum = tf.add(product(layer, tensor, weights, batch), bias)
    return activated(sum, layer.activation)
  }

  #quantised(tensor: tf.Tensor, range: Range | undefined): Value {
    if (range === undefined) return { tensor, quantisation: undefined }
    const quantisation = activationQuantisation(range, this.#options.activationBits)
    return { tensor: fakeQuantise(tensor, quantisation), quantisation }
  }

  /** A moving average of the ranges that batches have. */
  #follow(index: number, tensor: tf.Tensor, follow: number): void {
    const range = this.#ranges?.layers[index]
    if (this.#ranges === undefined || range === undefined) return
    const values = tensor.dataSync<'float32'>()
    let [minimum, maximum] = [Infinity, -Infinity]
    for (const value of values) [minimum, maximum] = [Math.min(minimum, value), Math.max(maximum, value)]
    this.#ranges.layers[index] = {
      minimum: range.minimum + follow * (minimum - range.minimum),
      maximum: range.maximum + follow * (maximum - range.maximum),
    }
  }

  /** The graph with the weights as they are now. */
  toGraph(): Graph {
    const layers = this.#graph.layers.map((layer): Layer => {
      const variables = this.#variables.get(layer)
      if (variables === undefined || !isWeighted(layer)) return layer
      const weights = outputsFirst(layer, variables.weights.dataSync<'float32'>())
      return { ...layer, weights, bias: Float32Array.from(variables.bias.dataSync()) }
    })
    return { ...this.#graph, layers }
  }

  dispose(): void {
    tf.dispose(this.variables)
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

function activated(x: tf.Tensor, activation: Activation): tf.Tensor {
  if (activation === 'NONE') return x
  if (activation === 'RELU') return tf.relu(x)
  if (activation === 'RELU6') return tf.relu6(x)
  throw new Error(`${activation} is not trained`)
}

function product(layer: Weighted, x: tf.Tensor, weights: tf.Tensor, batch: number): tf.Tensor {
  if (layer.kind === 'dense') return tf.matMul(tf.reshape(x, [batch, layer.inputs]), weights)
  const padding = layer.padding === 'SAME' ? 'same' : 'valid'
  const strides: [number, number] = [layer.strideHeight, layer.strideWidth]
  if (layer.kind === 'convolution') {
    return tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, strides, padding)
  }
  const channels = x.shape[3] ?? 1
  const shape: [number, number, number, number] = [
    layer.kernelHeight,
    layer.kernelWidth,
    channels,
    layer.outputs / channels,
  ]
  return tf.depthwiseConv2d(x as tf.Tensor4D, tf.reshape(weights, shape), strides, padding)
}

/** [inputs][outputs], [kh][kw][channels][outputs]; a depthwise one lies [kh][kw][outputs] in both. */
function weightShape(layer: Weighted): number[] {
  if (layer.kind === 'dense') return [layer.inputs, layer.outputs]
  const { kernelHeight, kernelWidth, outputs } = layer
  if (layer.kind === 'depthwise') return [kernelHeight, kernelWidth, outputs]
  return [kernelHeight, kernelWidth, layer.weights.length / (kernelHeight * kernelWidth * outputs), outputs]
}

function outputsLast(layer: Weighted): Float32Array {
  if (layer.kind === 'depthwise') return layer.weights
  const row = layer.weights.length / layer.outputs
  return layer.weights.map(
    (_, at) => layer.weights[(at % layer.outputs) * row + Math.floor(at / layer.outputs)] ?? 0,
  )
}

function outputsFirst(layer: Weighted, values: Float32Array): Float32Array {
  if (layer.kind === 'depthwise') return Float32Array.from(values)
  const row = values.length / layer.outputs
  return Float32Array.from(values, (_, at) => values[(at % row) * layer.outputs + Math.floor(at / row)] ?? 0)
}
