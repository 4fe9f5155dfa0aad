import type { Activation, Tensor, TfliteModel } from '../../../runs/tflite/schema.ts'

const recurrent = 'use convolutions over time, with a global pool'
const advice: Readonly<Record<string, string>> = {
  LOGISTIC: 'end in a Dense layer of two outputs and Softmax; inside the network use ReLU',
  TANH: 'use ReLU',
  HARD_SWISH: 'use ReLU6',
  LEAKY_RELU: 'use ReLU',
  PRELU: 'use ReLU',
  ELU: 'use ReLU',
  GELU: 'use ReLU',
  MUL: 'use Add, or leave it out',
  SUB: 'use Add',
  CONCATENATION: 'use Add, or widen the layer before',
  PAD: "leave it out and say padding 'same' in the convolution behind it",
  TRANSPOSE: 'bring the data into that order before the model sees it',
  TRANSPOSE_CONV: 'use Conv2D',
  SVDF: recurrent,
  LSTM: recurrent,
  UNIDIRECTIONAL_SEQUENCE_LSTM: recurrent,
}

/** What to put in an operator's place. */
export const adviceForOperator = (type: string): string =>
  advice[type] ??
  'only FULLY_CONNECTED, CONV_2D, DEPTHWISE_CONV_2D, MAX_POOL_2D, AVERAGE_POOL_2D, MEAN, RESHAPE, SOFTMAX, RELU, RELU6, ' +
    'ADD, QUANTIZE and DEQUANTIZE can; as it is, the file can still be measured'

/** What saturation does where a quantised tensor cannot be negative: converters then leave the activation out. */
export function impliedActivation(tensor: Tensor | undefined): Activation {
  const { type, quantisation } = tensor ?? {}
  if (quantisation === undefined || (type !== 'INT8' && type !== 'UINT8')) return 'NONE'
  const [scale = 1] = quantisation.scale
  const lowest = type === 'INT8' ? -128 : 0
  if (quantisation.zeroPoint[0] !== lowest) return 'NONE'
  return Math.abs(255 * scale - 6) < scale ? 'RELU6' : 'RELU'
}

/**
 * The real values of a constant tensor, also of one that DEQUANTIZE makes of a constant; undefined where it is none.
 * Integers without a scale (axes, shapes) are themselves.
 */
export function constantsOf(model: TfliteModel, index: number): Float32Array | undefined {
  const tensor = model.tensors[index]
  if (tensor === undefined) return undefined
  const bytes = model.buffers[tensor.buffer]
  if (bytes === undefined || bytes.length === 0) {
    const maker = model.operators.find(({ type, outputs }) => type === 'DEQUANTIZE' && outputs[0] === index)
    const [from = -1] = maker?.inputs ?? []
    return maker === undefined || model.inputs.includes(from) ? undefined : constantsOf(model, from)
  }
  const stored = storedValues(tensor.type, bytes)
  if (stored === undefined || tensor.quantisation === undefined) return stored
  const { scale, zeroPoint, axis } = tensor.quantisation
  const inner = scale.length === 1 ? Infinity : tensor.shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  return stored.map((value, at) => {
    const channel = Math.floor(at / inner) % scale.length
    return (scale[channel] ?? 1) * (value - (zeroPoint[channel] ?? zeroPoint[0] ?? 0))
  })
}

function storedValues(type: string, bytes: Uint8Array): Float32Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = (size: number, at: (offset: number) => number) =>
    Float32Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => at(index * size))
  switch (type) {
    case 'FLOAT32':
      return values(4, (at) => view.getFloat32(at, true))
    case 'FLOAT16':
      return values(2, (at) => half(view.getUint16(at, true)))
    case 'INT8':
      return values(1, (at) => view.getInt8(at))
    case 'UINT8':
      return values(1, (at) => view.getUint8(at))
    case 'INT32':
      return values(4, (at) => view.getInt32(at, true))
    default:
      return undefined
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits >> 15 === 0 ? 1 : -1
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}
