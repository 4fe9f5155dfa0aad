import type { Activation, Padding } from './schema.ts'

/** The converter's own form of a network: a chain of layers, weights in TFLite's layouts, batch of one. */
export interface Graph {
  readonly inputShape: readonly number[]
  readonly layers: readonly Layer[]
}

export interface Dense {
  readonly kind: 'dense'
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  /** [outputs][inputs] */
  readonly weights: Float32Array
  readonly bias: Float32Array
  readonly activation: Activation
}

export interface Softmax {
  readonly kind: 'softmax'
  readonly name: string
}

/** height x width x channels; weights of a convolution [outputs][kh][kw][channels], depthwise [kh][kw][outputs]. */
export interface Convolution {
  readonly kind: 'convolution' | 'depthwise'
  readonly name: string
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly outputs: number
  readonly weights: Float32Array
  readonly bias: Float32Array
  readonly strideHeight: number
  readonly strideWidth: number
  readonly padding: Padding
  readonly activation: Activation
}

export interface Reshape {
  readonly kind: 'reshape'
  readonly name: string
  readonly shape: readonly number[]
}

export type Layer = Dense | Convolution | Reshape | Softmax
