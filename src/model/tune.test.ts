import { beforeAll, describe, expect, it } from 'vitest'
import { architectureOf } from './architectures.ts'
import { calibrate, convertToInt8, type QuantiseOptions } from './convert/convert.ts'
import { fakeQuantise, fakeQuantiseWeights, weightScales } from './fake-quantise.ts'
import { fitModel } from './fit.ts'
import type { Graph } from './infer/graph.ts'
import { inferFloat } from './infer/infer-float.ts'
import { inferInt8 } from './infer/infer-int8.ts'
import { graphOfLayers } from './convert/layers.ts'
import type { Example } from './data/windows.ts'
import {
  activationQuantisation,
  dequantiseActivations,
  quantiseActivations,
  quantiseWeights,
} from './infer/quantise.ts'
import { seededRandom } from './random.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { prepareTensorFlow } from './tensorflow.ts'
import { TrainableGraph } from './trainable.ts'
import { compressedBytes, sparsityOf, tuneDefaults, tuneGraph } from './tune.ts'

type Tf = Awaited<ReturnType<typeof prepareTensorFlow>>
let tf: Tf

const window = { samples: 24, channels: 3 }
const random = seededRandom(3)
/** Three classes that differ in frequency. */
const examples: Example[] = Array.from({ length: 30 }, (_, index) => ({
  label: index % 3,
  input: Float32Array.from(
    { length: 72 },
    (_, at) => Math.sin((1 + (index % 3)) * Math.floor(at / 3)) + random() - 0.5,
  ),
}))
const inputs = examples.map(({ input }) => input)
const base = { ...tuneDefaults, seed: 2, channels: 3 }
const trained: Record<string, { graph: Graph; predicted: number[][] }> = {}

beforeAll(async () => {
  tf = await prepareTensorFlow()
  for (const name of ['dense-1000', 'convolution-4', 'separable-4']) {
    const model = architectureOf(name)!.build(window, 3, 1)
    await fitModel(model, examples, { seed: 1, epochs: 12, batch: 10, learningRate: 5e-3, channels: 3 })
    const x = tf.tensor(
      inputs.flatMap((values) => [...values]),
      [30, 72],
    )
    const predicted = model.predict(x) as ReturnType<Tf['tensor2d']>
    trained[name] = { graph: await graphOfLayers(model), predicted: await predicted.array() }
  }
})

const batchOf = () =>
  tf.tensor(
    inputs.flatMap((values) => [...values]),
    [30, 72],
  )
const rows = (tensor: ReturnType<Tf['tensor']>) => tensor.arraySync() as number[][]

/**
 * The kernels round twice, to 2^shift of a step and then to a step; with coarse steps the shift is small (3 here,
 * where 3.46 becomes 3.5 and then 4), and one value in sixteen goes up instead of down.
 */
const quantised: [string, QuantiseOptions, number][] = [
  ['dense-1000', {}, 0.9],
  ['dense-1000', { fullyConnected: 'per-channel' }, 0.9],
  ['convolution-4', {}, 0.9],
  ['convolution-4', { mean: 'MEAN' }, 0.9],
  ['separable-4', { weights: 'per-tensor' }, 0.9],
  ['separable-4', { weightBits: 4, activationBits: 6 }, 0.7],
]

describe('before fine-tuning', () => {
  it.each(['dense-1000', 'convolution-4', 'separable-4'])(
    '%s: the graph infers what the layers model predicts, batch normalisation and dropout gone',
    (name) => {
      const { graph, predicted } = trained[name]!
      const logits = rows(new TrainableGraph(graph).forward(batchOf()).at(-1)!)
      inputs.forEach((input, index) => {
        const all = inferFloat(graph, input)
        all.at(-1)!.forEach((value, at) => expect(value).toBeCloseTo(predicted[index]![at]!, 4))
        all.at(-2)!.forEach((value, at) => expect(value).toBeCloseTo(logits[index]![at]!, 4))
      })
    },
  )

  it.each(quantised)(
    '%s %j: the fake-quantised graph gives what int8 inference gives, to a step',
    (name, options, share) => {
      const { graph } = trained[name]!
      const calibration = calibrate(graph, inputs)
      const fake = new TrainableGraph(graph, { options, calibration }).forward(batchOf())
      const model = readModel(convertToInt8(graph, calibration, '', options))
      const input = model.tensors[model.inputs[0]!]!.quantisation!
      const output = model.tensors[model.operators.at(-1)!.inputs[0]!]!.quantisation!
      let equal = 0
      rows(fake.at(-2)!).forEach((logits, index) => {
        const stored = inferInt8(model, quantiseActivations(inputs[index]!, input)).at(-2)!
        dequantiseActivations(stored, output).forEach((value, at) => {
          const steps = Math.round((value - logits[at]!) / output.scale[0]!)
          expect(Math.abs(steps)).toBeLessThanOrEqual(2)
          equal += Number(steps === 0)
        })
      })
      expect(equal / 90).toBeGreaterThan(share)
    },
  )
})

