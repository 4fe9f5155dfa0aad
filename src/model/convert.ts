import { convolutionGeometry } from './convolution.ts'
import type { Convolution, Dense, Graph, Layer, Reshape } from './graph.ts'
import { inferFloat } from './infer-float.ts'
import {
  activationQuantisation,
  quantiseBias,
  quantiseWeights,
  rangeOf,
  softmaxQuantisation,
  type Range,
} from './quantise.ts'
import {
  builtinCode,
  type Operator,
  type OperatorOptions,
  type Quantisation,
  type Tensor,
  type TensorType,
} from './schema.ts'
import { writeModel } from './write.ts'

/** Input range, then that of every layer's output, over all the examples. */
export interface Calibration {
  readonly input: Range
  readonly layers: readonly Range[]
}

export function calibrate(graph: Graph, inputs: readonly Float32Array[]): Calibration {
  if (inputs.length === 0) throw new Error('calibration needs at least one input')
  const outputs = inputs.map((input) => inferFloat(graph, input))
  const over = (arrays: readonly (Float32Array | undefined)[]) =>
    rangeOf(arrays.flatMap((array) => [...(array ?? [])]))
  return {
    input: over(inputs),
    layers: graph.layers.map((_, index) => over(outputs.map((layers) => layers[index]))),
  }
}

/** The network as a float32 .tflite file. */
export function convertToFloat32(graph: Graph, description: string): Uint8Array {
  return new Conversion(graph, undefined).write(description)
}

/** The network as an int8 .tflite file, int8 at input and output: post-training quantisation. */
export function convertToInt8(graph: Graph, calibration: Calibration, description: string): Uint8Array {
  return new Conversion(graph, calibration).write(description)
}

class Conversion {
  readonly #tensors: Tensor[] = []
  readonly #operators: Operator[] = []
  readonly #buffers: Uint8Array[] = [new Uint8Array()]
  readonly #graph: Graph
  readonly #calibration: Calibration | undefined

  constructor(graph: Graph, calibration: Calibration | undefined) {
    this.#graph = graph
    this.#calibration = calibration
  }

  write(description: string): Uint8Array {
    const { inputShape, layers } = this.#graph
    const input = this.#activation('input', inputShape, this.#calibration?.input)
    let last = input
    layers.forEach((layer, index) => {
      last = this.#layer(layer, last, this.#calibration?.layers[index])
    })
    const subgraph = {
      name: 'main',
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: [input],
      outputs: [last],
    }
    return writeModel({ description, subgraphs: [subgraph], buffers: this.#buffers, metadata: [] })
  }

  #layer(layer: Layer, input: number, range: Range | undefined): number {
    switch (layer.kind) {
      case 'dense':
        return this.#dense(layer, input, range)
      case 'softmax': {
        const { shape, quantisation } = this.#tensor(input)
        const output = this.#add(layer.name, shape, quantisation && softmaxQuantisation)
        // Version 2 brings int8.
        this.#operator('SOFTMAX', quantisation ? 2 : 1, [input], output, { kind: 'softmax', beta: 1 })
        return output
      }
      case 'reshape':
        return this.#reshape(layer, input)
      default:
        return this.#convolution(layer, input, range)
    }
  }

  /** Fully connected, with one scale for all weights; the activation is fused. */
  #dense(layer: Dense, input: number, range: Range | undefined): number {
    const shape = [layer.outputs, layer.inputs]
    const { quantisation } = this.#tensor(input)
    const { weights, bias } = this.#weights(layer, shape, quantisation)
    const output = this.#activation(layer.name, [1, layer.outputs], range)
    // Version 4 brings int8 with symmetric weights.
    this.#operator('FULLY_CONNECTED', quantisation ? 4 : 1, [input, weights, bias], output, {
      kind: 'fullyConnected',
      activation: layer.activation,
      keepNumDims: false,
    })
    return output
  }

  /** Convolution and depthwise convolution, with a scale for each output channel; the activation is fused. */
  #convolution(layer: Convolution, input: number, range: Range | undefined): number {
    const { kernelHeight, kernelWidth, outputs, padding, strideHeight, strideWidth, activation } = layer
    const { shape: inputShape, quantisation } = this.#tensor(input)
    const depthwise = layer.kind === 'depthwise'
    const geometry = convolutionGeometry(inputShape, { ...layer, depthwise })
    const channels = geometry.inputShape[2]
    const shape = depthwise
      ? [1, kernelHeight, kernelWidth, outputs]
      : [outputs, kernelHeight, kernelWidth, channels]
    const { weights, bias } = this.#weights(layer, shape, quantisation, depthwise ? 3 : 0)
    const output = this.#activation(layer.name, [1, ...geometry.outputShape], range)
    const shared = { padding, strideHeight, strideWidth, activation, dilationHeight: 1, dilationWidth: 1 }
    // Version 3 of both brings int8 with a scale for each channel.
    const version = quantisation ? 3 : 1
    if (depthwise) {
      const options = { kind: 'depthwise', depthMultiplier: outputs / channels, ...shared } as const
      this.#operator('DEPTHWISE_CONV_2D', version, [input, weights, bias], output, options)
    } else {
      this.#operator('CONV_2D', version, [input, weights, bias], output, { kind: 'convolution', ...shared })
    }
    return output
  }

  #reshape(layer: Reshape, input: number): number {
    const shape = this.#constant(
      `${layer.name}/shape`,
      [layer.shape.length],
      'INT32',
      Int32Array.from(layer.shape),
    )
    const output = this.#add(layer.name, layer.shape, this.#tensor(input).quantisation)
    this.#operator('RESHAPE', 1, [input, shape], output, { kind: 'reshape', newShape: layer.shape })
    return output
  }

  #weights(
    { name, weights, bias }: Dense | Convolution,
    shape: readonly number[],
    input: Quantisation | undefined,
    axis?: number,
  ): { weights: number; bias: number } {
    const [weightsName, biasName] = [`${name}/weights`, `${name}/bias`]
    if (input === undefined) {
      return {
        weights: this.#constant(weightsName, shape, 'FLOAT32', weights),
        bias: this.#constant(biasName, [bias.length], 'FLOAT32', bias),
      }
    }
    const w = quantiseWeights(weights, shape, axis)
    const b = quantiseBias(bias, input.scale[0] ?? 1, w.quantisation.scale)
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

  #operator(type: string, version: number, inputs: number[], output: number, options: OperatorOptions): void {
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
    return this.#add(name, shape, range && activationQuantisation(range))
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
