import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Padding } from '../../../runs/tflite/schema.ts'

type TfLayer = LayersModel['layers'][number]
type Fail = (why: string) => never

/** What is read of a TensorFlow.js layer's configuration. */
export interface Config {
  readonly activation?: string
  readonly kernelSize?: unknown
  readonly strides?: unknown
  readonly poolSize?: unknown
  readonly dilationRate?: unknown
  readonly padding?: string
  readonly dataFormat?: string
  readonly depthMultiplier?: number
  readonly maxValue?: number | null
  readonly axis?: number | readonly number[] | null
  readonly epsilon?: number
  readonly scale?: boolean
  readonly center?: boolean
}

/** Keys come in camel case or, from some layers, in Python's. */
export function configOf(layer: TfLayer, fail: Fail): Config {
  const entries = Object.entries(layer.getConfig()).map(([key, value]) => [
    key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ])
  const config = Object.fromEntries(entries) as Record<string, unknown>
  const { activation } = config
  if (activation != null && typeof activation !== 'string') {
    const { className } = activation as { className?: unknown }
    if (typeof className !== 'string')
      fail('its activation is not one of TensorFlow.js: use relu, relu6 or softmax')
    config['activation'] = className
  }
  if (activation === null) delete config['activation']
  return config
}

/** 3, [3] and [1, 3] say the same of one dimension; [5, 3] is height and width. */
export function pair(value: unknown): readonly [height: number, width: number] {
  if (typeof value === 'number') return [value, value]
  if (!Array.isArray(value)) return [1, 1]
  const numbers = value.map(Number)
  return numbers.length === 1 ? [1, numbers[0] ?? 1] : [numbers[0] ?? 1, numbers[1] ?? 1]
}

export function padding(config: Config, fail: Fail): Padding {
  if (config.padding === 'same') return 'SAME'
  if (config.padding === 'causal') fail('TensorFlow Lite Micro has no causal padding: use same or valid')
  return 'VALID'
}

export async function weightsOf(layer: TfLayer): Promise<Float32Array[]> {
  return await Promise.all(layer.getWeights().map(async (tensor) => new Float32Array(await tensor.data())))
}

const recurrent =
  'TensorFlow Lite Micro of 2020 has no recurrent layer: use Conv1D or Conv2D over time, with a global pool'
const advice: Readonly<Record<string, string>> = {
  LSTM: recurrent,
  GRU: recurrent,
  SimpleRNN: recurrent,
  RNN: recurrent,
  ConvLSTM2D: recurrent,
  Bidirectional: recurrent,
  TimeDistributed: 'apply the layer itself: a convolution runs over time already',
  LeakyReLU: 'use ReLU',
  PReLU: 'use ReLU',
  ELU: 'use ReLU',
  ThresholdedReLU: 'use ReLU',
  Concatenate: 'use Add, or widen the layer before',
  Multiply: 'use Add, or leave it out',
  Average: 'use Add',
  Maximum: 'use MaxPooling or Add',
  Minimum: 'use Add',
  Dot: 'use Dense',
  ZeroPadding2D: "leave it out and say padding: 'same' in the convolution behind it",
  Cropping2D: "leave it out and say padding: 'valid' in the convolution before it",
  Conv2DTranspose: 'use Conv2D',
  Conv3D: 'use Conv2D',
  UpSampling2D: 'leave it out; classifiers need none',
  Permute: 'bring the data into that order before the model sees it',
  Embedding: 'feed numbers rather than words',
  LayerNormalization: 'use BatchNormalization, which costs nothing on the device',
  Sequential: 'a model in a model: add its layers one by one',
  Functional: 'a model in a model: apply its layers one by one',
  Model: 'a model in a model: apply its layers one by one',
}

export const adviceFor = (kind: string) =>
  advice[kind] ??
  'use Dense, Conv1D, Conv2D, DepthwiseConv2D, SeparableConv2D, pooling, Flatten, Reshape, Add, ReLU, Softmax, ' +
    'BatchNormalization or Dropout'
