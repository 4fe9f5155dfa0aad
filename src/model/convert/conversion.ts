import {
  layerGeometry,
  layerShape,
  sources,
  type Convolution,
  type Dense,
  type Graph,
  type Layer,
  type Mean,
  type Pool,
  type Reshape,
} from '../infer/graph.ts'
import {
  activationQuantisation,
  quantiseBias,
  quantiseWeights,
  softmaxQuantisation,
  type Range,
} from '../infer/quantise.ts'
import {
  builtinCode,
  type Operator,
  type OperatorOptions,
  type Quantisation,
  type Tensor,
  type TensorType,
} from '../../../runs/tflite/schema.ts'
import { writeModel } from '../../../runs/tflite/write.ts'

/** Input range, then that of every layer's output, over all the examples. */
export interface Calibration {
  readonly input: Range
  readonly layers: readonly Range[]
}

export interface QuantiseOptions {
  /** Scales of convolutions and depthwise convolutions; TFLM of 2020 takes both. Per-channel unless said. */
  readonly weights?: 'per-channel' | 'per-tensor'
  /**
   * Scales of fully connected layers; per-tensor unless said. Per-channel is version 12 of the operator: TFLM of
   * 2020 reads the first scale for all rows and is kept from it by the version.
   */
  readonly fullyConnected?: 'per-channel' | 'per-tensor'
  /** float32 puts QUANTIZE before and DEQUANTIZE behind. int8 unless said. */
  readonly ends?: 'int8' | 'float32'
  /** What a global average becomes; MEAN of int8 is version 2, which TFLM of 2020 has not. A pool unless said. */
  readonly mean?: 'AVERAGE_POOL_2D' | 'MEAN'
  /** Stored in int8 with as few steps as this many bits have. 8 unless said. */
  readonly weightBits?: number
  readonly activationBits?: number
}

/** Versions that brought int8; float32 is version 1 of each. RELU and RELU6 of 2020 take int8 as version 1. */
const int8Version: Readonly<Record<string, number>> = {
  ADD: 2,
  AVERAGE_POOL_2D: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 4,
  MAX_POOL_2D: 2,
  MEAN: 2,
  SOFTMAX: 2,
}
const fullyConnectedPerChannelVersion = 12

/** A graph on its way to a file: with a calibration in int8, without in float32. */
export class Conversion {
  readonly #tensors: Tensor[] = []
  readonly #operators: Operator[] = []
  readonly #buffers: Uint8Array[] = [new Uint8Array()]
  readonly #graph: Graph
  readonly #calibration: Calibration | undefined
  readonly #options: QuantiseOptions

  constructor(graph: Graph, calibration: Calibration | undefined, options: QuantiseOptions) {
    this.#graph = graph
    this.#calibration = calibration
    this.#options = options
  }

