import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import {
  input,
  layers,
  model as functional,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { convertLayersModel, evenly } from './convert.ts'
import { describeModel } from '../../../runs/tflite/describe.ts'
import { inferFloat } from '../infer/infer-float.ts'
import { inferInt8 } from '../infer/infer-int8.ts'
import { graphOfLayers } from './layers.ts'
import { dequantiseActivations, quantiseActivations } from '../infer/quantise.ts'
import { seededRandom } from '../random.ts'
import { readModel } from '../../../runs/tflite/read.ts'

beforeAll(async () => {
  tf.enableProdMode()
  await tf.setBackend('cpu')
})

const random = seededRandom(5)
const values = (length: number) => Float32Array.from({ length }, () => 4 * random() - 2)

/** All weights random, so that a folded mean, variance or bias of 0 hides nothing. */
function randomised(model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    layer.setWeights(
      layer.getWeights().map((weight, index, all) => {
        const variance = layer.getClassName() === 'BatchNormalization' && index === all.length - 1
        const made = values(weight.size).map((value) => (variance ? 0.2 + Math.abs(value) : value / 2))
        return tf.tensor(made, weight.shape)
      }),
    )
  }
  return model
}

const { batchNormalization, conv1d, conv2d, dense, dropout, flatten, separableConv2d } = layers
const relu = () => layers.activation({ activation: 'relu' })

const residual = () => {
  const start = input({ shape: [12, 2, 4] })
  const left = batchNormalization().apply(conv2d({ filters: 4, kernelSize: 3, padding: 'same' }).apply(start))
  const sum = layers.add().apply([left as SymbolicTensor, start])
  const pooled = layers.globalAveragePooling2d({}).apply(relu().apply(sum))
  return functional({ inputs: start, outputs: dense({ units: 3 }).apply(pooled) as SymbolicTensor })
}

const models: Record<string, [() => LayersModel, string[]]> = {
  'dense, batch normalisation, dropout': [
    () =>
      sequential({
        layers: [
          dense({ units: 8, inputShape: [10], useBias: false }),
          batchNormalization(),
          relu(),
          dropout({ rate: 0.5 }),
          dense({ units: 5, activation: 'relu6' }),
          layers.gaussianNoise({ stddev: 1 }),
          dense({ units: 3, activation: 'softmax' }),
        ],
      }),
    ['dense RELU', 'dense RELU6', 'dense NONE', 'softmax'],
  ],
  'convolution over time': [
    () =>
      sequential({
        layers: [
          conv1d({ filters: 6, kernelSize: 5, strides: 2, padding: 'same', inputShape: [30, 4] }),
          batchNormalization({ scale: false }),
          layers.reLU({ maxValue: 6 }),
          layers.maxPooling1d({ poolSize: 2 }),
          dropout({ rate: 0.2 }),
          conv1d({ filters: 3, kernelSize: 3, activation: 'relu' }),
          layers.averagePooling1d({ poolSize: 3, strides: 1, padding: 'same' }),
          flatten(),
          dense({ units: 2 }),
          layers.softmax(),
        ],
      }),
    ['convolution RELU6', 'maxPool', 'convolution RELU', 'averagePool', 'reshape', 'dense NONE', 'softmax'],
  ],
  'depthwise and separable convolution': [
    () =>
      sequential({
        layers: [
          layers.reshape({ targetShape: [20, 1, 6], inputShape: [120] }),
          layers.depthwiseConv2d({ kernelSize: [3, 1], depthMultiplier: 2, padding: 'same' }),
          batchNormalization({ center: false }),
          relu(),
          separableConv2d({ filters: 5, kernelSize: [4, 1], strides: [1, 1], activation: 'relu' }),
          batchNormalization(),
          layers.globalMaxPooling2d({}),
          dense({ units: 3, activation: 'linear' }),
        ],
      }),
    [
      'reshape',
      'depthwise RELU',
      'depthwise NONE',
      'convolution RELU',
      'depthwise NONE',
      'maxPool',
      'reshape',
      'dense NONE',
    ],
  ],
  'residual block': [residual, ['convolution NONE', 'add RELU', 'mean', 'dense NONE']],
}

