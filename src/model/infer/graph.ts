import { convolutionGeometry } from './convolution.ts'
import type { Activation, Padding } from '../../../runs/tflite/schema.ts'

/** The converter's own form of a network: layers in an order that can be computed, batch of one, TFLite's layouts. */
export interface Graph {
  readonly inputShape: readonly number[]
  readonly layers: readonly Layer[]
}

interface Common {
  readonly name: string
  /** What it takes: places in `layers`, -1 the graph's input. Left out: the layer before it. */
  readonly from?: readonly number[]
}

export interface Dense extends Common {
  readonly kind: 'dense'
  readonly inputs: number
  readonly outputs: number
  /** [outputs][inputs] */
  readonly weights: Float32Array
  readonly bias: Float32Array
  readonly activation: Activation
}

export interface Softmax extends Common {
  readonly kind: 'softmax'
}

/** height x width x channels; weights of a convolution [outputs][kh][kw][channels], depthwise [kh][kw][outputs]. */
export interface Convolution extends Common {
  readonly kind: 'convolution' | 'depthwise'
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly outputs: number
  readonly weights: Float32Array
  readonly bias: Float32Array
  readonly strideHeight: number
  readonly strideWidth: number
  readonly padding: Padding
  readonly activation: Activation
}

export interface Pool extends Common {
  readonly kind: 'maxPool' | 'averagePool'
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly padding: Padding
}

/** Mean over height and width: [1][height][width][channels] to [1][channels]. */
export interface Mean extends Common {
  readonly kind: 'mean'
}

export interface Reshape extends Common {
  readonly kind: 'reshape'
  readonly shape: readonly number[]
}

/** An activation that no layer before it could take in. */
export interface Activate extends Common {
  readonly kind: 'activate'
  readonly activation: 'RELU' | 'RELU6'
}

/** Two inputs of the same shape. */
export interface Add extends Common {
  readonly kind: 'add'
  readonly activation: Activation
}

export type Layer = Dense | Convolution | Pool | Mean | Reshape | Activate | Add | Softmax
export type Weighted = Dense | Convolution

export const isWeighted = (layer: Layer): layer is Weighted => 'weights' in layer

/** Places of a layer's inputs. */
export function sources(layer: Layer, index: number): readonly number[] {
  const from = layer.from ?? [index - 1]
  const wrong = from.find((place) => place < -1 || place >= index)
  if (wrong !== undefined)
    throw new Error(`layer ${index} (${layer.name}) takes layer ${wrong}, not yet computed`)
  const wanted = layer.kind === 'add' ? 2 : 1
  if (from.length !== wanted)
    throw new Error(`layer ${index} (${layer.name}) takes ${wanted} inputs, not ${from.length}`)
  return from
}

/** Geometry of a convolution or of a pool, which reads like a depthwise convolution. */
export function layerGeometry(layer: Convolution | Pool, input: readonly number[]) {
  const depthwise = layer.kind !== 'convolution'
  const outputs = 'outputs' in layer ? layer.outputs : (input[3] ?? 0)
  return convolutionGeometry(input, { ...layer, depthwise, outputs })
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/** Output shape of a layer on inputs of these shapes. Throws where they do not fit. */
export function layerShape(layer: Layer, inputs: readonly (readonly number[])[]): readonly number[] {
  const [input = [], other = []] = inputs
  const misfit = (what: string): never => {
    throw new Error(`${layer.name}: ${what}, not [${inputs.map((shape) => shape.join()).join('] and [')}]`)
  }
  switch (layer.kind) {
    case 'dense':
      return size(input) === layer.inputs ? [1, layer.outputs] : misfit(`takes ${layer.inputs} values`)
    case 'mean':
      return input.length === 4 ? [1, input[3] ?? 0] : misfit('takes [1, height, width, channels]')
    case 'reshape':
      return size(input) === size(layer.shape) ? layer.shape : misfit(`takes ${size(layer.shape)} values`)
    case 'add':
      return input.join() === other.join() ? input : misfit('takes two inputs of one shape')
    case 'softmax':
    case 'activate':
      return input
    default:
      return [1, ...layerGeometry(layer, input).outputShape]
  }
}

/** Output shapes of all layers. */
export function shapesOf(graph: Graph): (readonly number[])[] {
  const shapes: (readonly number[])[] = []
  graph.layers.forEach((layer, index) => {
    const inputs = sources(layer, index).map((place) =>
      place < 0 ? graph.inputShape : (shapes[place] ?? []),
    )
    shapes.push(layerShape(layer, inputs))
  })
  return shapes
}

export function countParameters(graph: Graph): number {
  return graph.layers.reduce(
    (sum, layer) => sum + (isWeighted(layer) ? layer.weights.length + layer.bias.length : 0),
    0,
  )
}

/** Multiply-accumulates of one inference. */
export function countMacs(graph: Graph): number {
  const shapes = shapesOf(graph)
  return graph.layers.reduce((sum, layer, index) => {
    if (!isWeighted(layer)) return sum
    if (layer.kind === 'dense') return sum + layer.weights.length
    return sum + (size(shapes[index] ?? []) * layer.weights.length) / layer.outputs
  }, 0)
}
