/** Networks of the gesture task, made for any window: dense ones by size, convolutions over time by width. */
import { initializers, layers, regularizers, sequential, type Sequential } from '@tensorflow/tfjs-layers'

/** One window as the model takes it: sample after sample, each its channels. */
export interface WindowShape {
  readonly samples: number
  readonly channels: number
}

export interface Architecture {
  /** Names it in tables and in the cache. */
  readonly name: string
  readonly kind: 'dense' | 'convolution' | 'separable'
  /** Untrained; everything random comes from the seed. */
  build(window: WindowShape, classes: number, seed: number): Sequential
}

export const denseSizes = [100_000, 30_000, 10_000, 3_000, 1_000] as const

const decay = 1e-3
const dropoutRate = 0.2
const kernelSamples = 5

/** Units of the hidden layer whose network comes nearest to so many parameters. */
export function hiddenUnits(parameters: number, { samples, channels }: WindowShape, classes: number): number {
  return Math.max(1, Math.round((parameters - classes) / (samples * channels + 1 + classes)))
}

/** inputs -> hidden (ReLU) -> classes (softmax), with about so many parameters. */
export function denseArchitecture(parameters: number): Architecture {
  return {
    name: `dense-${parameters}`,
    kind: 'dense',
    build: (window, classes, seed) =>
      sequential({
        layers: [
          layers.dense({
            name: 'hidden',
            units: hiddenUnits(parameters, window, classes),
            activation: 'relu',
            inputShape: [window.samples * window.channels],
            kernelInitializer: initializers.heNormal({ seed }),
            kernelRegularizer: regularizers.l2({ l2: decay }),
          }),
          ...head(classes, seed),
        ],
      }),
  }
}

/** Two convolutions over time of `width` and twice `width` channels, a global average, a dense layer. */
export function convolutionArchitecture(width: number): Architecture {
  return {
    name: `convolution-${width}`,
    kind: 'convolution',
    build: (window, classes, seed) =>
      sequential({
        layers: [
          ...first(window, width, seed),
          convolution('conv_2', 2 * width, kernelSamples, 2, seed + 1),
          ...normalised('2'),
          layers.globalAveragePooling2d({ name: 'average' }),
          layers.dropout({ name: 'dropout', rate: dropoutRate, seed: seed + 2 }),
          ...head(classes, seed),
        ],
      }),
  }
}

/** The same with the second convolution in two: one kernel for each channel, then a mix of the channels. */
export function separableArchitecture(width: number): Architecture {
  return {
    name: `separable-${width}`,
    kind: 'separable',
    build: (window, classes, seed) =>
      sequential({
        layers: [
          ...first(window, width, seed),
          layers.depthwiseConv2d({
            name: 'depthwise_2',
            kernelSize: [kernelSamples, 1],
            strides: [2, 1],
            padding: 'same',
            depthwiseInitializer: initializers.heNormal({ seed: seed + 3 }),
          }),
          ...normalised('depthwise_2'),
          convolution('pointwise_2', 2 * width, 1, 1, seed + 1),
          ...normalised('2'),
          layers.globalAveragePooling2d({ name: 'average' }),
          layers.dropout({ name: 'dropout', rate: dropoutRate, seed: seed + 2 }),
          ...head(classes, seed),
        ],
      }),
  }
}

/** By the name that an architecture carries: dense-10000, convolution-8, separable-8. */
export function architectureOf(name: string): Architecture | undefined {
  const [, kind = '', size = ''] = /^(dense|convolution|separable)-(\d+)$/.exec(name) ?? []
  const make = {
    dense: denseArchitecture,
    convolution: convolutionArchitecture,
    separable: separableArchitecture,
  }
  return kind in make ? make[kind as keyof typeof make](Number(size)) : undefined
}

const convolution = (name: string, filters: number, kernel: number, stride: number, seed: number) =>
  layers.conv2d({
    name,
    filters,
    kernelSize: [kernel, 1],
    strides: [stride, 1],
    padding: 'same',
    kernelInitializer: initializers.heNormal({ seed }),
  })

function first({ samples, channels }: WindowShape, width: number, seed: number) {
  return [
    layers.reshape({
      name: 'window',
      targetShape: [samples, 1, channels],
      inputShape: [samples * channels],
    }),
    convolution('conv_1', width, kernelSamples, 2, seed),
    ...normalised('1'),
  ]
}

const normalised = (name: string) => [
  layers.batchNormalization({ name: `normalisation_${name}`, momentum: 0.9 }),
  layers.activation({ name: `relu_${name}`, activation: 'relu' }),
]

const head = (classes: number, seed: number) => [
  layers.dense({
    name: 'classes',
    units: classes,
    activation: 'softmax',
    kernelInitializer: initializers.glorotUniform({ seed: seed + 1 }),
  }),
]
