import type { Padding } from './schema.ts'

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
  const out = (size: number, kernel: number, stride: number) =>
    Math.ceil((padding === 'SAME' ? size : size - kernel + 1) / stride)
  const pad = (size: number, kernel: number, stride: number) =>
    Math.max(0, Math.floor(((out(size, kernel, stride) - 1) * stride + kernel - size) / 2))
  const { kernelHeight, kernelWidth, strideHeight, strideWidth } = layer
  return {
    ...layer,
    inputShape: [height, width, channels],
    outputShape: [
      out(height, kernelHeight, strideHeight),
      out(width, kernelWidth, strideWidth),
      layer.outputs,
    ],
    padTop: pad(height, kernelHeight, strideHeight),
    padLeft: pad(width, kernelWidth, strideWidth),
  }
}

/**
 * Calls `store(index, channel, sum)` for every output, with the sum of `product(input index, weight index)` over
 * its taps; taps in the padding are left out. Weights lie as TFLite has them: [outputs][kh][kw][channels], or
 * [1][kh][kw][outputs] depthwise.
 */
export function convolve(
  geometry: ConvolutionGeometry,
  product: (input: number, weight: number) => number,
  store: (index: number, channel: number, sum: number) => void,
): void {
  const { depthwise, kernelHeight, kernelWidth } = geometry
  const [height, width, channels] = geometry.inputShape
  const [outHeight, outWidth, outputs] = geometry.outputShape
  const sumAt = (y: number, x: number, output: number) => {
    let sum = 0
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++) {
        const [inY, inX] = [y + ky, x + kx]
        if (inY < 0 || inY >= height || inX < 0 || inX >= width) continue
        const pixel = (inY * width + inX) * channels
        const tap = ky * kernelWidth + kx
        if (depthwise) {
          sum += product(pixel + Math.floor((output * channels) / outputs), tap * outputs + output)
          continue
        }
        const weights = (output * kernelHeight * kernelWidth + tap) * channels
        for (let channel = 0; channel < channels; channel++)
          sum += product(pixel + channel, weights + channel)
      }
    }
    return sum
  }
  let index = 0
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const [top, left] = [
        y * geometry.strideHeight - geometry.padTop,
        x * geometry.strideWidth - geometry.padLeft,
      ]
      for (let output = 0; output < outputs; output++) store(index++, output, sumAt(top, left, output))
    }
  }
}
