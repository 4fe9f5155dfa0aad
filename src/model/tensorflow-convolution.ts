/** Convolution and depthwise convolution of TensorFlow.js as loops over typed arrays, with their gradients. */
import * as tf from '@tensorflow/tfjs-core'
import type { CpuBackend, Kernel } from './tensorflow-kernel.ts'

type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>

/** Visits every tap of every window that lies within the input: offsets of pixel, output and tap. */
function eachTap(info: ConvolutionInfo, visit: (pixel: number, output: number, tap: number) => void): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = info
  for (let b = 0; b < batchSize; b++) {
    for (let y = 0; y < outHeight; y++) {
      for (let ky = 0; ky < filterHeight; ky++) {
        const inY = y * info.strideHeight - padInfo.top + ky
        if (inY < 0 || inY >= inHeight) continue
        for (let x = 0; x < outWidth; x++) {
          for (let kx = 0; kx < filterWidth; kx++) {
            const inX = x * info.strideWidth - padInfo.left + kx
            if (inX < 0 || inX >= inWidth) continue
            visit(
              (b * inHeight + inY) * inWidth + inX,
              (b * outHeight + y) * outWidth + x,
              ky * filterWidth + kx,
            )
          }
        }
      }
    }
  }
}

type Arrays = readonly [x: Float32Array, weights: Float32Array, y: Float32Array]
/** What one tap adds, for all its channels. */
type Tap = (arrays: Arrays, info: ConvolutionInfo) => (pixel: number, output: number, tap: number) => void

const forward: Tap =
  ([x, weights, y], { inChannels, outChannels }) =>
  (pixel, output, tap) => {
    for (let i = 0; i < inChannels; i++) {
      const value = x[pixel * inChannels + i] ?? 0
      const row = (tap * inChannels + i) * outChannels
      const to = output * outChannels
      for (let o = 0; o < outChannels; o++) y[to + o] = (y[to + o] ?? 0) + value * (weights[row + o] ?? 0)
    }
  }
const toWeights: Tap =
  ([x, weights, y], { inChannels, outChannels }) =>
  (pixel, output, tap) => {
    for (let i = 0; i < inChannels; i++) {
      const value = x[pixel * inChannels + i] ?? 0
      const row = (tap * inChannels + i) * outChannels
      const from = output * outChannels
      for (let o = 0; o < outChannels; o++)
        weights[row + o] = (weights[row + o] ?? 0) + value * (y[from + o] ?? 0)
    }
  }
const toInput: Tap =
  ([x, weights, y], { inChannels, outChannels }) =>
  (pixel, output, tap) => {
    for (let i = 0; i < inChannels; i++) {
      const row = (tap * inChannels + i) * outChannels
      const from = output * outChannels
      let sum = 0
      for (let o = 0; o < outChannels; o++) sum += (weights[row + o] ?? 0) * (y[from + o] ?? 0)
      x[pixel * inChannels + i] = (x[pixel * inChannels + i] ?? 0) + sum
    }
  }
const depthForward: Tap = ([x, weights, y], { inChannels, outChannels }) => {
  const multiplier = outChannels / inChannels
  return (pixel, output, tap) => {
    for (let o = 0; o < outChannels; o++) {
      const value = x[pixel * inChannels + Math.floor(o / multiplier)] ?? 0
      const to = output * outChannels + o
      y[to] = (y[to] ?? 0) + value * (weights[tap * outChannels + o] ?? 0)
    }
  }
}
const depthToWeights: Tap = ([x, weights, y], { inChannels, outChannels }) => {
  const multiplier = outChannels / inChannels
  return (pixel, output, tap) => {
    for (let o = 0; o < outChannels; o++) {
      const value = x[pixel * inChannels + Math.floor(o / multiplier)] ?? 0
      const to = tap * outChannels + o
      weights[to] = (weights[to] ?? 0) + value * (y[output * outChannels + o] ?? 0)
    }
  }
}
const depthToInput: Tap = ([x, weights, y], { inChannels, outChannels }) => {
  const multiplier = outChannels / inChannels
  return (pixel, output, tap) => {
    for (let o = 0; o < outChannels; o++) {
      const to = pixel * inChannels + Math.floor(o / multiplier)
      const weight = weights[tap * outChannels + o] ?? 0
      x[to] = (x[to] ?? 0) + weight * (y[output * outChannels + o] ?? 0)
    }
  }
}

interface Access {
  readonly input: (inputs: Readonly<Record<string, tf.TensorInfo>>, name: string) => tf.TensorInfo
  readonly valuesOf: (backend: CpuBackend, info: tf.TensorInfo) => Float32Array
}

/** The forward kernels give sums of both operands; their gradients follow from the same taps. */
export const convolutionKernels = (access: Access): Readonly<Record<string, Kernel>> => ({
  Conv2D: convolution(access, false, 'y', forward),
  Conv2DBackpropFilter: convolution(access, false, 'filter', toWeights),
  Conv2DBackpropInput: convolution(access, false, 'x', toInput),
  DepthwiseConv2dNative: convolution(access, true, 'y', depthForward),
  DepthwiseConv2dNativeBackpropFilter: convolution(access, true, 'filter', depthToWeights),
  DepthwiseConv2dNativeBackpropInput: convolution(access, true, 'x', depthToInput),
})

/** One of x, filter and y is computed from the other two. */
function convolution(
  { input, valuesOf }: Access,
  depthwise: boolean,
  computes: 'x' | 'filter' | 'y',
  tap: Tap,
): Kernel {
  return (backend, inputs, attributes) => {
    const { strides, pad, dilations, dimRoundingMode, dataFormat } = attributes
    if (dataFormat !== undefined && dataFormat !== 'NHWC') return undefined
    if ([dilations ?? 1].flat().some((rate) => rate !== 1)) return undefined
    const shape = (computed: string, name: string, attribute: string) =>
      computes === computed ? attributes[attribute] : input(inputs, name).shape
    const info = tf.backend_util.computeConv2DInfo(
      shape('x', 'x', 'inputShape') as [number, number, number, number],
      shape('filter', 'filter', 'filterShape') as [number, number, number, number],
      strides as number,
      1,
      pad as 'same',
      dimRoundingMode as undefined,
      depthwise,
    )
    const result = (of: string, name: string, size: readonly number[]) =>
      computes === of
        ? new Float32Array(size.reduce((a, b) => a * b, 1))
        : valuesOf(backend, input(inputs, name))
    const arrays: Arrays = [
      result('x', 'x', info.inShape),
      result('filter', 'filter', info.filterShape),
      result('y', 'dy', info.outShape),
    ]
    eachTap(info, tap(arrays, info))
    const [place, made] = { x: [0, info.inShape], filter: [1, info.filterShape], y: [2, info.outShape] }[
      computes
    ] as [0 | 1 | 2, number[]]
    return backend.makeTensorInfo(made, 'float32', arrays[place])
  }
}
