/** The recordings that a lab measures on: ours, or the user's as the model takes them. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../../runs/errors.ts'
import { channels, channelUnits, parseRecordings } from '../model/data/dataset.ts'
import { loadDataset, type LoadOptions } from '../model/data/load-dataset.ts'
import type { Dataset } from '../model/data/windows.ts'
import { gestureDefaults } from '../model/gesture.ts'
import type { LogChoices } from '../../runs/sensor-log/choices.ts'
import { elementCount, type TfliteModel } from '../../runs/tflite/schema.ts'
import type { GestureMetadata } from '../toolchain/generate/metadata.ts'

/** What is known of the user's model. */
export interface Wanted {
  readonly name: string
  readonly model: TfliteModel
  /** Beside it. */
  readonly metadata: GestureMetadata | undefined
}

export interface UserData {
  readonly data: string
  readonly labels: string | undefined
  readonly window: number | undefined
  readonly folds: number
  readonly log: LogChoices
  readonly onNotes?: LoadOptions['onNotes']
}

export async function ownRecordings(file: string): Promise<Dataset> {
  const { labels, windowSamples, sampleRateHz } = gestureDefaults
  const all = parseRecordings(await readFile(file, 'utf8'), file)
  const recordings = all.filter(({ label }) => (labels as readonly string[]).includes(label))
  return { labels, channels, units: channelUnits, samples: windowSamples, sampleRateHz, recordings }
}

/** Every fold tests recordings of every label. @throws UserError */
export function checkFolds({ labels, recordings }: Dataset, folds: number): void {
  const counts = labels.map((label) => ({
    label,
    ids: new Set(recordings.filter((one) => one.label === label).map(({ id }) => id)).size,
  }))
  const least = counts.reduce((a, b) => (b.ids < a.ids ? b : a))
  if (folds > least.ids)
    throw new UserError(
      `--folds ${folds}: give two to ${least.ids}: there are ${least.ids} recordings of "${least.label}"`,
    )
}

/** The user's; without a model in the sensor's units, with one as its metadata.json says, or as recorded. */
export async function userRecordings(
  { data, labels, window, folds, log, onNotes }: UserData,
  wanted: Wanted | null,
): Promise<Dataset> {
  const metadata = wanted?.metadata
  const asRecorded = wanted !== null && metadata === undefined
  const read = (options: { windowSamples?: number; leastPerLabel: number }): Promise<Dataset> =>
    loadDataset(data, labels, {
      asRecorded,
      log,
      onNotes,
      ...(metadata && { labels: metadata.labels }),
      ...options,
    })
  if (wanted === null)
    return read({ leastPerLabel: folds, ...(window !== undefined && { windowSamples: window }) })

  const uncut = await loadDataset(data, labels, { asRecorded, log, leastPerLabel: 1, windowSamples: 1 })
  if (metadata !== undefined) checkMetadata(wanted, metadata, uncut)
  const windowSamples = window ?? windowOf(wanted, uncut)
  const dataset = await read({ leastPerLabel: folds, windowSamples })
  return metadata === undefined ? dataset : inOrder(dataset, metadata.channels)
}

export const inputsOf = ({ tensors, inputs }: TfliteModel): number =>
  elementCount(tensors[inputs[0] ?? -1]?.shape ?? [])

/** Samples that the model's input has; longer recordings are cut. @throws UserError where the channels do not fit */
function windowOf({ name, model, metadata }: Wanted, { channels: has, recordings }: Dataset): number {
  const values = inputsOf(model)
  const shape = model.tensors[model.inputs[0] ?? -1]?.shape ?? []
  const takes = shape.length > 2 ? shape.at(-1) : undefined
  const own = `the recordings have ${has.length}: ${has.join(', ')}`
  if (takes !== undefined && takes > 1 && takes !== has.length)
    throw new UserError(`${name}: takes ${takes} channels; ${own}`)
  const window = values / has.length
  if (!Number.isInteger(window))
    throw new UserError(
      `${name}: takes ${values} values, which is no whole number of samples of ${has.length} channels (${has.join(', ')})`,
    )
  const lengths = new Map<string, number>()
  for (const { id } of recordings) lengths.set(id, (lengths.get(id) ?? 0) + 1)
  const longest = Math.max(...lengths.values())
  if (longest < window && metadata === undefined)
    throw new UserError(
      `${name}: takes ${values} values: with ${has.length} channels (${has.join(', ')}) ${window} samples, and the longest recording has ${longest}: ` +
        'record longer, or the channels that it was trained on',
    )
  return window
}

/** By name: a model that takes other channels, or others' speed, would be told wrong. */
function checkMetadata(
  { name }: Wanted,
  metadata: GestureMetadata,
  { channels: has, sampleRateHz }: Dataset,
): void {
  const file = join(dirname(name), 'metadata.json')
  const missing = metadata.channels.find((channel) => !has.includes(channel))
  const other = has.find((channel) => !metadata.channels.includes(channel))
  if (missing !== undefined || other !== undefined) {
    throw new UserError(
      `${file}: ${metadata.channels.length} channels, ${metadata.channels.join(', ')}; the recordings have ${has.length}: ${has.join(', ')}`,
    )
  }
  const rate = metadata.sampleRateHz
  if (rate !== null && sampleRateHz !== null && Math.abs(sampleRateHz / rate - 1) > 0.05)
    throw new UserError(
      `${file}: the model takes ${rate} samples a second; the recordings have ${sampleRateHz}: resample them`,
    )
}

function inOrder(dataset: Dataset, order: readonly string[]): Dataset {
  const from = order.map((channel) => dataset.channels.indexOf(channel))
  if (from.every((at, index) => at === index)) return dataset
  return {
    ...dataset,
    channels: order,
    units: from.map((at) => dataset.units[at] ?? ''),
    recordings: dataset.recordings.map((recording) => ({
      ...recording,
      samples: recording.samples.map((row) => from.map((at) => row[at] ?? NaN)),
    })),
  }
}
