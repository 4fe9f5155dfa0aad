import type { Padding } from '../../../runs/tflite/schema.ts'

/** Where a convolution over [1][height][width][channels] reads and writes. */
export interface ConvolutionGeometry {
  readonly depthwise: boolean
  readonly inputShape: readonly [height: number, width: number, channels: number]
  readonly outputShape: readonly [height: number, width: number, channels: number]
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly padTop: number
  readonly padLeft: number
}

interface ConvolutionShape {
  readonly depthwise: boolean
  readonly outputs: number
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly padding: Padding
}

/** TFLite's ComputePaddingHeightWidth and ComputeOutSize, without dilation. */
export function convolutionGeometry(
  inputShape: readonly number[],
  { padding, ...layer }: ConvolutionShape,
): ConvolutionGeometry {
  const [batch, height, width, channels] = inputShape
  if (batch !== 1 || height === undefined || width === undefined || channels === undefined) {
    throw new Error(`a convolution takes [1, height, width, channels], not [${inputShape.join()}]`)
  }
  if (layer.depthwise && layer.outputs % channels !== 0) {
    throw new Error(`a depthwise convolution of ${channels} channels cannot have ${layer.outputs} outputs`)
  }
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = layer
  const out = (size: number, kernel: number, stride: number) =>
    Math.ceil((padding === 'SAME' ? size : size - kernel + 1) / stride)
  const pad = (size: number, kernel: number, stride: number) =>
    Math.max(0, Math.floor(((out(size, kernel, stride) - 1) * stride + kernel - size) / 2))
  const [outHeight, outWidth] = [
    out(height, kernelHeight, strideHeight),
    out(width, kernelWidth, strideWidth),
  ]
  if (outHeight < 1 || outWidth < 1) {
    throw new Error(`a window of ${kernelHeight} x ${kernelWidth} does not fit in ${height} x ${width}`)
  }
  return {
    depthwise: layer.depthwise,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    inputShape: [height, width, channels],
    outputShape: [outHeight, outWidth, layer.outputs],
    padTop: pad(height, kernelHeight, strideHeight),
    padLeft: pad(width, kernelWidth, strideWidth),
  }
}

type Values = Float32Array | Int8Array

/**
 * Calls `store(index, channel, sum)` for every output, with the sum of (input - inputOffset) x weight over its
 * taps; taps in the padding are left out. Weights lie as TFLite has them: [outputs][kh][kw][channels], or
 * [1][kh][kw][outputs] depthwise.
 */
export function convolve(
  geometry: ConvolutionGeometry,
  input: Values,
  weights: Values,
  inputOffset: number,
  store: (index: number, channel: number, sum: number) => void,
): void {
  const { depthwise, kernelWidth } = geometry
  const channels = geometry.inputShape[2]
  const outputs = geometry.outputShape[2]
  const multiplier = outputs / channels
  const taps = geometry.kernelHeight * kernelWidth
  eachWindow(geometry, (first, window) => {
    for (let output = 0; output < outputs; output++) {
      let sum = 0
      for (const [pixel, tap] of window) {
        if (depthwise) {
          const weight = weights[tap * outputs + output] ?? 0
          sum += ((input[pixel + Math.floor(output / multiplier)] ?? 0) - inputOffset) * weight
          continue
        }
        const row = (output * taps + tap) * channels
        for (let channel = 0; channel < channels; channel++) {
          sum += ((input[pixel + channel] ?? 0) - inputOffset) * (weights[row + channel] ?? 0)
        }
      }
      store(first + output, output, sum)
    }
  })
}

/** Calls `store(index, values)` for every output of a pool, with the inputs in its window, the padding left out. */
export function poolWindows(
  geometry: ConvolutionGeometry,
  input: Values,
  store: (index: number, values: readonly number[]) => void,
): void {
  eachWindow(geometry, (first, window) => {
    for (let channel = 0; channel < geometry.inputShape[2]; channel++) {
      store(
        first + channel,
        window.map(([pixel]) => input[pixel + channel] ?? 0),
      )
    }
  })
}

/** Every place of the window: index of its first output, and the taps within the input: first channel, tap. */
function eachWindow(
  geometry: ConvolutionGeometry,
  visit: (first: number, taps: readonly (readonly [pixel: number, tap: number])[]) => void,
): void {
  const [height, width, channels] = geometry.inputShape
  const [outHeight, outWidth, outputs] = geometry.outputShape
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const taps: [number, number][] = []
      for (let ky = 0; ky < geometry.kernelHeight; ky++) {
        const inY = y * geometry.strideHeight - geometry.padTop + ky
        if (inY < 0 || inY >= height) continue
        for (let kx = 0; kx < geometry.kernelWidth; kx++) {
          const inX = x * geometry.strideWidth - geometry.padLeft + kx
          if (inX < 0 || inX >= width) continue
          taps.push([(inY * width + inX) * channels, ky * geometry.kernelWidth + kx])
        }
      }
      visit((y * outWidth + x) * outputs, taps)
    }
  }
}
