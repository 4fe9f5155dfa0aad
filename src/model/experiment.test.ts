import { expect, it } from 'vitest'
import { architectureOf, denseArchitecture, denseSizes, hiddenUnits } from './architectures.ts'
import { accuracyOf } from './evaluate.ts'
import {
  crossValidationRuns,
  graphFromJson,
  graphToJson,
  measureVariant,
  trainRun,
  type Cache,
  type Run,
  type Variant,
} from './experiment.ts'
import { countMacs, countParameters } from './infer/graph.ts'
import { graphOfLayers } from './convert/layers.ts'
import { seededRandom } from './random.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { prepareTensorFlow } from './tensorflow.ts'
import type { Dataset } from './data/windows.ts'

const random = seededRandom(9)
/** Three movements that differ in speed. */
const dataset: Dataset = {
  labels: ['slow', 'middle', 'fast'],
  channels: ['x', 'y'],
  units: ['', ''],
  samples: 20,
  sampleRateHz: null,
  recordings: Array.from({ length: 18 }, (_, n) => ({
    id: String(n),
    label: ['slow', 'middle', 'fast'][n % 3]!,
    split: n < 6 ? 'heldout' : 'train',
    samples: Array.from({ length: 20 }, (_, row) => {
      const phase = (1 + (n % 3)) * row * 0.6
      return [Math.sin(phase) + random() / 4, Math.cos(phase) + random() / 4]
    }),
  })),
}

function memory(): Cache & { readonly values: Map<string, string> } {
  const values = new Map<string, string>()
  return {
    values,
    get: (key) => Promise.resolve(values.get(key)),
    set: (key, value) => {
      values.set(key, value)
      return Promise.resolve()
    },
  }
}

it('the same run gives the same weights, with a cache and without, dropout included', async () => {
  const cache = memory()
  const run: Run = {
    dataset,
    architecture: architectureOf('separable-4')!,
    split: { kind: 'heldout' },
    seed: 3,
    epochs: 20,
  }
  const steps: number[] = []
  const [first, cached, again] = [
    await trainRun(run, cache, ({ step }) => steps.push(step)),
    await trainRun(run, cache),
    await trainRun(run),
  ]
  expect(steps).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(cache.values.size).toBe(1)
  expect(cached).toEqual(first)
  expect(again.graph).toEqual(first.graph)
  expect((await trainRun({ ...run, seed: 4 }, cache)).graph).not.toEqual(first.graph)
  expect(cache.values.size).toBe(2)
  expect(graphFromJson(graphToJson(first.graph))).toEqual(first.graph)
})

it('cross-validates variants on the same folds', async () => {
  const runs = crossValidationRuns(dataset, architectureOf('convolution-4')!, { folds: 3, seeds: [1] })
  const float32 = []
  const int8 = []
  for (const run of runs) {
    const trained = await trainRun({ ...run, epochs: 150 })
    float32.push(
      ...(await measureVariant(run, trained, { name: 'float32', convert: { precision: 'float32' } }))
        .outcomes,
    )
    int8.push(
      ...(
        await measureVariant(run, trained, {
          name: 'qat',
          convert: { weights: 'per-tensor' },
          tune: { how: 'quantised', epochs: 3 },
        })
      ).outcomes,
    )
  }
  expect(accuracyOf(float32)).toMatchObject({ recordings: 18, windows: 180 })
  expect(accuracyOf(float32).value).toBeGreaterThan(0.8)
  expect(accuracyOf(int8).value).toBeGreaterThan(0.8)
})

it('a bad range costs steps, and stays as bad in training', async () => {
  const [run] = crossValidationRuns(dataset, denseArchitecture(300), { folds: 3, seeds: [1] })
  const trained = await trainRun({ ...run!, epochs: 60 })
  const scaleOf = async (variant: Omit<Variant, 'name'>) => {
    const { tensors } = readModel((await measureVariant(run!, trained, { name: '', ...variant })).bytes)
    return tensors.find(({ name }) => name === 'hidden')!.quantisation!.scale[0]!
  }
  const good = await scaleOf({ convert: {} })
  expect((await scaleOf({ convert: {}, rangeFactor: 8 })) / good).toBeCloseTo(8, 5)
  const tune = { how: 'quantised', epochs: 2 } as const
  expect((await scaleOf({ convert: {}, rangeFactor: 8, tune })) / good).toBeCloseTo(8, 5)
  expect((await scaleOf({ convert: {}, tune })) / good).toBeCloseTo(1, 0)
})

it('architectures have about the parameters they are named for', async () => {
  await prepareTensorFlow()
  const window = { samples: 100, channels: 6 }
  const counted = denseSizes.map((size) => {
    const hidden = hiddenUnits(size, window, 3)
    return [size, hidden, denseArchitecture(size).build(window, 3, 1).countParams()]
  })
  expect(counted).toEqual([
    [100_000, 166, 100_267],
    [30_000, 50, 30_203],
    [10_000, 17, 10_271],
    [3_000, 5, 3_023],
    [1_000, 2, 1_211],
  ])
  const cost = async (name: string) => {
    const graph = await graphOfLayers(architectureOf(name)!.build(window, 3, 1))
    return [countParameters(graph), countMacs(graph)]
  }
  // 50 x 5 x 6 x 8 + 25 x 5 x 8 x 16 + 48; the second of them 25 x 5 x 8 + 25 x 8 x 16 when separable.
  expect(await cost('convolution-8')).toEqual([955, 28_048])
  expect(await cost('separable-8')).toEqual([491, 16_248])
  expect(architectureOf('recurrent-8')).toBeUndefined()
})
