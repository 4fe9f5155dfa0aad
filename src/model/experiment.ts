/** What the lab asks of a model: train it on a split, change it, measure it. Pure but for a cache that may be given. */
import { createHash } from 'node:crypto'
import type { Architecture } from './architectures.ts'
import { convertGraph, widened, type Calibration, type ConvertOptions } from './convert/convert.ts'
import type { Normalisation } from './data/dataset.ts'
import { classifyFloat, classifyInt8, outcomesOf, type Outcome } from './evaluate.ts'
import { fitDefaults, fitModel } from './fit.ts'
import type { Graph } from './infer/graph.ts'
import { graphOfLayers } from './convert/layers.ts'
import { prepareTensorFlow } from './tensorflow.ts'
import { tuneDefaults, tuneGraph, type TuneOptions } from './tune.ts'
import {
  splitDataset,
  testWindows,
  trainingWindows,
  type Dataset,
  type Split,
  type TestWindow,
  type Example,
} from './data/windows.ts'

/** Texts by key; src/lab keeps them in files. */
export interface Cache {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
}

/** `step` of `steps` epochs are done. */
export type Progress = (progress: {
  readonly stage: string
  readonly step: number
  readonly steps: number
}) => void

export interface Run {
  readonly dataset: Dataset
  readonly architecture: Architecture
  readonly split: Split
  readonly seed: number
  readonly epochs?: number
}

export interface TrainedRun {
  readonly graph: Graph
  readonly normalisation: Normalisation
  readonly training: readonly Example[]
  readonly tests: readonly TestWindow[]
}

/** Raise it when the same settings come to give other weights. */
const trainingVersion = 1

/** Trains on the part of the data that the split does not test; the same run gives the same weights. */
export async function trainRun(run: Run, cache?: Cache, progress?: Progress): Promise<TrainedRun> {
  const { dataset, architecture, split, seed } = run
  const { training, tests } = splitDataset(dataset, split, seed)
  const { examples, normalisation } = trainingWindows(training, dataset.labels)
  const windows = testWindows(tests, dataset.labels, normalisation)
  const settings = { ...fitDefaults, ...(run.epochs !== undefined && { epochs: run.epochs }) }
  const key = contentKey({ trainingVersion, dataset, architecture: architecture.name, split, seed, settings })
  const known = await cache?.get(key)
  if (known !== undefined) {
    progress?.({ stage: architecture.name, step: settings.epochs, steps: settings.epochs })
    return { graph: graphFromJson(known), normalisation, training: examples, tests: windows }
  }
  await prepareTensorFlow()
  const channels = dataset.channels.length
  const shape = { samples: dataset.samples, channels }
  const model = architecture.build(shape, dataset.labels.length, seed)
  await fitModel(model, examples, { ...settings, seed, channels }, (epoch) =>
    progress?.({ stage: architecture.name, step: epoch, steps: settings.epochs }),
  )
  const graph = await graphOfLayers(model)
  model.dispose()
  await cache?.set(key, graphToJson(graph))
  return { graph, normalisation, training: examples, tests: windows }
}

/** How a trained graph becomes the file that runs. */
export interface Variant {
  readonly name: string
  readonly convert: ConvertOptions
  /** Deliberately bad: ranges of activations so many times too wide, which training may not mend. */
  readonly rangeFactor?: number
  /** Trained further first. quantised: with quantisation in the loop; plain: as long, without, to compare. */
  readonly tune?: {
    readonly how: 'quantised' | 'plain' | 'pruned'
    readonly epochs?: number
    readonly sparsity?: number
  }
}

export interface VariantResult {
  readonly bytes: Uint8Array
  readonly graph: Graph
  readonly outcomes: readonly Outcome[]
}

/** Float32 variants are classified in float64 sums, int8 ones bit for bit as the interpreter does. */
export async function measureVariant(
  run: Run,
  trained: TrainedRun,
  variant: Variant,
  progress?: Progress,
): Promise<VariantResult> {
  const { training, tests } = trained
  const { tune, rangeFactor } = variant
  const inputs = training.map(({ input }) => input)
  const convert = (graph: Graph, ranges?: Calibration) => {
    const plain = convertGraph(graph, inputs, { ...variant.convert, ...(ranges && { ranges }) })
    if (ranges !== undefined || rangeFactor === undefined || plain.calibration === undefined) return plain
    const bad = widened(plain.calibration, rangeFactor)
    return convertGraph(graph, inputs, { ...variant.convert, ranges: bad })
  }
  let converted = convert(trained.graph)
  if (tune !== undefined) {
    const epochs = tune.epochs ?? tuneDefaults.epochs
    const { calibration } = converted
    const quantised = tune.how === 'quantised' && calibration !== undefined
    const options: TuneOptions = {
      ...tuneDefaults,
      epochs,
      seed: run.seed,
      channels: run.dataset.channels.length,
      ...(quantised && { quantiser: { options: variant.convert, calibration } }),
      ...(rangeFactor !== undefined && { follow: 0 }),
      ...(tune.how === 'pruned' && { sparsity: tune.sparsity ?? 0 }),
    }
    const tuned = await tuneGraph(trained.graph, training, options, (epoch) =>
      progress?.({ stage: variant.name, step: epoch, steps: epochs }),
    )
    converted = convert(tuned.graph, tuned.calibration)
  }
  const { graph, bytes } = converted
  const classify = variant.convert.precision === 'float32' ? classifyFloat(graph) : classifyInt8(bytes)
  return { bytes, graph, outcomes: outcomesOf(classify, tests) }
}

/** All folds of all seeds, one after the other. */
export function crossValidationRuns(
  dataset: Dataset,
  architecture: Architecture,
  { folds, seeds }: { readonly folds: number; readonly seeds: readonly number[] },
): Run[] {
  return seeds.flatMap((seed) =>
    Array.from({ length: folds }, (_, fold): Run => ({
      dataset,
      architecture,
      seed,
      split: { kind: 'fold', fold, folds },
    })),
  )
}

/** SHA-256 of what a result depends on. */
export const contentKey = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex')

const weightKeys = ['weights', 'bias']

export function graphToJson(graph: Graph): string {
  return JSON.stringify(graph, (_, value: unknown) =>
    value instanceof Float32Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : value,
  )
}

export function graphFromJson(text: string): Graph {
  return JSON.parse(text, (key, value: unknown) => {
    if (!weightKeys.includes(key) || typeof value !== 'string') return value
    return new Float32Array(new Uint8Array(Buffer.from(value, 'base64')).buffer)
  }) as Graph
}
