import { UserError } from '../../runs/errors.ts'
import { calibrate, convertToFloat32, convertToInt8 } from './convert/convert.ts'
import {
  channels,
  channelUnits,
  measureNormalisation,
  toInput,
  type Normalisation,
  type Recording,
} from './data/dataset.ts'
import type { Example } from './data/windows.ts'
import { countParameters, type Graph } from './infer/graph.ts'
import { inferInt8 } from './infer/infer-int8.ts'
import { argmax, inferFloat } from './infer/infer-float.ts'
import { quantiseActivations } from './infer/quantise.ts'
import { seededRandom, shuffled } from './random.ts'
import { readModel } from '../../runs/tflite/read.ts'
import type { Quantisation } from '../../runs/tflite/schema.ts'
import { proportion, type Proportion } from './statistics.ts'
import { trainNetwork, type NetworkOptions } from './train.ts'

export const gestureDefaults = {
  labels: ['standing', 'walking', 'badminton'],
  seed: 1,
  hidden: 16,
  epochs: 100,
  batch: 10,
  learningRate: 1e-3,
  decay: 1e-3,
  folds: 5,
  sampleRateHz: 10,
  windowSamples: 100,
} as const

export interface GestureOptions {
  readonly recordings: readonly Recording[]
  /** Said in metadata.json. */
  readonly trainedOn: string
  readonly labels?: readonly string[]
  readonly seed?: number
  readonly hidden?: number
  readonly epochs?: number
}

/** `step` of `steps` training epochs are done. */
export type OnProgress = (progress: { stage: string; step: number; steps: number }) => void

export interface GestureMetadata {
  readonly labels: readonly string[]
  readonly channels: readonly string[]
  readonly channelUnits: readonly string[]
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly windowSamples: number
  readonly sampleRateHz: number
  readonly inputLayout: string
  readonly inputQuantisation: { readonly scale: number; readonly zeroPoint: number }
  readonly outputQuantisation: { readonly scale: number; readonly zeroPoint: number }
  readonly parameters: number
  readonly seed: number
  readonly hidden: number
  readonly epochs: number
  readonly trainedOn: string
  readonly trainingRecordings: number
  readonly accuracy: {
    readonly heldOutFloat32: Proportion
    readonly heldOutInt8: Proportion
    /** Held-out windows turned by 10, 20 .. 90 samples: not independent of each other, so no interval. */
    readonly heldOutTurnedInt8: { readonly correct: number; readonly total: number; readonly value: number }
    /** Every recording once in a test fold; each fold trained anew. */
    readonly crossValidatedFloat32: Proportion & { readonly folds: number }
    readonly note: string
  }
}

export interface GestureModel {
  readonly float32: Uint8Array
  readonly int8: Uint8Array
  readonly metadata: GestureMetadata
  readonly graph: Graph
}

const accuracyNote =
  'Intervals are Wilson 95 %. The recordings are split by recording, not by person: the source names no person, ' +
  'so the same four people are in training and test, and accuracy on a stranger will be lower. A perfect score ' +
  'on this few recordings of three very different movements shows an easy task, not a perfect model.'

