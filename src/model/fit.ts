import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Example } from './data/windows.ts'
import { seededRandom, shuffled, type Random } from './random.ts'
import { prepareTensorFlow } from './tensorflow.ts'
import type { OnEpoch } from './train.ts'

export interface FitOptions {
  readonly seed: number
  readonly epochs: number
  readonly batch: number
  readonly learningRate: number
  /** Channels of a window, which is turned by whole samples. */
  readonly channels: number
}

export const fitDefaults = { epochs: 60, batch: 16, learningRate: 2e-3 } as const

/** Each batch in an order the seed decides, every window turned by a random number of samples. */
export function* batches(examples: readonly Example[], batch: number, channels: number, random: Random) {
  const order = shuffled(examples, random)
  for (let start = 0; start < order.length; start += batch) {
    const part = order.slice(start, start + batch)
    const size = part[0]?.input.length ?? 0
    const inputs = new Float32Array(part.length * size)
    part.forEach(({ input }, index) => {
      const by = Math.floor(random() * (size / channels)) * channels
      inputs.set(input.subarray(by), index * size)
      inputs.set(input.subarray(0, by), index * size + size - by)
    })
    yield { inputs, labels: part.map(({ label }) => label), size, count: part.length }
  }
}

/** Trains a layers model in place. Everything random comes from the seed, dropout included. */
export async function fitModel(
  model: LayersModel,
  examples: readonly Example[],
  options: FitOptions,
  onEpoch?: OnEpoch,
): Promise<void> {
  const tf = await prepareTensorFlow()
  const random = seededRandom(options.seed)
  const inputShape = model.inputs[0]?.shape.slice(1).map(Number) ?? []
  // TensorFlow.js draws the same mask for the same seed, and one that cannot be repeated without.
  const dropouts = model.layers.filter((layer) => layer.getClassName() === 'Dropout') as unknown as {
    seed: number
  }[]
  model.compile({ optimizer: tf.train.adam(options.learningRate), loss: 'sparseCategoricalCrossentropy' })
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    let loss = 0
    for (const { inputs, labels, count } of batches(examples, options.batch, options.channels, random)) {
      for (const layer of dropouts) layer.seed = 1 + Math.floor(random() * 2 ** 30)
      const x = tf.tensor(inputs, [count, ...inputShape])
      const y = tf.tensor1d(labels)
      loss += Number(await model.trainOnBatch(x, y)) * count
      tf.dispose([x, y])
    }
    onEpoch?.(epoch + 1, loss / examples.length)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