  write(description: string): Uint8Array {
    const { inputShape, layers } = this.#graph
    const floatEnds = this.#calibration !== undefined && this.#options.ends === 'float32'
    const input = floatEnds ? this.#add('input', inputShape, undefined) : undefined
    const first = this.#activation(floatEnds ? 'input/int8' : 'input', inputShape, this.#calibration?.input)
    if (input !== undefined) this.#operator('QUANTIZE', [input], first, { kind: 'none' }, 1)
    const results: number[] = []
    layers.forEach((layer, index) => {
      const from = sources(layer, index).map((place) => (place < 0 ? first : (results[place] ?? first)))
      results.push(this.#layer(layer, from, this.#calibration?.layers[index]))
    })
    const last = results.at(-1) ?? first
    const output = floatEnds ? this.#add('output', this.#tensor(last).shape, undefined) : last
    if (floatEnds) this.#operator('DEQUANTIZE', [last], output, { kind: 'none' }, 2)
    const subgraph = {
      name: 'main',
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: [input ?? first],
      outputs: [output],
    }
    return writeModel({ description, subgraphs: [subgraph], buffers: this.#buffers, metadata: [] })
  }

  #layer(layer: Layer, from: readonly number[], range: Range | undefined): number {
    const [input = 0] = from
    const shape = layerShape(
      layer,
      from.map((tensor) => this.#tensor(tensor).shape),
    )
    switch (layer.kind) {
      case 'dense':
        return this.#dense(layer, input, shape, range)
      case 'softmax': {
        const quantised = this.#tensor(input).quantisation !== undefined
        const output = this.#add(layer.name, shape, quantised ? softmaxQuantisation : undefined)
        this.#operator('SOFTMAX', [input], output, { kind: 'softmax', beta: 1 })
        return output
      }
      case 'reshape':
        return this.#reshape(layer, input)
      case 'activate': {
        const output = this.#alike(layer.name, shape, input)
        this.#operator(layer.activation, [input], output, { kind: 'none' }, 1)
        return output
      }
      case 'add': {
        const output = this.#activation(layer.name, shape, range)
        this.#operator('ADD', from, output, { kind: 'add', activation: layer.activation })
        return output
      }
      case 'mean':
        return this.#mean(layer, input, shape, range)
      case 'maxPool':
      case 'averagePool':
        return this.#pool(layer, input, shape)
      default:
        return this.#convolution(layer, input, shape, range)
    }
  }

  /** Fully connected; the activation is fused. */
  #dense(layer: Dense, input: number, shape: readonly number[], range: Range | undefined): number {
    const perChannel = this.#options.fullyConnected === 'per-channel'
    const weightShape = [layer.outputs, layer.inputs]
    const quantised = this.#tensor(input).quantisation !== undefined
    const { weights, bias } = this.#weights(layer, weightShape, input, perChannel ? 0 : undefined)
    const output = this.#activation(layer.name, shape, range)
    const options = { kind: 'fullyConnected', activation: layer.activation, keepNumDims: false } as const
    const version = quantised && perChannel ? fullyConnectedPerChannelVersion : undefined
    this.#operator('FULLY_CONNECTED', [input, weights, bias], output, options, version)
    return output
  }

  /** Convolution and depthwise convolution; the activation is fused. */
  #convolution(
    layer: Convolution,
    input: number,
    shape: readonly number[],
    range: Range | undefined,
  ): number {
    const { kernelHeight, kernelWidth, outputs, padding, strideHeight, strideWidth, activation } = layer
    const depthwise = layer.kind === 'depthwise'
    const channels = this.#tensor(input).shape[3] ?? 1
    const weightShape = depthwise
      ? [1, kernelHeight, kernelWidth, outputs]
      : [outputs, kernelHeight, kernelWidth, channels]
    const axis = this.#options.weights === 'per-tensor' ? undefined : depthwise ? 3 : 0
    const { weights, bias } = this.#weights(layer, weightShape, input, axis)
    const output = this.#activation(layer.name, shape, range)
    const shared = { padding, strideHeight, strideWidth, activation, dilationHeight: 1, dilationWidth: 1 }
    if (depthwise) {
      const options = { kind: 'depthwise', depthMultiplier: outputs / channels, ...shared } as const
      this.#operator('DEPTHWISE_CONV_2D', [input, weights, bias], output, options)
    } else {
      this.#operator('CONV_2D', [input, weights, bias], output, { kind: 'convolution', ...shared })
    }
    return output
  }

  /** A pool's output has its input's quantisation: the kernels do not rescale. */
  #pool(layer: Pool, input: number, shape: readonly number[]): number {
    layerGeometry(layer, this.#tensor(input).shape)
    const output = this.#alike(layer.name, shape, input)
    const { padding, strideHeight, strideWidth, kernelHeight: filterHeight, kernelWidth: filterWidth } = layer
    const type = layer.kind === 'maxPool' ? 'MAX_POOL_2D' : 'AVERAGE_POOL_2D'
    const shared = { padding, strideHeight, strideWidth, filterHeight, filterWidth }
    this.#operator(type, [input], output, { kind: 'pool', activation: 'NONE', ...shared })
    return output
  }

  #mean(layer: Mean, input: number, shape: readonly number[], range: Range | undefined): number {
    const { quantisation, shape: inputShape } = this.#tensor(input)
    const [, height = 1, width = 1, channels = 1] = inputShape
    if (quantisation !== undefined && this.#options.mean !== 'MEAN') {
      const window = { kernelHeight: height, kernelWidth: width, strideHeight: height, strideWidth: width }
      const pool = { kind: 'averagePool', name: `${layer.name}/pool`, padding: 'VALID', ...window } as const
      const pooled = this.#pool(pool, input, [1, 1, 1, channels])
      return this.#reshape({ kind: 'reshape', name: layer.name, shape }, pooled)
    }
    const axes = this.#constant(`${layer.name}/axes`, [2], 'INT32', Int32Array.of(1, 2))
    const output = this.#activation(layer.name, shape, range)
    this.#operator('MEAN', [input, axes], output, { kind: 'reducer', keepDims: false })
    return output
  }

