/** Row 10: how a window becomes the model's input. */
import { asWritten } from '../../../../runs/verdict.ts'
import type { Claim, Comparison, DetailTable } from '../../../../runs/lab-report/lab-report.ts'
import type { DeviceResult, Latency, Lookup } from '../../measurement.ts'
import { preprocessings, type Preprocessing } from '../../../../runs/lab-report/preprocessing.ts'
import { whyNotFelt } from '../../sensing.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf } from '../configuration.ts'
import { bytes, compareBytes, compareLatency, cycles, phase, timesFaster, windowLatency } from '../figures.ts'
import { columns, headOf, needsTraining, pairedIntervals } from '../row.ts'
import {
  appOf,
  baseline,
  deviceOf,
  network,
  subjectName,
  wholePlan,
  type Candidate,
  type Choices,
} from '../subject.ts'
import { float32, int8 } from '../variants.ts'
import { judge } from '../verdict.ts'
import { halvesOf } from './input-size.ts'

const title = 'Preprocessing'
const quantised: Candidate = { subject: network(baseline), variant: int8 }
const float: Candidate = { subject: network(baseline), variant: float32 }
const others = preprocessings.filter((one) => one !== 'loop')

/** Inferences that the plain loop is held beside. */
const kernels: readonly (readonly [name: string, candidate: Candidate, choices: Choices])[] = [
  ['int8, CMSIS-NN', quantised, { kernels: 'cmsis-nn' }],
  ['int8, reference kernels', quantised, { kernels: 'reference' }],
  ['float32, reference kernels', float, { kernels: 'reference' }],
]

/** Networks that are smaller or better: with the quickest preprocessing they are what one would ship. */
const alsoFolded: readonly Candidate[] = ['dense-3000', 'convolution-4', 'separable-4'].map((name) => ({
  subject: network(name),
  variant: int8,
}))

const foldedOf = ({ quick }: LabContext): readonly Candidate[] => (quick ? [] : alsoFolded)
const folded: Choices = { preprocessing: 'folded' }

/** What each row found to cost no accuracy, put together: the recommendation can choose only what was measured. */
const together: Choices = { preprocessing: 'folded', optimise: '-Os' }
const togetherOf = (context: LabContext): readonly Candidate[] =>
  context.quick
    ? []
    : (['full', ...halvesOf(context)] as const).map((input) => ({
        subject: network('convolution-8', input),
        variant: int8,
      }))

const names: Readonly<Record<Preprocessing, string>> = {
  loop: 'plain loop',
  unrolled: 'unrolled by hand',
  'cmsis-dsp': 'CMSIS-DSP',
  folded: 'folded into the quantisation',
}

export const preprocessingTechnique: Technique = {
  id: 'preprocessing',
  row: 10,
  title,
  applies: (context) =>
    needsTraining(context) ??
    (appOf(context) === 'gesture'
      ? null
      : `it is measured in the app gesture, which reads an inertial sensor: ${whyNotFelt(context.dataset) ?? ''}.`),
  plan: (context) => [
    ...preprocessings.flatMap((preprocessing) => wholePlan(context, quantised, { preprocessing })),
    ...kernels.map(([, candidate, choices]) => deviceOf(context, candidate, choices)),
    ...foldedOf(context).flatMap((candidate) => [
      ...wholePlan(context, candidate),
      ...wholePlan(context, candidate, folded),
    ]),
    ...togetherOf(context).flatMap((candidate) => wholePlan(context, candidate, together)),
  ],
  assemble(context, result) {
    const plain = result(deviceOf(context, quantised))
    const device = (preprocessing: Preprocessing) => result(deviceOf(context, quantised, { preprocessing }))
    return {
      ...headOf(context, 'preprocessing', 10, title),
      changed: 'the code that normalises and quantises a window; the model and its kernels stay',
      comparisons: others.flatMap((one) => compared(names[one], plain, device(one), context.header.clockHz)),
      claims: claims(context, result),
      tables: [table(context, result), shareTable(context, result), ...otherTable(context, result)],
      charts: [
        {
          title: 'One window: preprocessing and inference',
          kind: 'stacked-bars',
          x: { title: 'preprocessing', unit: '', scale: 'category' },
          y: { title: 'time', unit: 'cycles', scale: 'linear' },
          series: (['preprocessing', 'inference'] as const).map((name) => ({
            name,
            points: preprocessings.map((one) => ({
              x: names[one],
              y: name === 'inference' ? device(one).inference.cycles : preprocess(device(one)).cycles,
            })),
          })),
        },
      ],
      notes: [
        'The plain loop divides twice for each value, by deviation and by scale, and rounds with a call of roundf. Folded, unit, mean, deviation, scale and zero point are one factor and one term for each channel: in int8 an integer multiplication, an addition, a shift and a saturation.',
        'Unrolled gives the loop’s inputs to the bit; CMSIS-DSP and folded are off by one step where a value lies beside a tie (src/toolchain/apps/preprocess.test.ts).',
        ...(togetherOf(context).length === 0
          ? []
          : [
              'For the recommendation, folded preprocessing was measured at -Os as well, with convolution-8 and with half of what goes into it: among the configurations.',
            ]),
        pairedIntervals,
      ],
    }
  },
  configurations: (context, result) => [
    ...preprocessings.map((preprocessing) => configurationOf(context, quantised, result, { preprocessing })),
    ...foldedOf(context).map((candidate) => configurationOf(context, candidate, result, folded)),
    ...togetherOf(context).map((candidate) => configurationOf(context, candidate, result, together)),
  ],
}

