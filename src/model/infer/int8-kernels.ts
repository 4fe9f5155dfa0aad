/** The int8 reference kernels of TensorFlow Lite, one function for each operator. */
import { convolutionGeometry, convolve, poolWindows, type ConvolutionGeometry } from './convolution.ts'
import {
  expOfNegative,
  multiplyByQuantisedMultiplier,
  quantiseMultiplier,
  reciprocal,
  rescale,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMultiply,
  type QuantisedMultiplier,
} from './fixed-point.ts'
import { activationRange } from './infer-float.ts'
import { roundAwayFromZero, toInt8 } from './quantise.ts'
import type { Activation, Operator, TfliteModel } from '../../../runs/tflite/schema.ts'

const scaledDifferenceIntegerBits = 5
const accumulationIntegerBits = 12
/** ADD works on inputs shifted left this far. */
const addLeftShift = 20

interface Parameters {
  readonly scale: number
  readonly zeroPoint: number
}

function constant(model: TfliteModel, tensor: number | undefined): DataView {
  const bytes = model.buffers[model.tensors[tensor ?? -1]?.buffer ?? 0] ?? new Uint8Array()
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function int8Constant(model: TfliteModel, tensor: number | undefined): Int8Array {
  const { buffer, byteOffset, byteLength } = constant(model, tensor)
  return new Int8Array(buffer, byteOffset, byteLength)
}

function parameters(model: TfliteModel, tensor: number | undefined): Parameters {
  const quantisation = model.tensors[tensor ?? -1]?.quantisation
  const scale = quantisation?.scale[0]
  if (scale === undefined) throw new Error(`tensor ${tensor ?? -1} is not quantised`)
  return { scale, zeroPoint: quantisation?.zeroPoint[0] ?? 0 }
}

const shapeOf = (model: TfliteModel, tensor: number | undefined) => model.tensors[tensor ?? -1]?.shape ?? []
const clamp = (value: number, [minimum, maximum]: readonly [number, number]) =>
  Math.min(Math.max(value, minimum), maximum)

/** CalculateActivationRangeQuantized: the fused activation as limits of the stored output. */
export function storedActivationRange(
  activation: Activation,
  { scale, zeroPoint }: Parameters,
): readonly [minimum: number, maximum: number] {
  const [minimum, maximum] = activationRange[activation]
  const stored = (real: number) => toInt8(zeroPoint + roundAwayFromZero(Math.fround(real / scale)))
  return [stored(minimum), stored(maximum)]
}

const activationOf = ({ options }: Operator) => ('activation' in options ? options.activation : 'NONE')

/** One multiplier for all rows, or one for each where the weights have a scale for each. */
export function fullyConnectedInt8(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  const [from, filter, biasTensor = -1] = operator.inputs
  const [source, target] = [parameters(model, from), parameters(model, operator.outputs[0])]
  const { scale: scales, zeroPoint: zeroPoints } = model.tensors[filter ?? -1]?.quantisation ?? {
    scale: [],
    zeroPoint: [],
  }
  const weightZero = zeroPoints[0] ?? 0
  const weights = int8Constant(model, filter)
  const bias = biasTensor < 0 ? undefined : constant(model, biasTensor)
  const [outputs = 0, depth = 0] = shapeOf(model, filter)
  const multipliers =
    scales.length > 1
      ? scales.map((scale) => quantiseMultiplier((source.scale * scale) / target.scale))
      : [quantiseMultiplier(Math.fround(source.scale * (scales[0] ?? 1)) / target.scale)]
  const limits = storedActivationRange(activationOf(operator), target)
  return Int8Array.from({ length: outputs }, (_, output) => {
    let sum = bias?.getInt32(4 * output, true) ?? 0
    const row = output * depth
    for (let index = 0; index < depth; index++) {
      sum += ((weights[row + index] ?? 0) - weightZero) * ((input[index] ?? 0) - source.zeroPoint)
    }
    const multiplier = multipliers[scales.length > 1 ? output : 0] ?? { multiplier: 0, shift: 0 }
    return clamp(multiplyByQuantisedMultiplier(sum | 0, multiplier) + target.zeroPoint, limits)
  })
}

/** One multiplier for each channel. Dilation is not computed. */
export function convolutionInt8(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  const { options } = operator
  if (options.kind !== 'convolution' && options.kind !== 'depthwise') throw new Error('no options')
  const [source, filter, biasTensor = -1] = operator.inputs
  const [from, target] = [parameters(model, source), parameters(model, operator.outputs[0])]
  const filterShape = shapeOf(model, filter)
  const [, kernelHeight = 0, kernelWidth = 0] = filterShape
  const depthwise = options.kind === 'depthwise'
  const outputs = filterShape[depthwise ? 3 : 0] ?? 0
  const shape = { ...options, depthwise, outputs, kernelHeight, kernelWidth }
  const geometry = convolutionGeometry(shapeOf(model, source), shape)
  const scales = model.tensors[filter ?? -1]?.quantisation?.scale ?? []
  const multipliers = Array.from({ length: outputs }, (_, channel) =>
    quantiseMultiplier((from.scale * (scales[scales.length === 1 ? 0 : channel] ?? 1)) / target.scale),
  )
  const bias = biasTensor < 0 ? undefined : constant(model, biasTensor)
  const limits = storedActivationRange(options.activation, target)
  const result = resultOf(geometry)
  convolve(geometry, input, int8Constant(model, filter), from.zeroPoint, (index, channel, sum) => {
    const whole = (sum + (bias?.getInt32(4 * channel, true) ?? 0)) | 0
    const scaled = multiplyByQuantisedMultiplier(whole, multipliers[channel] ?? { multiplier: 0, shift: 0 })
    result[index] = clamp(scaled + target.zeroPoint, limits)
  })
  return result
}

const resultOf = ({ outputShape }: ConvolutionGeometry) =>
  new Int8Array(outputShape.reduce((a, b) => a * b, 1))

function pool(
  model: TfliteModel,
  operator: Operator,
  input: Int8Array,
  combine: (values: readonly number[]) => number,
): Int8Array {
  const { options } = operator
  if (options.kind !== 'pool') throw new Error(`${operator.type} has no options`)
  const shape = shapeOf(model, operator.inputs[0])
  const geometry = convolutionGeometry(shape, {
    ...options,
    depthwise: true,
    outputs: shape[3] ?? 0,
    kernelHeight: options.filterHeight,
    kernelWidth: options.filterWidth,
  })
  const limits = storedActivationRange(options.activation, parameters(model, operator.outputs[0]))
  const result = resultOf(geometry)
  poolWindows(geometry, input, (index, values) => (result[index] = clamp(combine(values), limits)))
  return result
}

export function maxPoolInt8(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  return pool(model, operator, input, (values) => Math.max(...values))
}

/** Rounds halves away from zero, of the stored values. */
export function averagePoolInt8(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  return pool(model, operator, input, (values) => {
    const sum = values.reduce((a, b) => a + b, 0)
    const half = Math.floor(values.length / 2)
    return Math.trunc((sum > 0 ? sum + half : sum - half) / values.length)
  })
}

/** Over height and width; the division is folded into the multiplier. */
export function meanInt8(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  const [source, axes] = operator.inputs
  const [from, target] = [parameters(model, source), parameters(model, operator.outputs[0])]
  const shape = shapeOf(model, source)
  const view = constant(model, axes)
  const places = Array.from({ length: view.byteLength / 4 }, (_, index) => view.getInt32(4 * index, true))
  if (shape.length !== 4 || places.toSorted().join() !== '1,2')
    throw new Error('MEAN is over axes 1 and 2 here')
  const channels = shape[3] ?? 1
  const count = input.length / channels
  const { multiplier, shift } = quantiseMultiplier(from.scale / target.scale)
  const folded = Math.min(31 - Math.clz32(count), 31 + shift)
  const scaled = { multiplier: Math.trunc((multiplier * 2 ** folded) / count), shift: shift - folded }
  return Int8Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (let index = channel; index < input.length; index += channels)
      sum += (input[index] ?? 0) - from.zeroPoint
    return toInt8(multiplyByQuantisedMultiplier(sum, scaled) + target.zeroPoint)
  })
}

