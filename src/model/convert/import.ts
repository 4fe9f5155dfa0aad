/** A .tflite file taken apart into the converter's own form, so that it can be quantised anew, pruned and tuned. */
import { UserError } from '../../../runs/errors.ts'
import { fuse, type Raw } from './fuse.ts'
import type { Graph } from '../infer/graph.ts'
import { adviceForOperator, constantsOf, impliedActivation } from './import-operators.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import {
  elementCount,
  type Activation,
  type Operator,
  type Tensor,
  type TfliteModel,
} from '../../../runs/tflite/schema.ts'

/**
 * Of float32 models all is kept; weights of quantised ones become what they stand for, and the scales of activations
 * are forgotten. `name` begins every message. Throws UserError for a file that is no sound model, and for an operator
 * that cannot be taken apart, with what to do.
 */
export function graphOfTflite(bytes: Uint8Array, name = 'model'): Graph {
  const model = readModel(bytes, name)
  const [input] = model.inputs
  const [output] = model.outputs
  if (
    model.inputs.length !== 1 ||
    model.outputs.length !== 1 ||
    input === undefined ||
    output === undefined
  ) {
    throw new UserError(
      `${name}: a model of ${model.inputs.length} inputs and ${model.outputs.length} outputs cannot be taken apart: give it one of each`,
    )
  }
  if (model.subgraphs.length > 1)
    throw new UserError(
      `${name}: it has control flow (${model.subgraphs.length} subgraphs): unroll its loops`,
    )
  const importer = new Importer(model, name, input)
  model.operators.forEach((operator, index) => importer.operator(operator, index))
  return fuse(importer.inputShape, importer.raw, importer.placeOf(output))
}

class Importer {
  readonly inputShape: readonly number[]
  readonly raw: Raw[] = []
  readonly #model: TfliteModel
  readonly #name: string
  /** By tensor; -1 is the graph's input. */
  readonly #places: Map<number, number>
  readonly #names = new Set<string>()
  #where = ''

  constructor(model: TfliteModel, name: string, input: number) {
    this.#model = model
    this.#name = name
    this.#places = new Map([[input, -1]])
    this.inputShape = this.#shape(input)
  }

  placeOf(tensor: number): number {
    const place = this.#places.get(tensor)
    return place ?? this.#fail(`tensor ${tensor} is used before it is computed`)
  }

  operator(operator: Operator, index: number): void {
    const { type, options } = operator
    this.#where = `operator ${index} (${type})`
    const [output = -1] = operator.outputs
    if (this.#constant(operator.inputs[0]) !== undefined && type === 'DEQUANTIZE') return
    switch (type) {
      case 'QUANTIZE':
      case 'DEQUANTIZE':
        this.#places.set(output, this.#input(operator))
        return
      case 'RESHAPE':
      case 'SQUEEZE':
      case 'EXPAND_DIMS': {
        this.#reshape(this.#input(operator), this.#shape(output), output)
        return
      }
      case 'FULLY_CONNECTED': {
        this.#dense(operator, output)
        return
      }
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D': {
        this.#convolution(operator, output)
        return
      }
      case 'MAX_POOL_2D':
      case 'AVERAGE_POOL_2D': {
        this.#pool(operator, output)
        return
      }
      case 'MEAN': {
        this.#mean(operator, output)
        return
      }
      case 'RELU':
      case 'RELU6': {
        this.#activate(this.#input(operator), type, output)
        return
      }
      case 'ADD':
      case 'MUL': {
        this.#arithmetic(operator, output)
        return
      }
      case 'SOFTMAX': {
        const shape = this.#shape(operator.inputs[0])
        if (elementCount(shape) !== shape.at(-1)) this.#fail('it has several rows: flatten to one')
        if (options.kind === 'softmax' && options.beta !== 1)
          this.#fail(`beta ${options.beta}: multiply the weights before it instead`)
        this.#add({ kind: 'softmax', name: this.#title(output), from: [this.#input(operator)] }, output)
        return
      }
      default:
        this.#fail(adviceForOperator(type))
    }
  }