function preprocess(device: DeviceResult): Latency {
  const found = phase(device, 'preprocess')
  if (found === undefined) throw new Error('the firmware marks no preprocessing')
  return found
}

const compared = (
  name: string,
  before: DeviceResult,
  after: DeviceResult,
  clockHz: number,
): readonly Comparison[] => [
  compareLatency(
    { case: name, metric: 'preprocessing', main: true },
    preprocess(before),
    preprocess(after),
    clockHz,
  ),
  compareBytes({ case: name, metric: 'flash', main: true }, before.flashBytes, after.flashBytes),
  compareLatency({ case: name, metric: 'inference' }, before.inference, after.inference, clockHz),
]

function claims(context: LabContext, result: Lookup): readonly Claim[] {
  const plain = result(deviceOf(context, quantised))
  return [
    judge({
      claim: 'preprocessing costs as much as inference',
      source: 'commonly said of sensor pipelines: once as much',
      range: asWritten('1'),
      cases: kernels.map(([name, candidate, choices]) => {
        const device = result(deviceOf(context, candidate, choices))
        return { name, ours: timesFaster(preprocess(device), device.inference) }
      }),
      on: 'kernels, and the model’s type',
      words: { less: 'less than inference', more: 'more than inference' },
    }),
    judge({
      claim: 'preprocessing can be halved',
      source: 'commonly said of unrolling and CMSIS-DSP',
      range: [2, Infinity],
      cases: others.map((preprocessing) => ({
        name: names[preprocessing],
        ours: timesFaster(
          preprocess(plain),
          preprocess(result(deviceOf(context, quantised, { preprocessing }))),
        ),
      })),
      on: 'how',
      words: { less: 'saves less', more: 'saves more' },
    }),
  ]
}

function table(context: LabContext, result: Lookup): DetailTable {
  const plain = result(deviceOf(context, quantised))
  return {
    title: 'Code of the preprocessing, int8, CMSIS-NN',
    columns: columns('code', '#preprocessing', '#times faster', '#inference', '#flash'),
    rows: preprocessings.map((one) => {
      const device = result(deviceOf(context, quantised, { preprocessing: one }))
      return [
        names[one],
        cycles(preprocess(device)),
        one === 'loop' ? null : timesFaster(preprocess(plain), preprocess(device)),
        cycles(device.inference),
        bytes(device.flashBytes),
      ]
    }),
  }
}

const shareTable = (context: LabContext, result: Lookup): DetailTable => ({
  title: 'The plain loop beside inference',
  columns: columns('model', '#preprocessing', '#inference', '#preprocessing by inference'),
  rows: kernels.map(([name, candidate, choices]) => {
    const device = result(deviceOf(context, candidate, choices))
    return [
      name,
      cycles(preprocess(device)),
      cycles(device.inference),
      timesFaster(preprocess(device), device.inference),
    ]
  }),
})

function otherTable(context: LabContext, result: Lookup): readonly DetailTable[] {
  const candidates = foldedOf(context)
  if (candidates.length === 0) return []
  return [
    {
      title: 'One window with other networks, plain loop and folded',
      columns: columns('network', '#plain loop', '#folded', '#times faster'),
      rows: candidates.map((candidate) => {
        const [loop, quick] = [{}, folded].map((choices) =>
          windowLatency(result(deviceOf(context, candidate, choices))),
        )
        if (loop === undefined || quick === undefined) throw new Error('two were measured')
        return [subjectName(candidate.subject), cycles(loop), cycles(quick), timesFaster(loop, quick)]
      }),
    },
  ]
}
