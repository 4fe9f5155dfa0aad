import type * as tf from '@tensorflow/tfjs-core'

export interface CpuBackend {
  readonly data: { get(id: tf.DataId): { readonly values: Float32Array } }
  makeTensorInfo(shape: number[], type: tf.DataType, values: Float32Array): tf.TensorInfo
}

/** A kernel that returns undefined leaves the work to the stock one. */
export type Kernel = (
  backend: CpuBackend,
  inputs: Readonly<Record<string, tf.TensorInfo>>,
  attributes: Readonly<Record<string, unknown>>,
) => tf.TensorInfo | undefined
