import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import * as layers from '@tensorflow/tfjs-layers'
import type { Dense, Graph } from './infer/graph.ts'
import type { Example } from './data/windows.ts'
import { seededRandom, shuffled, type Random } from './random.ts'

export interface NetworkOptions {
  readonly seed: number
  readonly hidden: number
  readonly epochs: number
  readonly batch: number
  readonly learningRate: number
  /** Weight of the squared weights of the first layer in the loss. */
  readonly decay: number
  readonly classes: number
  readonly channelCount: number
}

/** Told after every epoch. */
export type OnEpoch = (epoch: number, loss: number) => void

/**
 * Trains a dense network: inputs -> hidden (ReLU) -> classes (softmax). Everything random comes from the seed.
 * Each epoch turns every window by a random number of samples (the end moves to the front): a window is cut
 * anywhere in a movement, so where it begins must not matter.
 */
export async function trainNetwork(
  examples: readonly Example[],
  options: NetworkOptions,
  onEpoch?: OnEpoch,
): Promise<Graph> {
  tf.enableProdMode()
  await tf.setBackend('cpu')
  await tf.ready()
  const { seed, channelCount, classes } = options
  const inputs = examples[0]?.input.length ?? 0
  const random = seededRandom(seed)
  const model = layers.sequential({
    layers: [
      layers.layers.dense({
        units: options.hidden,
        activation: 'relu',
        inputShape: [inputs],
        kernelInitializer: layers.initializers.heNormal({ seed }),
        kernelRegularizer: layers.regularizers.l2({ l2: options.decay }),
      }),
      layers.layers.dense({
        units: classes,
        activation: 'softmax',
        kernelInitializer: layers.initializers.glorotUniform({ seed: seed + 1 }),
      }),
    ],
  })
  model.compile({ optimizer: tf.train.adam(options.learningRate), loss: 'sparseCategoricalCrossentropy' })
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = shuffled(examples, random)
    let loss = 0
    for (let start = 0; start < order.length; start += options.batch) {
      const batch = order.slice(start, start + options.batch)
      const x = tf.tensor2d(
        Float32Array.from(batch.flatMap(({ input }) => [...turned(input, channelCount, random)])),
        [batch.length, inputs],
      )
      const y = tf.tensor1d(batch.map(({ label }) => label))
      loss += Number(await model.trainOnBatch(x, y)) * batch.length
      tf.dispose([x, y])
    }
    onEpoch?.(epoch + 1, loss / examples.length)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const graph = await toGraph(model, inputs)
  model.dispose()
  return graph
}

function turned(input: Float32Array, channelCount: number, random: Random): Float32Array {
  const samples = input.length / channelCount
  const by = Math.floor(random() * samples) * channelCount
  const result = new Float32Array(input.length)
  result.set(input.subarray(by))
  result.set(input.subarray(0, by), input.length - by)
  return result
}

/** TensorFlow keeps a kernel as [inputs][outputs], TFLite as [outputs][inputs]. */
async function toGraph(model: layers.Sequential, inputs: number): Promise<Graph> {
  const dense: Dense[] = []
  for (const [index, layer] of model.layers.entries()) {
    const [kernel, bias] = layer.getWeights()
    if (kernel === undefined || bias === undefined) throw new Error('a dense layer has a kernel and a bias')
    const transposed = tf.transpose(kernel)
    dense.push({
      kind: 'dense',
      name: `dense_${index + 1}`,
      outputs: bias.size,
      inputs: kernel.size / bias.size,
      weights: new Float32Array(await transposed.data()),
      bias: new Float32Array(await bias.data()),
      activation: index < model.layers.length - 1 ? 'RELU' : 'NONE',
    })
    transposed.dispose()
  }
  return { inputShape: [1, inputs], layers: [...dense, { kind: 'softmax', name: 'probabilities' }] }
}
