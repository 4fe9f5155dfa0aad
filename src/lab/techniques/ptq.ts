/** Row 3: int8 after training. */
import type { Claim, Comparison, DetailTable } from '../lab-report.ts'
import type { DeviceResult, Lookup, Measurement } from '../measurement.ts'
import type { LabContext, Technique } from '../technique.ts'
import { configurationOf, type Measured } from './configuration.ts'
import {
  accuracy,
  accuracyGain,
  bytes,
  compareAccuracy,
  compareBytes,
  compareLatency,
  microseconds,
  ramBytes,
  timesFaster,
  timesSmaller,
} from './figures.ts'
import { columns, headOf, needsFloat, pairedIntervals } from './row.ts'
import {
  accuracyPlan,
  baseline,
  candidateName,
  deviceOf,
  given,
  modelOf,
  network,
  outcomesOf,
  subjectName,
  wholePlan,
  type Candidate,
  type Subject,
} from './subject.ts'
import { float32, int8, int8Calibrated, int8DensePerChannel, int8PerTensor } from './variants.ts'
import { about, judge, type Case } from './verdict.ts'

const title = 'Post-training quantisation'
const calibrationSizes = [1, 2, 5, 10] as const
const commonClaim = 'commonly said of a gesture model of 10 000 parameters'

const subjectsOf = ({ given: file, quick }: LabContext): readonly Subject[] => {
  if (file !== null) return [given]
  return [baseline, ...(quick ? [] : ['convolution-8']), 'separable-8'].map((name) => network(name))
}

const float = (context: LabContext, subject: Subject): Candidate => ({
  subject,
  variant: context.given === null ? float32 : null,
})

/** Dense layers have one scale in either variant: nothing would change. */
const hasPerChannel = (subject: Subject): boolean =>
  subject.kind === 'given' || !subject.architecture.startsWith('dense')

const quantised = (subject: Subject): readonly Candidate[] =>
  (hasPerChannel(subject) ? [int8, int8PerTensor] : [int8]).map((variant) => ({ subject, variant }))

const calibrated = ({ quick }: LabContext, subject: Subject): readonly Candidate[] =>
  calibrationSizes
    .filter((size) => !quick || [1, 5].includes(size))
    .map((size) => ({ subject, variant: int8Calibrated(size) }))

const densePerChannel = (subject: Subject): readonly Candidate[] =>
  subject.kind === 'network' && !hasPerChannel(subject) ? [{ subject, variant: int8DensePerChannel }] : []

const reference = { kernels: 'reference' } as const

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
      ...quantised(subject).map((candidate) => configurationOf(context, candidate, result)),
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
  return quantised(subject).flatMap((candidate, index): readonly Comparison[] => {
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

function claims(context: LabContext, subjects: readonly Subject[], result: Lookup): readonly Claim[] {
  const { clockHz } = context.header
  const each = (of: (subject: Subject) => readonly Case[]) => subjects.flatMap(of)
  const before = (subject: Subject) => result(deviceOf(context, float(context, subject)))
  const after = (subject: Subject) =>
    [
      ['CMSIS-NN', result(deviceOf(context, { subject, variant: int8 }))],
      ['reference kernels', result(deviceOf(context, { subject, variant: int8 }, reference))],
    ] as const satisfies readonly (readonly [string, DeviceResult])[]
  const file = (candidate: Candidate) => result(modelOf(context, candidate)).bytes
  const sizes = each((subject) => [
    {
      name: subjectName(subject),
      ours: timesSmaller(file(float(context, subject)), file({ subject, variant: int8 })),
    },
  ])
  const speeds = each((subject) =>
    after(subject).map(([kernels, device]) => ({
      name: `${subjectName(subject)}, ${kernels}`,
      ours: timesFaster(before(subject).inference, device.inference),
    })),
  )
  const [first] = subjects
  const size = {
    source: 'TensorFlow Lite, post-training quantization, full integer: tensorflow.org/lite/performance',
    on: 'the model’s size: a file holds more than weights',
    words: { less: 'smaller gain', more: 'larger gain' },
  }
  const speed = {
    source: size.source,
    on: 'kernels and kind of layer',
    words: { less: 'slower than that', more: 'faster than that' },
  }
  const general = [
    judge({ claim: '4 times smaller', ...size, range: about(4), cases: sizes }),
    judge({ claim: '3 times faster or more', ...speed, range: [3, Infinity], cases: speeds }),
  ]
  if (first === undefined || context.given !== null) return general
  const times = (device: DeviceResult) => microseconds(device.inference, clockHz)
  const absolute = [
    judge({
      claim: 'float32: 40 kB',
      source: commonClaim,
      range: about(40_000),
      cases: [{ name: subjectName(first), ours: bytes(file(float(context, first))) }],
      on: 'the model',
    }),
    judge({
      claim: 'int8: 10 kB',
      source: commonClaim,
      range: about(10_000),
      cases: [{ name: subjectName(first), ours: bytes(file({ subject: first, variant: int8 })) }],
      on: 'the model',
      why: 'The file holds names, shapes and scales beside the weights',
    }),
    judge({
      claim: 'float32: 1.2 ms',
      source: commonClaim,
      range: about(1200),
      cases: [{ name: subjectName(first), ours: times(before(first)) }],
      on: 'the compiler’s options',
      words: { less: 'faster', more: 'slower' },
    }),
    judge({
      claim: 'int8: 0.4 ms',
      source: commonClaim,
      range: about(400),
      cases: after(first).map(([name, device]) => ({ name, ours: times(device) })),
      on: 'the kernels',
      words: { less: 'faster', more: 'slower' },
    }),
  ]
  return [...absolute, ...general]
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
      return [first, ...quantised(subject), ...densePerChannel(subject)].map((candidate) => {
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
      })
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
