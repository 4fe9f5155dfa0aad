/** Row 3: int8 after training. */
import type { Comparison, DetailTable } from '../../../../runs/lab-report/lab-report.ts'
import type { Lookup, Measurement } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf, type Measured } from '../configuration.ts'
import {
  accuracy,
  accuracyGain,
  bytes,
  compareAccuracy,
  compareBytes,
  compareLatency,
  microseconds,
  ramBytes,
} from '../figures.ts'
import { columns, headOf, needsFloat, pairedIntervals } from '../row.ts'
import {
  accuracyPlan,
  candidateName,
  deviceOf,
  given,
  modelOf,
  oneOfEachKind,
  outcomesOf,
  subjectName,
  wholePlan,
  type Candidate,
  type Subject,
} from '../subject.ts'
import { int8, int8Calibrated, int8DensePerChannel, int8PerTensor } from '../variants.ts'
import { atLevels, claims, float, isClaimed, reference } from './ptq-claims.ts'

const title = 'Post-training quantisation'
const calibrationSizes = [1, 2, 5, 10] as const
const subjectsOf = (context: LabContext): readonly Subject[] =>
  context.given !== null ? [given] : oneOfEachKind(context)

/** Dense layers have one scale in either variant: nothing would change. */
const hasPerChannel = (subject: Subject): boolean =>
  subject.kind === 'given' || !subject.architecture.startsWith('dense')

const quantised = (subject: Subject): readonly Candidate[] =>
  (hasPerChannel(subject) ? [int8, int8PerTensor] : [int8]).map((variant) => ({ subject, variant }))

/** A network of dense layers alone gives the same file either way: told once. */
function quantisedFiles(context: LabContext, subject: Subject, result: Lookup): readonly Candidate[] {
  const candidates = quantised(subject)
  const shas = candidates.map((candidate) => result(modelOf(context, candidate)).sha256)
  return candidates.filter((_, index) => shas.indexOf(shas[index] ?? '') === index)
}

const calibrated = ({ quick }: LabContext, subject: Subject): readonly Candidate[] =>
  calibrationSizes
    .filter((size) => !quick || [1, 5].includes(size))
    .map((size) => ({ subject, variant: int8Calibrated(size) }))

const densePerChannel = (subject: Subject): readonly Candidate[] =>
  subject.kind === 'network' && !hasPerChannel(subject) ? [{ subject, variant: int8DensePerChannel }] : []

export const ptqTechnique: Technique = {
  id: 'ptq',
  row: 3,
  title,
  applies: needsFloat,
  plan: (context) =>
    subjectsOf(context).flatMap((subject): readonly Measurement[] => [
      ...wholePlan(context, float(context, subject)),
      ...quantised(subject).flatMap((candidate) => wholePlan(context, candidate)),
      deviceOf(context, { subject, variant: int8 }, reference),
      ...(isClaimed(context, subject)
        ? [
            ...atLevels(context, 'reference').map((choices) =>
              deviceOf(context, float(context, subject), choices),
            ),
            ...atLevels(context, 'cmsis-nn').map((choices) =>
              deviceOf(context, { subject, variant: int8 }, choices),
            ),
          ]
        : []),
      ...calibrated(context, subject).flatMap((candidate) => accuracyPlan(context, candidate)),
      ...densePerChannel(subject).flatMap((candidate) => [
        ...accuracyPlan(context, candidate),
        modelOf(context, candidate),
      ]),
    ]),
  assemble(context, result) {
    const subjects = subjectsOf(context)
    return {
      ...headOf(context, 'ptq', 3, title),
      changed:
        'weights and activations from float32 to int8, int8 at input and output; float32 on reference kernels, int8 on CMSIS-NN',
      comparisons: subjects.flatMap((subject) => compared(context, subject, result)),
      claims: claims(context, subjects, result),
      tables: [scales(context, subjects, result), calibration(context, subjects, result)],
      charts: [
        {
          title: 'Accuracy by recordings calibrated on',
          kind: 'points',
          x: { title: 'recordings', unit: '', scale: 'log' },
          y: { title: 'accuracy', unit: '%', scale: 'linear' },
          series: subjects.map((subject) => ({
            name: subjectName(subject),
            line: true,
            points: [...calibrated(context, subject), { subject, variant: int8 }].map((candidate) => {
              const { value, interval } = accuracy(outcomesOf(context, candidate, result))
              const x = candidate.variant?.convert.calibrationSize ?? trainingRecordings(context)
              return { x, y: value, ...(interval && { interval }) }
            }),
          })),
        },
      ],
      notes: notes(context, subjects, result),
    }
  },
  configurations: (context, result) =>
    subjectsOf(context).flatMap((subject): readonly Measured[] => [
      configurationOf(context, float(context, subject), result),
      ...quantisedFiles(context, subject, result).map((candidate) =>
        configurationOf(context, candidate, result),
      ),
      configurationOf(context, { subject, variant: int8 }, result, reference),
    ]),
}

