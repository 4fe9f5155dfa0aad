/** Training a converted graph further: with quantisation in the loop, with weights held at zero, or plainly, to compare. */
import { deflateRawSync } from 'node:zlib'
import type { Optimizer, Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Calibration } from './convert/convert.ts'
import type { Example } from './data/windows.ts'
import { batches } from './fit.ts'
import { shapesOf, type Graph } from './infer/graph.ts'
import { seededRandom } from './random.ts'
import { prepareTensorFlow } from './tensorflow.ts'
import { TrainableGraph, type Quantiser } from './trainable.ts'
import type { OnEpoch } from './train.ts'

export interface TuneOptions {
  readonly seed: number
  readonly epochs: number
  readonly batch: number
  readonly learningRate: number
  /** Channels of a window, which is turned by whole samples. */
  readonly channels: number
  /** Quantisation-aware: forwards as the converter will write it. */
  readonly quantiser?: Quantiser
  /** How fast the ranges of activations follow what is seen, for each batch; 0 holds them. 0.05 unless said. */
  readonly follow?: number
  /** Share of each layer's weights held at zero, the smallest ones, reached half-way. */
  readonly sparsity?: number
}

export const tuneDefaults = { epochs: 30, batch: 16, learningRate: 5e-4 } as const

export interface Tuned {
  readonly graph: Graph
  /** Ranges of the quantiser as they ended. */
  readonly calibration: Calibration | undefined
}

export async function tuneGraph(
  graph: Graph,
  examples: readonly Example[],
  options: TuneOptions,
  onEpoch?: OnEpoch,
): Promise<Tuned> {
  const tf = await prepareTensorFlow()
  const random = seededRandom(options.seed)
  const trainable = new TrainableGraph(graph, options.quantiser)
  const optimiser: Optimizer = tf.train.adam(options.learningRate)
  const follow = options.follow ?? 0.05
  const classes = shapesOf(graph).at(-1)?.at(-1) ?? 0
  let masks = prune(trainable, options.epochs === 0 ? (options.sparsity ?? 0) : 0)
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    if (options.sparsity !== undefined) {
      masks.forEach((mask) => mask.dispose())
      masks = prune(trainable, options.sparsity * rampAt(epoch, options.epochs))
    }
    let loss = 0
    for (const { inputs, labels, count, size } of batches(
      examples,
      options.batch,
      options.channels,
      random,
    )) {
      loss += tf.tidy(() => {
        const x = tf.tensor2d(inputs, [count, size])
        const y = tf.oneHot(tf.tensor1d(labels, 'int32'), classes)
        const { value, grads } = tf.variableGrads((): Scalar => {
          const logits = trainable.forward(x, follow).at(-1)
          if (logits === undefined) throw new Error('a graph has layers')
          return tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, logits)
        }, trainable.variables)
        optimiser.applyGradients(grads)
        masks.forEach((mask, index) => {
          const weights = trainable.weightVariables[index]
          weights?.assign(tf.mul(weights, mask))
        })
        return (value.dataSync()[0] ?? 0) * count
      })
    }
    onEpoch?.(epoch + 1, loss / examples.length)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const tuned = { graph: trainable.toGraph(), calibration: trainable.calibration }
  trainable.dispose()
  optimiser.dispose()
  masks.forEach((mask) => mask.dispose())
  return tuned

  /** Zeroes the smallest weights of every layer; gives what keeps them there. */
  function prune(of: TrainableGraph, sparsity: number) {
    if (sparsity === 0) return []
    return of.weightVariables.map((weights) => {
      const values = weights.dataSync<'float32'>()
      const count = Math.round(sparsity * values.length)
      const order = Array.from(values.keys()).sort(
        (a, b) => Math.abs(values[a] ?? 0) - Math.abs(values[b] ?? 0),
      )
      const mask = new Float32Array(values.length).fill(1)
      for (const at of order.slice(0, count)) mask[at] = 0
      const held = tf.tensor(mask, weights.shape)
      tf.tidy(() => weights.assign(tf.mul(weights, held)))
      return held
    })
  }
}

/** Quickly at first, all of it half-way (Zhu and Gupta 2017). */
const rampAt = (epoch: number, epochs: number) => 1 - (1 - Math.min(1, (2 * (epoch + 1)) / epochs)) ** 3

/** Share of the weights of all layers that are zero. */
export function sparsityOf(graph: Graph): number {
  const weights = graph.layers.flatMap((layer) => ('weights' in layer ? [layer.weights] : []))
  const zeros = weights.reduce((sum, values) => sum + values.filter((value) => value === 0).length, 0)
  return zeros / weights.reduce((sum, values) => sum + values.length, 0)
}

/** Bytes of a file once deflated, as an update over the air would carry it. */
export const compressedBytes = (bytes: Uint8Array): number => deflateRawSync(bytes, { level: 9 }).length