  #reshape(layer: Reshape, input: number): number {
    const values = Int32Array.from(layer.shape)
    const shape = this.#constant(`${layer.name}/shape`, [layer.shape.length], 'INT32', values)
    const output = this.#alike(layer.name, layer.shape, input)
    this.#operator('RESHAPE', [input, shape], output, { kind: 'reshape', newShape: layer.shape }, 1)
    return output
  }

  #weights(
    { name, weights, bias }: Dense | Convolution,
    shape: readonly number[],
    input: number,
    axis: number | undefined,
  ): { weights: number; bias: number } {
    const [weightsName, biasName] = [`${name}/weights`, `${name}/bias`]
    const { quantisation } = this.#tensor(input)
    if (quantisation === undefined) {
      return {
        weights: this.#constant(weightsName, shape, 'FLOAT32', weights),
        bias: this.#constant(biasName, [bias.length], 'FLOAT32', bias),
      }
    }
    const w = quantiseWeights(weights, shape, axis, this.#options.weightBits)
    const b = quantiseBias(bias, quantisation.scale[0] ?? 1, w.quantisation.scale)
    return {
      weights: this.#constant(weightsName, shape, 'INT8', w.values, w.quantisation),
      bias: this.#constant(biasName, [bias.length], 'INT32', b.values, b.quantisation),
    }
  }

  #tensor(index: number): Tensor {
    const tensor = this.#tensors[index]
    if (tensor === undefined) throw new Error(`no tensor ${index}`)
    return tensor
  }

  /** Without a version: the one of the input's type. */
  #operator(
    type: string,
    inputs: readonly number[],
    output: number,
    options: OperatorOptions,
    version = this.#tensor(inputs[0] ?? 0).quantisation === undefined ? 1 : (int8Version[type] ?? 1),
  ): void {
    this.#operators.push({
      type,
      builtinCode: builtinCode(type),
      version,
      inputs,
      outputs: [output],
      options,
    })
  }

  #activation(name: string, shape: readonly number[], range: Range | undefined): number {
    return this.#add(name, shape, range && activationQuantisation(range, this.#options.activationBits))
  }

  #alike(name: string, shape: readonly number[], input: number): number {
    return this.#add(name, shape, this.#tensor(input).quantisation)
  }

  #add(name: string, shape: readonly number[], quantisation: Quantisation | undefined): number {
    const type = quantisation === undefined ? 'FLOAT32' : 'INT8'
    return this.#tensors.push({ name, shape, type, buffer: 0, quantisation, isVariable: false }) - 1
  }

  #constant(
    name: string,
    shape: readonly number[],
    type: TensorType,
    values: Int8Array | Int32Array | Float32Array,
    quantisation?: Quantisation,
  ): number {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const buffer = this.#buffers.push(bytes) - 1
    return this.#tensors.push({ name, shape, type, buffer, quantisation, isVariable: false }) - 1
  }
}
