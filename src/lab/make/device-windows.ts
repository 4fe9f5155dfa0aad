/** The windows that a model takes, and what the gesture apps must know of it to make them. */
import { measureNormalisation, type Normalisation } from '../../model/data/dataset.ts'
import { splitDataset, testWindows, varyInput, type Dataset } from '../../model/data/windows.ts'
import type { GestureMetadata } from '../../toolchain/generate/metadata.ts'
import type { GivenModel, TrainedModel } from '../measurement.ts'
import { appRateHz } from '../sensing.ts'
import type { Bench } from './bench.ts'

type OnData = TrainedModel | GivenModel

export interface Windows {
  readonly dataset: Dataset
  readonly normalisation: Normalisation
  readonly windows: readonly { readonly input: Float32Array }[]
}

export function windowsOf(source: OnData, bench: Pick<Bench, 'dataset' | 'given'>): Windows {
  const dataset = source.from === 'training' ? varyInput(bench.dataset, source.input) : bench.dataset
  const seed = source.from === 'training' ? source.seed : 1
  const { training, tests } = splitDataset(dataset, { kind: 'heldout' }, seed)
  const plain = { mean: dataset.channels.map(() => 0), std: dataset.channels.map(() => 1) }
  const normalisation =
    source.from === 'training' ? measureNormalisation(training) : (bench.given?.normalisation ?? plain)
  const recordings = tests.length > 0 ? tests : training
  return { dataset, normalisation, windows: testWindows(recordings, dataset.labels, normalisation, 1) }
}

/** What the gesture apps must know of a model; for models that they cannot feed, what is to be put in. */
export function metadataOf(dataset: Dataset, { mean, std }: Normalisation): GestureMetadata {
  const { labels, channels, units, samples } = dataset
  return {
    labels,
    channels,
    channelUnits: units,
    mean,
    std,
    windowSamples: samples,
    sampleRateHz: appRateHz(dataset),
  }
}
