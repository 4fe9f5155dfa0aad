import { measureNormalisation, toInput, type Normalisation, type Recording } from './dataset.ts'
import { seededRandom, shuffled } from '../random.ts'

/** A window and the index of its class. */
export interface Example {
  readonly input: Float32Array
  readonly label: number
}

/** Recordings of one length and one set of channels; windows cut from the same recording share its id. */
export interface Dataset {
  readonly labels: readonly string[]
  readonly channels: readonly string[]
  /** Of each channel: g, dps, or "" where it is not known. */
  readonly units: readonly string[]
  readonly samples: number
  /** Samples a second; null where the recordings do not say. */
  readonly sampleRateHz: number | null
  readonly recordings: readonly Recording[]
}

export const inputVariants = ['full', 'half-window', 'half-rate', 'half-channels'] as const
export type InputVariant = (typeof inputVariants)[number]

/** What the sensor would give: two windows of half the length, every second sample, or the first half of the channels. */
export function varyInput(dataset: Dataset, variant: InputVariant): Dataset {
  const { samples, channels, units, sampleRateHz, recordings } = dataset
  const each = (change: (rows: Recording['samples']) => Recording['samples'][]): Recording[] =>
    recordings.flatMap((recording) =>
      change(recording.samples).map((rows) => ({ ...recording, samples: rows })),
    )
  switch (variant) {
    case 'full':
      return dataset
    case 'half-window': {
      const half = Math.floor(samples / 2)
      const cut = each((rows) => [rows.slice(0, half), rows.slice(half, 2 * half)])
      return { ...dataset, samples: half, recordings: cut }
    }
    case 'half-rate': {
      const thinned = each((rows) => [rows.filter((_, index) => index % 2 === 0)])
      const rate = sampleRateHz === null ? null : sampleRateHz / 2
      return { ...dataset, samples: Math.ceil(samples / 2), sampleRateHz: rate, recordings: thinned }
    }
    case 'half-channels': {
      const kept = Math.ceil(channels.length / 2)
      const fewer = each((rows) => [rows.map((row) => row.slice(0, kept))])
      return {
        ...dataset,
        channels: channels.slice(0, kept),
        units: units.slice(0, kept),
        recordings: fewer,
      }
    }
  }
}

/** The dataset's own split, or one of several folds. */
export type Split =
  { readonly kind: 'heldout' } | { readonly kind: 'fold'; readonly fold: number; readonly folds: number }

/** Folds deal out each label's recordings evenly, in an order the seed decides; a recording's windows stay together. */
export function splitDataset(
  { recordings, labels }: Dataset,
  split: Split,
  seed: number,
): { training: Recording[]; tests: Recording[] } {
  const tested = (recording: Recording) => test.has(recording.id)
  const test = new Set<string>()
  if (split.kind === 'heldout') {
    recordings.filter((recording) => recording.split === 'heldout').forEach(({ id }) => test.add(id))
  } else {
    const random = seededRandom(seed)
    for (const label of labels) {
      const ids = new Set(recordings.filter((recording) => recording.label === label).map(({ id }) => id))
      shuffled([...ids], random)
        .filter((_, index) => index % split.folds === split.fold)
        .forEach((id) => test.add(id))
    }
  }
  return { training: recordings.filter((recording) => !tested(recording)), tests: recordings.filter(tested) }
}

/** A test window, of the recording it was cut from. */
export interface TestWindow extends Example {
  readonly id: string
}

/** Every recording, turned by this many even steps: a movement is cut anywhere. */
export function testWindows(
  recordings: readonly Recording[],
  labels: readonly string[],
  normalisation: Normalisation,
  turns = 10,
): TestWindow[] {
  return recordings.flatMap(({ id, label, samples }) =>
    Array.from({ length: turns }, (_, turn): TestWindow => {
      const by = Math.floor((turn * samples.length) / turns)
      const input = toInput([...samples.slice(by), ...samples.slice(0, by)], normalisation)
      return { id, input, label: labels.indexOf(label) }
    }),
  )
}

export function trainingWindows(
  recordings: readonly Recording[],
  labels: readonly string[],
): { examples: Example[]; normalisation: Normalisation } {
  const normalisation = measureNormalisation(recordings)
  const examples = recordings.map(({ samples, label }) => ({
    input: toInput(samples, normalisation),
    label: labels.indexOf(label),
  }))
  return { examples, normalisation }
}
