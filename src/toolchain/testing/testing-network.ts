import {
  builtinCode,
  elementCount,
  type Activation,
  type Operator,
  type Padding,
  type Tensor,
} from '../../../runs/tflite/schema.ts'
import { writeModel } from '../../../runs/tflite/write.ts'

/** For tests: a chain of int8 operators with random weights, every tensor of which is an output of the model. */
export class RandomNetwork {
  readonly #tensors: Tensor[] = []
  readonly #buffers: Uint8Array[] = [new Uint8Array(0)]
  readonly #operators: Operator[] = []
  readonly #outputs: number[] = []
  #last = 0
  #state: number

  constructor(seed: number, shape: readonly number[]) {
    this.#state = seed
    this.#last = this.#activation('input', shape, 0.05, -3)
  }

  convolution(kernel: [number, number], outputs: number, options: Partial<ConvolutionChoice> = {}): this {
    const [, , , channels = 0] = this.#shape
    return this.#convolve('CONV_2D', [outputs, ...kernel, channels], 0, outputs, options)
  }

  depthwise(kernel: [number, number], multiplier: number, options: Partial<ConvolutionChoice> = {}): this {
    const outputs = multiplier * (this.#shape[3] ?? 0)
    return this.#convolve('DEPTHWISE_CONV_2D', [1, ...kernel, outputs], 3, outputs, {
      ...options,
      multiplier,
    })
  }

  pool(
    type: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D',
    size: [number, number],
    stride: number,
    padding: Padding,
  ): this {
    const [batch = 1, height = 0, width = 0, channels = 0] = this.#shape
    const shape = [
      batch,
      outputSize(height, size[0], stride, 1, padding),
      outputSize(width, size[1], stride, 1, padding),
      channels,
    ]
    const { scale, zeroPoint } = this.#quantisation
    return this.#add(type, 2, [this.#last], this.#activation(type, shape, scale, zeroPoint), {
      kind: 'pool',
      padding,
      strideHeight: stride,
      strideWidth: stride,
      filterHeight: size[0],
      filterWidth: size[1],
      activation: 'NONE',
    })
  }

  reshape(shape: readonly number[]): this {
    const { scale, zeroPoint } = this.#quantisation
    const output = this.#activation('reshape', shape, scale, zeroPoint)
    return this.#add('RESHAPE', 1, [this.#last], output, { kind: 'reshape', newShape: shape })
  }

  dense(units: number, activation: Activation, bias = true): this {
    const [batch = 1, depth = 0] = this.#shape
    const inputs = [this.#last, ...this.#weights([units, depth], undefined, depth, units, bias)]
    const output = this.#activation('dense', [batch, units], this.#outputScale, 11)
    return this.#add('FULLY_CONNECTED', 4, inputs, output, {
      kind: 'fullyConnected',
      activation,
      keepNumDims: false,
    })
  }

  write(): Uint8Array {
    const main = {
      name: 'main',
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: [0],
      outputs: this.#outputs,
    }
    return writeModel({ description: 'random', subgraphs: [main], buffers: this.#buffers, metadata: [] })
  }

  get #shape(): readonly number[] {
    return this.#tensors[this.#last]?.shape ?? []
  }

  get #quantisation() {
    const { scale = [], zeroPoint = [] } = this.#tensors[this.#last]?.quantisation ?? {}
    return { scale: scale[0] ?? 1, zeroPoint: zeroPoint[0] ?? 0 }
  }

  #outputScale = 0

  #convolve(
    type: 'CONV_2D' | 'DEPTHWISE_CONV_2D',
    filter: readonly number[],
    axis: number,
    outputs: number,
    options: Partial<ConvolutionChoice>,
  ): this {
    const [batch = 1, height = 0, width = 0] = this.#shape
    const {
      stride = 1,
      dilation = 1,
      padding = 'SAME',
      activation = 'NONE',
      bias = true,
      zeroPoint = 5,
    } = options
    const depth = axis === 0 ? elementCount(filter.slice(1)) : elementCount(filter.slice(1, 3))
    const inputs = [this.#last, ...this.#weights(filter, axis, depth, outputs, bias)]
    const shape = [
      batch,
      outputSize(height, filter[1] ?? 1, stride, dilation, padding),
      outputSize(width, filter[2] ?? 1, stride, dilation, padding),
      outputs,
    ]
    const output = this.#activation(type, shape, this.#outputScale, zeroPoint)
    const common = {
      padding,
      activation,
      strideHeight: stride,
      strideWidth: stride,
      dilationHeight: dilation,
      dilationWidth: dilation,
    }
    return axis === 0
      ? this.#add(type, 3, inputs, output, { kind: 'convolution', ...common })
      : this.#add(type, 3, inputs, output, {
          kind: 'depthwise',
          ...common,
          depthMultiplier: options.multiplier ?? 1,
        })
  }

  /** Scales are chosen so that most results fall inside -128 to 127. */
  #weights(
    shape: readonly number[],
    axis: number | undefined,
    depth: number,
    outputs: number,
    bias: boolean,
  ): number[] {
    const inputScale = this.#quantisation.scale
    const channels = axis === undefined ? 1 : outputs
    const scale = Array.from({ length: channels }, () => Math.fround(0.004 + 0.004 * (this.#byte() / 255)))
    const zeros = scale.map(() => 0)
    const values = Int8Array.from({ length: elementCount(shape) }, () => Math.max(-127, this.#byte() - 128))
    this.#outputScale = Math.fround((inputScale * 0.006 * 5300 * Math.sqrt(depth)) / 70)
    const filter = this.#tensor('filter', shape, 'INT8', values, { scale, zeroPoint: zeros, axis: axis ?? 0 })
    if (!bias) return [filter, ...(axis === undefined ? [-1] : [])]
    const biases = Int32Array.from({ length: outputs }, () => (this.#byte() - 128) * 40)
    const biasScale = scale.map((value) => Math.fround(value * inputScale))
    return [
      filter,
      this.#tensor('bias', [outputs], 'INT32', biases, { scale: biasScale, zeroPoint: zeros, axis: 0 }),
    ]
  }

  #tensor(
    name: string,
    shape: readonly number[],
    type: 'INT8' | 'INT32',
    values: Int8Array | Int32Array,
    quantisation: Tensor['quantisation'],
  ): number {
    const buffer = this.#buffers.push(new Uint8Array(values.buffer)) - 1
    return this.#tensors.push({ name, shape, type, buffer, quantisation, isVariable: false }) - 1
  }

  #activation(name: string, shape: readonly number[], scale: number, zeroPoint: number): number {
    const quantisation = { scale: [Math.fround(scale)], zeroPoint: [zeroPoint], axis: 0 }
    return this.#tensors.push({ name, shape, type: 'INT8', buffer: 0, quantisation, isVariable: false }) - 1
  }

  #add(
    type: string,
    version: number,
    inputs: readonly number[],
    output: number,
    options: Operator['options'],
  ): this {
    this.#operators.push({
      type,
      builtinCode: builtinCode(type),
      version,
      inputs,
      outputs: [output],
      options,
    })
    this.#outputs.push(output)
    this.#last = output
    return this
  }

  #byte(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return this.#state >>> 24
  }
}

interface ConvolutionChoice {
  readonly stride: number
  readonly dilation: number
  readonly padding: Padding
  readonly activation: Activation
  readonly bias: boolean
  readonly zeroPoint: number
  readonly multiplier: number
}

function outputSize(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: Padding,
): number {
  const effective = padding === 'SAME' ? 1 : (kernel - 1) * dilation + 1
  return Math.ceil((size - effective + 1) / stride)
}