describe('graphOfLayers', () => {
  it.each(Object.entries(models))('%s: infers what TensorFlow.js predicts', async (_, [make, expected]) => {
    const model = randomised(make())
    const graph = await graphOfLayers(model)
    expect(
      graph.layers.map((layer) => layer.kind + ('activation' in layer ? ` ${layer.activation}` : '')),
    ).toEqual(expected)
    const shape = model.inputs[0]!.shape.slice(1) as number[]
    for (let trial = 0; trial < 5; trial++) {
      const data = values(shape.reduce((a, b) => a * b, 1))
      const predicted = (model.predict(tf.tensor(data, [1, ...shape])) as tf.Tensor).dataSync()
      inferFloat(graph, data)
        .at(-1)!
        .forEach((value, index) => expect(value).toBeCloseTo(predicted[index]!, 4))
    }
  })

  it.each<[() => unknown, RegExp]>([
    [
      () => layers.lstm({ units: 2, recurrentInitializer: 'zeros', inputShape: [4, 2] }),
      /layer "lstm\w*" \(LSTM\).*use Conv1D/,
    ],
    [() => layers.leakyReLU({ inputShape: [4] }), /\(LeakyReLU\).*use ReLU/],
    [() => dense({ units: 2, inputShape: [4], activation: 'sigmoid' }), /\(Dense\).*sigmoid: use relu/],
    [() => dense({ units: 2, inputShape: [4, 4] }), /more than one dimension: put Flatten/],
    [() => conv1d({ filters: 2, kernelSize: 2, padding: 'causal', inputShape: [4, 2] }), /no causal padding/],
    [() => conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, inputShape: [8, 8, 1] }), /dilated/],
    [() => batchNormalization({ inputShape: [4] }), /Put BatchNormalization behind Dense/],
    [() => layers.reLU({ maxValue: 3, inputShape: [4] }), /neither left out nor 6/],
    [() => conv1d({ filters: 2, kernelSize: 2, inputShape: [null, 2] }), /unknown size/],
  ])('%#: names the layer and what to do', async (make, message) => {
    await expect(
      graphOfLayers(sequential({ layers: [make() as LayersModel['layers'][number]] })),
    ).rejects.toThrow(message)
  })
})

describe('convertLayersModel', () => {
  it('int8 stays near TensorFlow.js', async () => {
    const model = randomised(models['convolution over time']![0]())
    const inputs = Array.from({ length: 40 }, () => values(120))
    const { bytes } = await convertLayersModel(model, inputs)
    const tflite = readModel(bytes)
    const [first, last] = [tflite.inputs[0]!, tflite.outputs[0]!].map(
      (tensor) => tflite.tensors[tensor]!.quantisation!,
    )
    inputs.forEach((data) => {
      const predicted = (model.predict(tf.tensor(data, [1, 30, 4])) as tf.Tensor).dataSync()
      const stored = inferInt8(tflite, quantiseActivations(data, first!)).at(-1)!
      dequantiseActivations(stored, last!).forEach((value, at) => {
        expect(Math.abs(value - predicted[at]!)).toBeLessThan(0.15)
      })
    })
    const float32 = (await convertLayersModel(model, [], { precision: 'float32' })).bytes
    expect(describeModel(readModel(float32)).totals.parameters).toBeGreaterThan(100)
  })

  it('names inputs that do not fit', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [4] })] })
    await expect(convertLayersModel(model, [values(3)])).rejects.toThrow('has 3 values; the model takes 4')
    await expect(convertLayersModel(model, [])).rejects.toThrow('at least one recording')
  })

  it('takes calibration inputs evenly spaced', () => {
    expect(evenly([0, 1, 2, 3, 4, 5, 6, 7], 3)).toEqual([0, 2, 5])
    expect(evenly([0, 1], 5)).toEqual([0, 1])
  })
})
