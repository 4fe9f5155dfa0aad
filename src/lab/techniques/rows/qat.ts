/** Row 4: quantisation-aware training beside as many epochs without. */
import type { Outcome } from '../../../model/evaluate.ts'
import type { Variant } from '../../../model/experiment.ts'
import { tuneDefaults } from '../../../model/tune.ts'
import type {
  Chart,
  Claim,
  Comparison,
  DetailTable,
  Quantity,
} from '../../../../runs/lab-report/lab-report.ts'
import type { Lookup } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { accuracy, accuracyGain, compareAccuracy } from '../figures.ts'
import { columns, headOf, needsTraining, seedsOf, unseenDifferences } from '../row.ts'
import { accuracyPlan, network, outcomesOf } from '../subject.ts'
import { float32 } from '../variants.ts'
import { judge } from '../verdict.ts'
import { listed } from '../words.ts'

const title = 'Quantisation-aware training'

export interface Trial {
  readonly architecture: string
  /** "4 bits", "8 bits, ranges 32 times too wide". */
  readonly name: string
  readonly bits: number
  readonly rangeFactor?: number
  readonly quick: boolean
}

const trials: readonly Trial[] = [
  { architecture: 'dense-10000', name: '8 bits', bits: 8, quick: true },
  { architecture: 'separable-4', name: '8 bits', bits: 8, quick: false },
  { architecture: 'dense-10000', name: '4 bits', bits: 4, quick: true },
  { architecture: 'dense-10000', name: '3 bits', bits: 3, quick: false },
  { architecture: 'separable-4', name: '5 bits', bits: 5, quick: false },
  {
    architecture: 'dense-10000',
    name: '8 bits, ranges 32 times too wide',
    bits: 8,
    rangeFactor: 32,
    quick: false,
  },
]

const trialsOf = ({ quick }: LabContext): readonly Trial[] => trials.filter((trial) => trial.quick || !quick)

const steps = ['float32', 'quantised after', 'tuned, then quantised', 'quantisation-aware'] as const
type Step = (typeof steps)[number]

function variantOf({ name, bits, rangeFactor }: Trial, step: Step): Variant {
  if (step === 'float32') return float32
  const tune = {
    'quantised after': undefined,
    'tuned, then quantised': 'plain',
    'quantisation-aware': 'quantised',
  } as const
  const how = tune[step]
  return {
    name: `${name}, ${step}`,
    convert: bits === 8 ? {} : { weightBits: bits, activationBits: bits },
    ...(rangeFactor !== undefined && { rangeFactor }),
    ...(how !== undefined && { tune: { how } }),
  }
}

const candidateOf = (trial: Trial, step: Step) => ({
  subject: network(trial.architecture),
  variant: variantOf(trial, step),
})

interface Found {
  readonly trial: Trial
  readonly name: string
  readonly accuracies: Readonly<Record<Step, readonly Outcome[]>>
  /** float32 to quantised after. */
  readonly loss: Quantity
  readonly overAfter: Quantity
  readonly overTuned: Quantity
}

function foundOf(context: LabContext, trial: Trial, result: Lookup): Found {
  const of = (step: Step) => outcomesOf(context, candidateOf(trial, step), result)
  const accuracies = {
    float32: of('float32'),
    'quantised after': of('quantised after'),
    'tuned, then quantised': of('tuned, then quantised'),
    'quantisation-aware': of('quantisation-aware'),
  }
  const aware = accuracies['quantisation-aware']
  return {
    trial,
    name: `${trial.architecture}, ${trial.name}`,
    accuracies,
    loss: accuracyGain(accuracies.float32, accuracies['quantised after']),
    overAfter: accuracyGain(accuracies['quantised after'], aware),
    overTuned: accuracyGain(accuracies['tuned, then quantised'], aware),
  }
}