  #dense({ inputs, options }: Operator, output: number): void {
    const [input = -1, weightsAt, biasAt = -1] = inputs
    const [outputs = 0, size = 0, more] = this.#shape(weightsAt)
    const weights = this.#weights(weightsAt)
    if (more !== undefined || elementCount(this.#shape(input)) !== size)
      this.#fail('it is applied to several rows: use a convolution of width 1, or flatten before it')
    const bias = this.#bias(biasAt, outputs)
    const activation = this.#fused(options, output)
    const from = [this.placeOf(input)]
    this.#add(
      { kind: 'dense', name: this.#title(output), from, inputs: size, outputs, weights, bias, activation },
      output,
    )
    const wanted = this.#shape(output)
    if (wanted.length !== 2) this.#reshape(this.placeOf(output), wanted, output)
  }

  #convolution({ type, inputs, options }: Operator, output: number): void {
    const depthwise = type === 'DEPTHWISE_CONV_2D'
    const [, weightsAt, biasAt = -1] = inputs
    if (options.kind !== 'convolution' && options.kind !== 'depthwise') return this.#fail('it has no options')
    if (options.dilationHeight !== 1 || options.dilationWidth !== 1)
      this.#fail('it is dilated: use strides, or a larger kernel')
    const shape = this.#shape(weightsAt)
    const [, kernelHeight = 0, kernelWidth = 0, last = 0] = shape
    const channels = this.#shape(inputs[0]).at(-1)
    if (!depthwise && last !== channels)
      this.#fail('it has groups: use a depthwise convolution and one of 1 x 1')
    const outputs = depthwise ? last : (shape[0] ?? 0)
    this.#add(
      {
        kind: depthwise ? 'depthwise' : 'convolution',
        name: this.#title(output),
        from: [this.placeOf(inputs[0] ?? -1)],
        kernelHeight,
        kernelWidth,
        outputs,
        weights: this.#weights(weightsAt),
        bias: this.#bias(biasAt, outputs),
        strideHeight: options.strideHeight,
        strideWidth: options.strideWidth,
        padding: options.padding,
        activation: this.#fused(options, output),
      },
      output,
    )
  }

  #pool(operator: Operator, output: number): void {
    const { type, options } = operator
    if (options.kind !== 'pool') return this.#fail('it has no options')
    const { filterHeight, filterWidth, strideHeight, strideWidth, padding } = options
    const window = {
      kernelHeight: filterHeight,
      kernelWidth: filterWidth,
      strideHeight,
      strideWidth,
      padding,
    }
    const kind = type === 'MAX_POOL_2D' ? 'maxPool' : 'averagePool'
    this.#add({ kind, name: this.#title(output), from: [this.#input(operator)], ...window }, output)
    this.#activate(this.placeOf(output), this.#fused(options, output), output)
  }

  /** Over height and width, or over the one dimension before the channels. */
  #mean(operator: Operator, output: number): void {
    const shape = this.#shape(operator.inputs[0])
    const axes = [...(this.#constant(operator.inputs[1]) ?? [])].map(
      (axis) => (axis + shape.length) % shape.length,
    )
    const between = shape.slice(1, -1).map((_, index) => index + 1)
    if (shape.length < 3 || axes.sort((a, b) => a - b).join() !== between.join())
      this.#fail('it is not over all of height and width: use a global average pool')
    const [height = 1, width = 1] = shape.slice(1, -1)
    const channels = shape.at(-1) ?? 1
    const image = [1, height, shape.length === 4 ? width : 1, channels]
    if (shape.length !== 4) this.#reshape(this.#input(operator), image, output)
    const from = [shape.length === 4 ? this.#input(operator) : this.placeOf(output)]
    this.#add({ kind: 'mean', name: this.#title(output), from }, output)
    const wanted = this.#shape(output)
    if (wanted.length !== 2) this.#reshape(this.placeOf(output), wanted, output)
  }

  /** Of two tensors that are computed, or of one and a constant for each channel, as batch normalisation leaves it. */
  #arithmetic({ type, inputs, options }: Operator, output: number): void {
    const [a = -1, b = -1] = inputs
    const swapped = this.#constant(a) !== undefined
    const constant = this.#constant(swapped ? a : b)
    const shape = this.#shape(swapped ? b : a)
    const name = this.#title(output)
    if (constant === undefined) {
      if (type === 'MUL') this.#fail(adviceForOperator(type))
      if (this.#shape(b).join() !== shape.join()) this.#fail('it broadcasts: give both inputs the same shape')
      const from = [this.placeOf(a), this.placeOf(b)]
      this.#add({ kind: 'add', name, from, activation: this.#fused(options, output) }, output)
      return
    } else {
      const channels = shape.at(-1) ?? 0
      if (constant.length !== 1 && constant.length !== channels)
        this.#fail(`its constant has ${constant.length} values: give it one for each of ${channels} channels`)
      const values = Float32Array.from(
        { length: channels },
        (_, at) => constant[constant.length === 1 ? 0 : at] ?? 0,
      )
      const [scale, shift] = type === 'MUL' ? [values, values.map(() => 0)] : [values.map(() => 1), values]
      const from = [this.placeOf(swapped ? b : a)]
      this.#add({ kind: 'batchNormalisation', name, from, scale, shift }, output)
    }
    this.#activate(this.placeOf(output), this.#fused(options, output), output)
  }

  #activate(from: number, activation: Activation, output: number): void {
    if (activation === 'NONE') return void this.#places.set(output, from)
    if (activation !== 'RELU' && activation !== 'RELU6') return this.#fail(`${activation}: use RELU or RELU6`)
    this.#add({ kind: 'activate', name: this.#title(output), from: [from], activation }, output)
  }

  #reshape(from: number, shape: readonly number[], output: number): void {
    this.#add({ kind: 'reshape', name: this.#title(output), from: [from], shape }, output)
  }

  #add(layer: Raw, output: number): void {
    this.#places.set(output, this.raw.push(layer) - 1)
  }

  #fused(options: Operator['options'], output: number): Activation {
    const activation = 'activation' in options ? options.activation : 'NONE'
    if (activation === 'NONE') return impliedActivation(this.#model.tensors[output])
    return ['RELU', 'RELU6', 'RELU_N1_TO_1'].includes(activation)
      ? activation
      : this.#fail(`activation ${activation}: use RELU or RELU6`)
  }

  #input({ inputs }: Operator): number {
    return this.placeOf(inputs[0] ?? -1)
  }

  #constant(tensor: number | undefined): Float32Array | undefined {
    return this.#places.has(tensor ?? -1) ? undefined : constantsOf(this.#model, tensor ?? -1)
  }

  #weights(tensor: number | undefined): Float32Array {
    return this.#constant(tensor) ?? this.#fail('its weights are computed: they must be constants')
  }

  #bias(tensor: number, outputs: number): Float32Array {
    return tensor < 0 ? new Float32Array(outputs) : this.#weights(tensor)
  }

  #shape(tensor: number | undefined): readonly number[] {
    const { shape = [] }: Partial<Tensor> = this.#model.tensors[tensor ?? -1] ?? {}
    if (shape.some((size) => size < 1))
      this.#fail(`tensor ${tensor ?? -1} has no fixed shape: export it with one`)
    return shape
  }

  /** The tensor's own name, once. */
  #title(tensor: number): string {
    const name = this.#model.tensors[tensor]?.name ?? ''
    const base = name === '' ? `tensor_${tensor}` : name
    let title = base
    for (let copy = 2; this.#names.has(title); copy++) title = `${base}_${copy}`
    this.#names.add(title)
    return title
  }

  #fail(why: string): never {
    throw new UserError(
      `${this.#name}${this.#where === '' ? '' : `, ${this.#where}`} cannot be taken apart: ${why}`,
    )
  }
}