describe('fake quantisation', () => {
  it('rounds as the quantiser does, and lets the gradient pass within the range alone', () => {
    const quantisation = activationQuantisation({ minimum: -1, maximum: 3 }, 5)
    const values = [-3, -1.02, -0.4, 0, 1.234, 3.3, 40]
    const { value, grad } = tf.valueAndGrad((x) =>
      tf.sum(tf.mul(fakeQuantise(x, quantisation), [1, 2, 3, 4, 5, 6, 7])),
    )(tf.tensor1d(values))
    const expected = dequantiseActivations(quantiseActivations(values, quantisation), quantisation)
    const sum = expected.reduce((total, one, at) => total + one * (at + 1), 0)
    expect(value.dataSync()[0]).toBeCloseTo(sum, 3)
    expect([...grad.dataSync()]).toEqual([0, 2, 3, 4, 5, 6, 0])
  })

  it.each([true, false])('weights fall on the steps of the quantiser (per channel: %s)', (perChannel) => {
    const weights = Float32Array.from({ length: 60 }, () => random() - 0.5)
    const scales = weightScales(weights, 5, perChannel, 4)
    const { values, quantisation } = quantiseWeights(weights, [12, 5], perChannel ? 1 : undefined, 4)
    expect(scales).toEqual(quantisation.scale)
    const { value, grad } = tf.valueAndGrad((x) => tf.sum(tf.square(fakeQuantiseWeights(x, scales))))(
      tf.tensor1d(weights),
    )
    const steps = Array.from(values, (stored, at) => stored * scales[at % scales.length]!)
    expect(value.dataSync()[0]).toBeCloseTo(
      steps.reduce((sum, step) => sum + step * step, 0),
      4,
    )
    grad.dataSync().forEach((one, at) => expect(one).toBeCloseTo(2 * steps[at]!, 5))
    expect(Math.max(...values.map(Math.abs))).toBe(7)
  })
})

describe('tuneGraph', () => {
  it('quantisation-aware: lowers the loss of the quantised graph, the same each time', async () => {
    const { graph } = trained['separable-4']!
    const options = { weights: 'per-tensor', weightBits: 3, activationBits: 4 } as const
    const quantiser = { options, calibration: calibrate(graph, inputs) }
    const run = async () => {
      const losses: number[] = []
      const tuned = await tuneGraph(
        graph,
        examples,
        { ...base, epochs: 15, learningRate: 5e-3, quantiser },
        (_, loss) => losses.push(loss),
      )
      return { losses, tuned }
    }
    const [one, two] = [await run(), await run()]
    expect(one.losses.at(-1)).toBeLessThan(0.9 * one.losses[0]!)
    expect(two).toEqual(one)
    expect(one.tuned.calibration).not.toEqual(quantiser.calibration)
  })

  it('holds ranges where asked', async () => {
    const { graph } = trained['dense-1000']!
    const calibration = calibrate(graph, inputs)
    const tuned = await tuneGraph(graph, examples, {
      ...base,
      epochs: 2,
      follow: 0,
      quantiser: { options: {}, calibration },
    })
    expect(tuned.calibration).toEqual(calibration)
  })

  it.each([0, 0.5, 0.9])(
    'prunes %s of the weights of every layer and keeps them at zero, in int8 too',
    async (sparsity) => {
      const { graph } = trained['dense-1000']!
      const pruned = (await tuneGraph(graph, examples, { ...base, epochs: 6, sparsity })).graph
      expect(sparsityOf(pruned)).toBeCloseTo(sparsity, 2)
      const bytes = convertToInt8(pruned, calibrate(pruned, inputs), '')
      const plain = convertToInt8(graph, calibrate(graph, inputs), '')
      expect(bytes.length).toBe(plain.length)
      if (sparsity === 0) return
      expect(compressedBytes(bytes)).toBeLessThan(compressedBytes(plain))
      for (const name of ['hidden/weights', 'classes/weights']) {
        const model = readModel(bytes)
        const stored = model.buffers[model.tensors.find((tensor) => tensor.name === name)!.buffer]!
        expect(stored.filter((value) => value === 0).length / stored.length).toBeGreaterThanOrEqual(
          sparsity - 0.05,
        )
      }
    },
  )

  it('prunes at once without epochs', async () => {
    const { graph } = trained['convolution-4']!
    const pruned = (await tuneGraph(graph, examples, { ...base, epochs: 0, sparsity: 0.8 })).graph
    expect(sparsityOf(pruned)).toBeCloseTo(0.8, 1)
  })
})