export const qatTechnique: Technique = {
  id: 'qat',
  row: 4,
  title,
  applies: needsTraining,
  plan: (context) => {
    return trialsOf(context).flatMap((trial) =>
      steps.flatMap((step) => accuracyPlan(context, candidateOf(trial, step))),
    )
  },
  assemble(context, result) {
    const found = trialsOf(context).map((trial) => foundOf(context, trial, result))
    return {
      ...headOf(context, 'qat', 4, title),
      changed: `${tuneDefaults.epochs} epochs of fine-tuning with fake quantisation and straight-through gradients; before: quantised after training`,
      comparisons: found.flatMap(compared),
      claims: claims(found),
      tables: [table(found)],
      charts: [chart(found)],
      notes: [
        `Trained ${context.folds * context.seeds.length} times each (${context.folds} folds, ${seedsOf(context)}); differences are paired by recording and seed, with 95 % intervals over both.`,
        unseenDifferences,
        `Tuned, then quantised: as many epochs from the same weights, without quantisation in the loop. What quantisation-aware training gains over that is due to the quantisation; what it gains over plain quantisation may be due to longer training.`,
        'Fewer bits leave as many steps as the bits have, stored in int8: any interpreter runs the file. Ranges too wide are held so in training; the quantiser may not mend them.',
        'Batch normalisation is folded before, dropout left out, as inference has it; before fine-tuning the fake-quantised graph and the int8 file agree to a step (src/model/tune.test.ts).',
      ],
    }
  },
  configurations: () => [],
}

const compared = ({ name, accuracies, trial }: Found): readonly Comparison[] => [
  compareAccuracy(
    {
      case: name,
      metric: 'accuracy',
      main: trial.quick || trial.bits < 8 || trial.rangeFactor !== undefined,
    },
    accuracies['quantised after'],
    accuracies['quantisation-aware'],
  ),
  compareAccuracy(
    { case: `${name}, as many epochs`, metric: 'accuracy' },
    accuracies['tuned, then quantised'],
    accuracies['quantisation-aware'],
  ),
]

/** Points that must be lost for one to three to be there to recover. */
const leastLoss = 1

const loses = ({ loss }: Found): boolean => loss.value <= -leastLoss && (loss.interval?.[1] ?? loss.value) < 0

export function claims(found: readonly Found[]): readonly Claim[] {
  const losing = found.filter(loses)
  const kept = found.filter((one) => !loses(one)).map(({ name }) => name)
  const eight = found.filter(({ trial }) => trial.bits === 8 && trial.rangeFactor === undefined)
  const words = { less: 'no gain, or less', more: 'more than claimed' }
  const nothing =
    kept.length === 0
      ? ''
      : `Less than ${leastLoss} point is lost, too little to recover, with ${listed(kept)}`
  return [
    judge({
      claim: 'recovers 1 to 3 points where post-training quantisation loses accuracy',
      source: 'commonly said; gain over as many epochs of plain training',
      range: [1, 3],
      cases: losing.map(({ name, overTuned }) => ({ name, ours: overTuned })),
      on: 'bits and network',
      words,
      shown: true,
      why: nothing,
    }),
    judge({
      claim: 'often better for accuracy than post-training quantisation, at 8 bits',
      source:
        'TensorFlow Model Optimization, quantization aware training; gain over as many epochs of plain training',
      range: [0, Infinity],
      cases: eight.map(({ name, overTuned }) => ({ name, ours: overTuned })),
      on: 'the network',
      words: { less: 'no gain', more: 'gain' },
      shown: true,
      why: 'Post-training quantisation loses next to nothing there',
    }),
  ]
}

const table = (found: readonly Found[]): DetailTable => ({
  title: 'Accuracy, and what quantisation-aware training adds',
  columns: columns(
    'case',
    ...steps.map((step) => `#${step}`),
    '#lost by quantising after',
    '#gained over quantised after',
    '#gained over tuned, then quantised',
  ),
  rows: found.map(({ name, accuracies, loss, overAfter, overTuned }) => [
    name,
    ...steps.map((step) => accuracy(accuracies[step])),
    loss,
    overAfter,
    overTuned,
  ]),
})

const chart = (found: readonly Found[]): Chart => ({
  title: 'Accuracy by how it was quantised',
  kind: 'bars',
  x: { title: 'case', unit: '', scale: 'category' },
  y: { title: 'accuracy', unit: '%', scale: 'linear' },
  series: steps.map((step) => ({
    name: step,
    points: found.map(({ name, accuracies }) => {
      const { value, interval } = accuracy(accuracies[step])
      return { x: name, y: value, ...(interval && { interval }) }
    }),
  })),
})