/** Of one fold; all of them where the user's own model is quantised. */
function trainingRecordings({ dataset, folds, given: file }: LabContext): number {
  const all = new Set(dataset.recordings.map(({ id }) => id)).size
  return file === null ? Math.round((all * (folds - 1)) / folds) : all
}

function compared(context: LabContext, subject: Subject, result: Lookup): readonly Comparison[] {
  const first = float(context, subject)
  const { clockHz } = context.header
  const [device, model] = [result(deviceOf(context, first)), result(modelOf(context, first))]
  const main = subject === subjectsOf(context)[0]
  return quantisedFiles(context, subject, result).flatMap((candidate, index): readonly Comparison[] => {
    const name = `${candidateName(context, first)} to ${candidate.variant?.name ?? ''}`
    const [small, file] = [result(deviceOf(context, candidate)), result(modelOf(context, candidate))]
    const shown = main && index === 0
    return [
      compareBytes({ case: name, metric: 'model file', main: shown }, model.bytes, file.bytes),
      compareLatency(
        { case: name, metric: 'inference', main: shown },
        device.inference,
        small.inference,
        clockHz,
      ),
      compareBytes({ case: name, metric: 'flash' }, device.flashBytes, small.flashBytes),
      compareBytes({ case: name, metric: 'RAM' }, ramBytes(device), ramBytes(small)),
      compareAccuracy(
        { case: name, metric: 'accuracy', main: shown },
        outcomesOf(context, first, result),
        outcomesOf(context, candidate, result),
      ),
    ]
  })
}

function scales(context: LabContext, subjects: readonly Subject[], result: Lookup): DetailTable {
  return {
    title: 'One scale for a layer, or one for each channel',
    columns: columns(
      'model',
      '#accuracy',
      '#against float32',
      '#model file',
      '#inference',
      'on TFLM of July 2020',
    ),
    rows: subjects.flatMap((subject) => {
      const first = float(context, subject)
      const outcomes = outcomesOf(context, first, result)
      return [first, ...quantisedFiles(context, subject, result), ...densePerChannel(subject)].map(
        (candidate) => {
          const refused = candidate.variant === int8DensePerChannel
          const own = outcomesOf(context, candidate, result)
          const { operators } = result(modelOf(context, candidate))
          const version = operators.find(({ type }) => type === 'FULLY_CONNECTED')?.version
          return [
            candidateName(context, candidate),
            accuracy(own),
            candidate === first ? null : accuracyGain(outcomes, own),
            bytes(result(modelOf(context, candidate)).bytes),
            refused
              ? null
              : microseconds(result(deviceOf(context, candidate)).inference, context.header.clockHz),
            refused ? `refused: FULLY_CONNECTED version ${version ?? '?'}` : 'runs',
          ]
        },
      )
    }),
  }
}

function calibration(context: LabContext, subjects: readonly Subject[], result: Lookup): DetailTable {
  return {
    title: 'Size of the calibration set',
    columns: columns('model', '#recordings', '#accuracy', '#against all of them'),
    rows: subjects.flatMap((subject) => {
      const all = outcomesOf(context, { subject, variant: int8 }, result)
      return [
        ...calibrated(context, subject).map((candidate) => {
          const own = outcomesOf(context, candidate, result)
          const size = candidate.variant?.convert.calibrationSize ?? 0
          return [subjectName(subject), size, accuracy(own), accuracyGain(all, own)]
        }),
        [subjectName(subject), trainingRecordings(context), accuracy(all), null],
      ]
    }),
  }
}

function notes(context: LabContext, subjects: readonly Subject[], result: Lookup): readonly string[] {
  const compared = subjects.map((subject) => result(deviceOf(context, { subject, variant: int8 })).compared)
  const [inputs, same] = (['inputs', 'same'] as const).map((key) =>
    compared.reduce((sum, one) => sum + one[key], 0),
  )
  return [
    pairedIntervals,
    'Accuracy of int8 is that of the file, inferred with the interpreter’s own integer arithmetic, not of rounded weights in float.',
    `The firmware’s int8 outputs are ours, every byte, on ${same ?? 0} of ${inputs ?? 0} inputs.`,
    'Weights alone in int8 with float activations (dynamic range) is not offered by TFLM of July 2020; per-channel scales of dense layers are version 12 of the operator, which it refuses.',
    'CMSIS-NN has no float32 kernels: before is TFLM’s reference code in float, after its int8 or CMSIS-NN’s. Row 6 tells the kernels apart.',
  ]
}