/** Trains, measures and converts. The same recordings, options and machine type give the same bytes. */
export async function trainGestureModel(
  options: GestureOptions,
  onProgress?: OnProgress,
): Promise<GestureModel> {
  const { folds, sampleRateHz, windowSamples } = gestureDefaults
  const settings = { ...gestureDefaults, ...options }
  const labels = settings.labels
  const recordings = settings.recordings.filter(({ label }) => labels.includes(label))
  const network: NetworkOptions = { ...settings, classes: labels.length, channelCount: channels.length }
  const steps = settings.epochs * (folds + 1)
  let step = 0
  const train = (set: readonly Recording[], normalisation: Normalisation, stage: string) =>
    trainNetwork(examples(set, labels, normalisation), network, () =>
      onProgress?.({ stage, step: ++step, steps }),
    )

  checkRecordings(recordings, labels)
  const training = recordings.filter(({ split }) => split === 'train')
  const heldOut = recordings.filter(({ split }) => split === 'heldout')
  const normalisation = measureNormalisation(training)
  const graph = await train(training, normalisation, 'training')

  let correct = 0
  for (let fold = 0; fold < folds; fold++) {
    const { rest, test } = splitFold(recordings, labels, settings.seed, fold, folds)
    const own = measureNormalisation(rest)
    const other = await train(rest, own, `cross-validation ${fold + 1}/${folds}`)
    correct += countCorrect(examples(test, labels, own), (input) => inferFloat(other, input).at(-1) ?? [])
  }

  const calibration = calibrate(
    graph,
    examples(training, labels, normalisation).map(({ input }) => input),
  )
  const float32 = convertToFloat32(graph, 'boardless gesture, float32')
  const int8 = convertToInt8(graph, calibration, 'boardless gesture, int8')
  const model = readModel(int8)
  const [input, output] = [model.inputs[0], model.outputs[0]].map((tensor) => model.tensors[tensor ?? -1])
  if (!input?.quantisation || !output?.quantisation)
    throw new Error('the int8 model is quantised at its ends')
  const inputQuantisation = input.quantisation
  const classifyInt8 = (window: Float32Array) =>
    inferInt8(model, quantiseActivations(window, inputQuantisation)).at(-1) ?? []
  const tests = examples(heldOut, labels, normalisation)
  const turned = turnedRecordings(heldOut)
  const turnedCorrect = countCorrect(examples(turned, labels, normalisation), classifyInt8)

  const metadata: GestureMetadata = {
    labels,
    channels,
    channelUnits,
    ...normalisation,
    windowSamples,
    sampleRateHz,
    inputLayout: 'row-major [windowSamples][channels], each value (value - mean[channel]) / std[channel]',
    inputQuantisation: only(inputQuantisation),
    outputQuantisation: only(output.quantisation),
    parameters: countParameters(graph),
    seed: settings.seed,
    hidden: settings.hidden,
    epochs: settings.epochs,
    trainedOn: settings.trainedOn,
    trainingRecordings: training.length,
    accuracy: {
      heldOutFloat32: proportion(
        countCorrect(tests, (window) => inferFloat(graph, window).at(-1) ?? []),
        tests.length,
      ),
      heldOutInt8: proportion(countCorrect(tests, classifyInt8), tests.length),
      heldOutTurnedInt8: {
        correct: turnedCorrect,
        total: turned.length,
        value: Number((turnedCorrect / turned.length).toFixed(4)),
      },
      crossValidatedFloat32: { ...proportion(correct, recordings.length), folds },
      note: accuracyNote,
    },
  }
  return { float32, int8, metadata, graph }
}

function checkRecordings(recordings: readonly Recording[], labels: readonly string[]): void {
  const { windowSamples, folds } = gestureDefaults
  const odd = recordings.find(({ samples }) => samples.length !== windowSamples)
  if (odd !== undefined) {
    throw new UserError(
      `recording ${odd.id} has ${odd.samples.length} samples; a window has ${windowSamples}`,
    )
  }
  for (const label of labels) {
    const own = recordings.filter((recording) => recording.label === label)
    for (const [split, name] of [
      ['train', 'training'],
      ['heldout', 'held-out'],
    ]) {
      if (!own.some((recording) => recording.split === split)) {
        throw new UserError(`no ${name} recording of "${label}"`)
      }
    }
    if (own.length < folds) throw new UserError(`${own.length} recordings of "${label}"; ${folds} are needed`)
  }
}

const only = ({ scale, zeroPoint }: Quantisation) => ({ scale: scale[0] ?? 1, zeroPoint: zeroPoint[0] ?? 0 })

export function examples(
  recordings: readonly Recording[],
  labels: readonly string[],
  normalisation: Normalisation,
): Example[] {
  return recordings.map(({ samples, label }) => ({
    input: toInput(samples, normalisation),
    label: labels.indexOf(label),
  }))
}

function countCorrect(
  cases: readonly Example[],
  classify: (input: Float32Array) => ArrayLike<number>,
): number {
  return cases.filter(({ input, label }) => argmax(classify(input)) === label).length
}

/** Each class is dealt out evenly over the folds, in an order that the seed decides. */
function splitFold(
  recordings: readonly Recording[],
  labels: readonly string[],
  seed: number,
  fold: number,
  folds: number,
): { rest: Recording[]; test: Recording[] } {
  const random = seededRandom(seed)
  const test = labels.flatMap((label) =>
    shuffled(
      recordings.filter((recording) => recording.label === label),
      random,
    ).filter((_, index) => index % folds === fold),
  )
  return { test, rest: recordings.filter((recording) => !test.includes(recording)) }
}

function turnedRecordings(recordings: readonly Recording[]): Recording[] {
  return recordings.flatMap((recording) =>
    Array.from({ length: 9 }, (_, index) => {
      const by = 10 * (index + 1)
      return { ...recording, samples: [...recording.samples.slice(by), ...recording.samples.slice(0, by)] }
    }),
  )
}
