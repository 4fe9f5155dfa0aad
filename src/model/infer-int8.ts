/**
 * Reference inference of an int8 .tflite model in TypeScript, bit for bit what the TFLite reference kernels give
 * (fully connected, convolutions, reshape, softmax). Needs no interpreter: the second opinion on ours, and on the emulated firmware.
 */
import { convolutionGeometry, convolve } from './convolution.ts'
import {
  expOfNegative,
  multiplyByQuantisedMultiplier,
  quantiseMultiplier,
  reciprocal,
  rescale,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMultiply,
} from './fixed-point.ts'
import { activationRange } from './infer-float.ts'
import { roundAwayFromZero, toInt8 } from './quantise.ts'
import type { Operator, Quantisation, TfliteModel } from './schema.ts'

const scaledDifferenceIntegerBits = 5
const accumulationIntegerBits = 12

/** The output of every operator for one input, the model's own output last. */
export function inferInt8(model: TfliteModel, input: Int8Array): Int8Array[] {
  const values = new Map<number, Int8Array>([[model.inputs[0] ?? 0, input]])
  return model.operators.map((operator, index) => {
    const from = values.get(operator.inputs[0] ?? -1)
    if (from === undefined) throw new Error(`operator ${index} (${operator.type}) has no input yet`)
    const result = evaluate(model, operator, from)
    values.set(operator.outputs[0] ?? -1, result)
    return result
  })
}

function evaluate(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  switch (operator.type) {
    case 'FULLY_CONNECTED':
      return fullyConnected(model, operator, input)
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D':
      return convolution(model, operator, input)
    case 'SOFTMAX':
      return softmaxInt8(
        input,
        parameters(model, operator.inputs[0]).scale,
        operator.options.kind === 'softmax' ? operator.options.beta : 1,
      )
    case 'RESHAPE':
      return input
    default:
      throw new Error(`${operator.type} has no int8 reference here`)
  }
}

function constant(model: TfliteModel, tensor: number | undefined): DataView {
  const bytes = model.buffers[model.tensors[tensor ?? -1]?.buffer ?? 0] ?? new Uint8Array()
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function parameters(model: TfliteModel, tensor: number | undefined): { scale: number; zeroPoint: number } {
  const quantisation: Quantisation | undefined = model.tensors[tensor ?? -1]?.quantisation
  const scale = quantisation?.scale[0]
  if (scale === undefined) throw new Error(`tensor ${tensor ?? -1} is not quantised`)
  return { scale, zeroPoint: quantisation?.zeroPoint[0] ?? 0 }
}

/** CalculateActivationRangeQuantized: the fused activation as limits of the stored output. */
export function storedActivationRange(
  activation: keyof typeof activationRange,
  { scale, zeroPoint }: { scale: number; zeroPoint: number },
): readonly [minimum: number, maximum: number] {
  const [minimum, maximum] = activationRange[activation]
  const stored = (real: number) => toInt8(zeroPoint + roundAwayFromZero(Math.fround(real / scale)))
  return [stored(minimum), stored(maximum)]
}

function fullyConnected(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  const [from, weightsTensor, biasTensor = -1] = operator.inputs
  const [source, filter, target] = [from, weightsTensor, operator.outputs[0]].map((t) => parameters(model, t))
  if (source === undefined || filter === undefined || target === undefined) throw new Error('three tensors')
  const weights = constant(model, weightsTensor)
  const bias = biasTensor < 0 ? undefined : constant(model, biasTensor)
  const depth = model.tensors[weightsTensor ?? -1]?.shape[1] ?? 0
  const outputs = model.tensors[weightsTensor ?? -1]?.shape[0] ?? 0
  const multiplier = quantiseMultiplier(Math.fround(source.scale * filter.scale) / target.scale)
  const activation = operator.options.kind === 'fullyConnected' ? operator.options.activation : 'NONE'
  const [minimum, maximum] = storedActivationRange(activation, target)
  return Int8Array.from({ length: outputs }, (_, output) => {
    let sum = bias?.getInt32(4 * output, true) ?? 0
    for (let index = 0; index < depth; index++) {
      const weight = weights.getInt8(output * depth + index) - filter.zeroPoint
      sum += weight * ((input[index] ?? 0) - source.zeroPoint)
    }
    const scaled = multiplyByQuantisedMultiplier(sum | 0, multiplier) + target.zeroPoint
    return Math.min(Math.max(scaled, minimum), maximum)
  })
}

/** One multiplier for each channel. Dilation is not computed. */
function convolution(model: TfliteModel, operator: Operator, input: Int8Array): Int8Array {
  const { options } = operator
  if (options.kind !== 'convolution' && options.kind !== 'depthwise') throw new Error('no options')
  const [source = -1, filter = -1, biasTensor = -1] = operator.inputs
  const [from, target] = [parameters(model, source), parameters(model, operator.outputs[0])]
  const [inputTensor, filterTensor] = [model.tensors[source], model.tensors[filter]]
  const [, kernelHeight = 0, kernelWidth = 0] = filterTensor?.shape ?? []
  const depthwise = options.kind === 'depthwise'
  const outputs = filterTensor?.shape[depthwise ? 3 : 0] ?? 0
  const shape = { ...options, depthwise, outputs, kernelHeight, kernelWidth }
  const geometry = convolutionGeometry(inputTensor?.shape ?? [], shape)
  const scales = filterTensor?.quantisation?.scale ?? []
  const multipliers = Array.from({ length: outputs }, (_, channel) =>
    quantiseMultiplier((from.scale * (scales[scales.length === 1 ? 0 : channel] ?? 1)) / target.scale),
  )
  const [weights, bias] = [constant(model, filter), biasTensor < 0 ? undefined : constant(model, biasTensor)]
  const [minimum, maximum] = storedActivationRange(options.activation, target)
  const result = new Int8Array(geometry.outputShape.reduce((a, b) => a * b, 1))
  convolve(
    geometry,
    (at, weight) => ((input[at] ?? 0) - from.zeroPoint) * weights.getInt8(weight),
    (index, channel, sum) => {
      const whole = (sum + (bias?.getInt32(4 * channel, true) ?? 0)) | 0
      const scaled = multiplyByQuantisedMultiplier(whole, multipliers[channel] ?? { multiplier: 0, shift: 0 })
      result[index] = Math.min(Math.max(scaled + target.zeroPoint, minimum), maximum)
    },
  )
  return result
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
