/**
 * TensorFlow.js on its CPU backend, single-threaded and deterministic. The kernels that training spends its time in
 * are replaced by loops over typed arrays; the stock ones reach elements through an index function and take ten to
 * fifty times as long.
 */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
// Registers the gradients as well.
import '@tensorflow/tfjs-layers'
import { convolutionKernels } from './tensorflow-convolution.ts'
import type { CpuBackend, Kernel } from './tensorflow-kernel.ts'

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
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
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

/** Element by element, where one shape ends in the other: [batch, height, width, channels] and [channels]. */
function elementwise(combine: (a: number, b: number) => number): Kernel {
  return (backend, inputs) => {
    const [a, b] = [input(inputs, 'a'), input(inputs, 'b')]
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined
    const long = sizeOf(a.shape) >= sizeOf(b.shape) ? a : b
    const short = long === a ? b : a
    const tail = short.shape.slice(short.shape.findIndex((size) => size !== 1))
    const ends =
      sizeOf(short.shape) === 1 || tail.every((size, at) => size === long.shape.at(at - tail.length))
    if (!ends || short.shape.length > long.shape.length) return undefined
    const [x, y] = [valuesOf(backend, a), valuesOf(backend, b)]
    const result = new Float32Array(sizeOf(long.shape))
    const [stepX, stepY] = [x.length === 1 ? 0 : 1, y.length === 1 ? 0 : 1]
    for (let at = 0, i = 0, j = 0; at < result.length; at++) {
      result[at] = combine(x[i] ?? 0, y[j] ?? 0)
      if ((i += stepX) === x.length) i = 0
      if ((j += stepY) === y.length) j = 0
    }
    return backend.makeTensorInfo(long.shape, 'float32', result)
  }
}

/** Sum or mean over all dimensions but the last. */
function reduceToLast(mean: boolean): Kernel {
  return (backend, inputs, { axis, keepDims }) => {
    const x = input(inputs, 'x')
    const rank = x.shape.length
    const axes = [axis ?? []]
      .flat()
      .map((one) => (Number(one) + rank) % rank)
      .sort()
    const leading = axes.length === rank - 1 && axes.every((one, at) => one === at)
    if (!leading || rank < 2 || keepDims === true || x.dtype !== 'float32') return undefined
    const channels = x.shape.at(-1) ?? 1
    const sums = new Float64Array(channels)
    const values = valuesOf(backend, x)
    for (let at = 0, channel = 0; at < values.length; at++) {
      sums[channel] = (sums[channel] ?? 0) + (values[at] ?? 0)
      if (++channel === channels) channel = 0
    }
    const count = mean ? values.length / channels : 1
    return backend.makeTensorInfo(
      [channels],
      'float32',
      Float32Array.from(sums, (sum) => sum / count),
    )
  }
}

const kernels: Readonly<Record<string, Kernel>> = {
  Add: elementwise((a, b) => a + b),
  Multiply: elementwise((a, b) => a * b),
  RealDiv: elementwise((a, b) => a / b),
  Sub: elementwise((a, b) => a - b),
  Sum: reduceToLast(false),
  Mean: reduceToLast(true),
  BatchMatMul: multiplyMatrices,
  ...convolutionKernels({ input, valuesOf }),
}
export const replacedKernels = Object.keys(kernels)
