import type { Variant } from '../../model/experiment.ts'

/** What a name stands for is the same in every row: a variant is measured once. */
export const float32: Variant = { name: 'float32', convert: { precision: 'float32' } }

/** Convolutions with a scale for each channel, dense layers with one, as TFLM of July 2020 takes them. */
export const int8: Variant = { name: 'int8', convert: {} }

export const int8PerTensor: Variant = { name: 'int8 per-tensor', convert: { weights: 'per-tensor' } }

/** FULLY_CONNECTED version 12, which TFLM of July 2020 refuses. */
export const int8DensePerChannel: Variant = {
  name: 'int8 dense per-channel',
  convert: { fullyConnected: 'per-channel' },
}

export const int8Calibrated = (recordings: number): Variant => ({
  name: `int8 calibrated on ${recordings}`,
  convert: { calibrationSize: recordings },
})

/** With fewer, 80 % had not recovered: 66 % accuracy after 30 epochs, 97 % after 120 (dense-10000). */
export const pruningEpochs = 120

/** Smallest weights of each layer at zero, then int8; `epochs`: of fine-tuning, none prunes at once. */
export const pruned = (percent: number, epochs: number): Variant => ({
  name: percent === 0 ? 'int8 tuned further' : `int8 pruned ${percent} %${epochs === 0 ? ' at once' : ''}`,
  convert: {},
  tune: { how: 'pruned', sparsity: percent / 100, epochs },
})