export function reluInt8(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  const [from, target] = [parameters(model, operator.inputs[0]), parameters(model, operator.outputs[0])]
  const limits = storedActivationRange(operator.type === 'RELU6' ? 'RELU6' : 'RELU', target)
  const multiplier = quantiseMultiplier(Math.fround(from.scale / target.scale))
  return input.map((value) =>
    clamp(multiplyByQuantisedMultiplier(value - from.zeroPoint, multiplier) + target.zeroPoint, limits),
  )
}

/** Both inputs are brought to twice the larger of their scales, 20 bits up, then added. */
export function addInt8(model: TfliteModel, operator: Operator, a: Int8Array, b: Int8Array): Int8Array {
  const [first, second] = operator.inputs.map((tensor) => parameters(model, tensor))
  if (first === undefined || second === undefined) throw new Error('ADD has two inputs')
  if (a.length !== b.length) throw new Error('ADD of unlike shapes has no reference here')
  const target = parameters(model, operator.outputs[0])
  const twice = 2 * Math.max(first.scale, second.scale)
  const multipliers = [first.scale / twice, second.scale / twice].map(quantiseMultiplier)
  const back = quantiseMultiplier(twice / (2 ** addLeftShift * target.scale))
  const limits = storedActivationRange(activationOf(operator), target)
  const raised = (value: number, zeroPoint: number, multiplier: QuantisedMultiplier | undefined) =>
    multiplyByQuantisedMultiplier(
      (value - zeroPoint) * 2 ** addLeftShift,
      multiplier ?? { multiplier: 0, shift: 0 },
    )
  return a.map((value, index) => {
    const sum =
      raised(value, first.zeroPoint, multipliers[0]) + raised(b[index] ?? 0, second.zeroPoint, multipliers[1])
    return clamp(multiplyByQuantisedMultiplier(sum, back) + target.zeroPoint, limits)
  })
}

/** One row. The exponentials are Q5.26 in, Q0.31 out, summed in Q12.19. */
export function softmaxInt8(input: Int8Array, scale: number, beta = 1): Int8Array {
  const { multiplier, shift } = quantiseMultiplier(
    Math.min(beta * scale * 2 ** (31 - scaledDifferenceIntegerBits), 2 ** 31 - 1),
  )
  const radius = (2 ** scaledDifferenceIntegerBits - 1) * 2 ** (31 - scaledDifferenceIntegerBits - shift)
  const smallest = -Math.floor(radius)
  const largest = Math.max(...input)
  const power = (value: number) =>
    expOfNegative(roundingDoublingHighMultiply(((value - largest) * 2 ** shift) | 0, multiplier))
  const counted = (value: number) => value - largest >= smallest
  let sum = 0
  for (const value of input) {
    if (counted(value)) sum += rescale(power(value), 0, accumulationIntegerBits)
  }
  const { scale: shiftedScale, bitsOverUnit } = reciprocal(sum, accumulationIntegerBits)
  return Int8Array.from(input, (value) => {
    if (!counted(value)) return -128
    const product = roundingDoublingHighMultiply(shiftedScale, power(value))
    return toInt8(roundingDivideByPowerOfTwo(product, bitsOverUnit + 31 - 8) - 128)
  })
}
