/**
 * Reference inference of an int8 .tflite model in TypeScript, bit for bit what today's TFLite reference kernels give.
 * Needs no interpreter: the second opinion on ours, and on the emulated firmware. Known to differ in TFLM of 2020:
 * its depthwise convolution ignores the fused activation, which changes nothing where the output's range begins at
 * that activation's minimum (the converter's does); its RELU and RELU6 do not rescale (the converter's need not);
 * it has no MEAN of int8.
 */
import {
  addInt8,
  averagePoolInt8,
  convolutionInt8,
  fullyConnectedInt8,
  maxPoolInt8,
  meanInt8,
  reluInt8,
  softmaxInt8,
} from './int8-kernels.ts'
import { dequantiseActivations, quantiseActivations } from './quantise.ts'
import type { Operator, TfliteModel } from '../../../runs/tflite/schema.ts'

export { softmaxInt8, storedActivationRange } from './int8-kernels.ts'

/** Int8Array between QUANTIZE and DEQUANTIZE, Float32Array outside them. */
export type Values = Int8Array | Float32Array

/** The output of every operator for one input, the model's own output last. All must be int8. */
export function inferInt8(model: TfliteModel, input: Int8Array): Int8Array[] {
  return inferQuantised(model, input).map((values, index) => {
    if (values instanceof Int8Array) return values
    throw new Error(`operator ${index} gives float32: use inferQuantised`)
  })
}

/** As inferInt8, for models that have float32 at their ends as well. */
export function inferQuantised(model: TfliteModel, input: Values): Values[] {
  const values = new Map<number, Values>([[model.inputs[0] ?? 0, input]])
  return model.operators.map((operator, index) => {
    const from = operator.inputs.flatMap((tensor) => values.get(tensor) ?? [])
    const [first] = from
    if (first === undefined) throw new Error(`operator ${index} (${operator.type}) has no input yet`)
    const result = evaluate(model, operator, first, from[1])
    values.set(operator.outputs[0] ?? -1, result)
    return result
  })
}

function evaluate(model: TfliteModel, operator: Operator, input: Values, other: Values | undefined): Values {
  if (operator.type === 'RESHAPE') return input
  if (operator.type === 'QUANTIZE' && input instanceof Float32Array) {
    const quantisation = model.tensors[operator.outputs[0] ?? -1]?.quantisation
    if (quantisation !== undefined) return quantiseActivations(input, quantisation)
  }
  if (!(input instanceof Int8Array)) throw new Error(`${operator.type} of float32 has no reference here`)
  switch (operator.type) {
    case 'FULLY_CONNECTED':
      return fullyConnectedInt8(model, operator, input)
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D':
      return convolutionInt8(model, operator, input)
    case 'MAX_POOL_2D':
      return maxPoolInt8(model, operator, input)
    case 'AVERAGE_POOL_2D':
      return averagePoolInt8(model, operator, input)
    case 'MEAN':
      return meanInt8(model, operator, input)
    case 'RELU':
    case 'RELU6':
      return reluInt8(model, operator, input)
    case 'ADD':
      if (!(other instanceof Int8Array)) throw new Error('ADD takes two int8 tensors that are computed')
      return addInt8(model, operator, input, other)
    case 'SOFTMAX': {
      const scale = model.tensors[operator.inputs[0] ?? -1]?.quantisation?.scale[0] ?? 1
      return softmaxInt8(input, scale, operator.options.kind === 'softmax' ? operator.options.beta : 1)
    }
    case 'DEQUANTIZE': {
      const quantisation = model.tensors[operator.inputs[0] ?? -1]?.quantisation
      if (quantisation !== undefined) return dequantiseActivations(input, quantisation)
    }
  }
  throw new Error(`${operator.type} has no int8 reference here`)
}
