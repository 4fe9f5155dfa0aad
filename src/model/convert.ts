import type { Dense, Graph, Layer } from './graph.ts'
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
      default:
        throw new Error(`${layer.name}: a ${layer.kind} layer cannot be converted yet`)
    }
  }

  /** Fully connected, with one scale for all weights; the activation is fused. */
  #dense(layer: Dense, input: number, range: Range | undefined): number {
    const shape = [layer.outputs, layer.inputs]
    const { quantisation } = this.#tensor(input)
    const [weightsName, biasName] = [`${layer.name}/weights`, `${layer.name}/bias`]
    let weights: number
    let bias: number
    if (quantisation === undefined) {
      weights = this.#constant(weightsName, shape, 'FLOAT32', layer.weights)
      bias = this.#constant(biasName, [layer.outputs], 'FLOAT32', layer.bias)
    } else {
      const w = quantiseWeights(layer.weights, shape)
      const b = quantiseBias(layer.bias, quantisation.scale[0] ?? 1, w.quantisation.scale)
      weights = this.#constant(weightsName, shape, 'INT8', w.values, w.quantisation)
      bias = this.#constant(biasName, [layer.outputs], 'INT32', b.values, b.quantisation)
    }
    const output = this.#activation(layer.name, [1, layer.outputs], range)
    // Version 4 brings int8 with symmetric weights.
    this.#operator('FULLY_CONNECTED', quantisation ? 4 : 1, [input, weights, bias], output, {
      kind: 'fullyConnected',
      activation: layer.activation,
      keepNumDims: false,
    })
    return output
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
