/**
 * TensorFlow.js on its CPU backend, single-threaded and deterministic. The kernels that training spends its time in
 * are replaced by loops over typed arrays; the stock ones reach elements through an index function and take ten to
 * fifty times as long.
 */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
// Registers the gradients as well.
import '@tensorflow/tfjs-layers'

interface CpuBackend {
  readonly data: { get(id: tf.DataId): { readonly values: Float32Array } }
  makeTensorInfo(shape: number[], type: tf.DataType, values: Float32Array): tf.TensorInfo
}
type Kernel = (
  backend: CpuBackend,
  inputs: Readonly<Record<string, tf.TensorInfo>>,
  attributes: Readonly<Record<string, unknown>>,
) => tf.TensorInfo | undefined
type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>

let ready: Promise<void> | undefined

/** Call before anything else of TensorFlow.js. */
export async function prepareTensorFlow(): Promise<typeof tf> {
  ready ??= (async () => {
    tf.enableProdMode()
    await tf.setBackend('cpu')
    await tf.ready()
    for (const [name, kernel] of Object.entries(kernels)) replaceKernel(name, kernel)
  })()
  await ready
  return tf
}

/** A kernel that returns undefined leaves the work to the stock one. */
function replaceKernel(name: string, kernel: Kernel): void {
  const stock = tf.getKernel(name, 'cpu')
  tf.unregisterKernel(name, 'cpu')
  const kernelFunc: tf.KernelFunc = (given) => {
    const inputs = given.inputs as Record<string, tf.TensorInfo>
    const backend = given.backend as CpuBackend
    return kernel(backend, inputs, given.attrs ?? {}) ?? stock.kernelFunc(given)
  }
  tf.registerKernel({ ...stock, kernelFunc })
}

function input(inputs: Readonly<Record<string, tf.TensorInfo>>, name: string): tf.TensorInfo {
  const info = inputs[name]
  if (info === undefined) throw new Error(`no input ${name}`)
  return info
}
const valuesOf = (backend: CpuBackend, info: tf.TensorInfo) => backend.data.get(info.dataId).values

/** [m][k] x [k][n], either of them transposed; sums in float64. */
const multiplyMatrices: Kernel = (backend, inputs, { transposeA, transposeB }) => {
  const [a, b] = [input(inputs, 'a'), input(inputs, 'b')]
  const batch = [...a.shape.slice(0, -2), ...b.shape.slice(0, -2)]
  if (batch.some((size) => size !== 1) || a.shape.length !== b.shape.length) return undefined
  const [aRows = 0, aColumns = 0] = a.shape.slice(-2)
  const [bRows = 0, bColumns = 0] = b.shape.slice(-2)
  const [m, k] = transposeA === true ? [aColumns, aRows] : [aRows, aColumns]
  const n = transposeB === true ? bRows : bColumns
  const [aRow, aColumn] = transposeA === true ? [1, aColumns] : [aColumns, 1]
  const [x, y] = [valuesOf(backend, a), valuesOf(backend, b)]
  const result = new Float32Array(m * n)
  const row = new Float64Array(n)
  for (let i = 0; i < m; i++) {
    row.fill(0)
    if (transposeB === true) {
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum += (x[i * aRow + l * aColumn] ?? 0) * (y[j * k + l] ?? 0)
        row[j] = sum
      }
    } else {
      for (let l = 0; l < k; l++) {
        const factor = x[i * aRow + l * aColumn] ?? 0
        if (factor === 0) continue
        for (let j = 0; j < n; j++) row[j] = (row[j] ?? 0) + factor * (y[l * n + j] ?? 0)
      }
    }
    result.set(row, i * n)
  }
  return backend.makeTensorInfo([...a.shape.slice(0, -2), m, n], 'float32', result)
}

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

/** One of x, filter and y is computed from the other two. */
function convolution(depthwise: boolean, computes: 'x' | 'filter' | 'y', tap: Tap): Kernel {
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

const kernels: Readonly<Record<string, Kernel>> = {
  BatchMatMul: multiplyMatrices,
  Conv2D: convolution(false, 'y', forward),
  Conv2DBackpropFilter: convolution(false, 'filter', toWeights),
  Conv2DBackpropInput: convolution(false, 'x', toInput),
  DepthwiseConv2dNative: convolution(true, 'y', depthForward),
  DepthwiseConv2dNativeBackpropFilter: convolution(true, 'filter', depthToWeights),
  DepthwiseConv2dNativeBackpropInput: convolution(true, 'x', depthToInput),
}
export const replacedKernels = Object.keys(kernels)
