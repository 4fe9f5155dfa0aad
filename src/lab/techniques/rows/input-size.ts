/** Row 7: half of what goes in. */
import { hiddenUnits } from '../../../model/architectures.ts'
import { varyInput, type Dataset, type InputVariant } from '../../../model/data/windows.ts'
import { asWritten } from '../../../../runs/verdict.ts'
import type { Claim, Comparison, DetailTable } from '../../../../runs/lab-report/lab-report.ts'
import type { DeviceMeasurement, DeviceResult, Latency, Lookup, StockModel } from '../../measurement.ts'
import { whyNotFelt } from '../../sensing.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf } from '../configuration.ts'
import {
  compareAccuracy,
  compareBytes,
  compareLatency,
  cycles,
  phase,
  ramBytes,
  timesFaster,
  windowLatency,
} from '../figures.ts'
import { columns, headOf, needsTraining, pairedIntervals } from '../row.ts'
import {
  baseline,
  deviceOf,
  modelOf,
  network,
  outcomesOf,
  shipped,
  subjectName,
  wholePlan,
  type Candidate,
} from '../subject.ts'
import { int8 } from '../variants.ts'
import { judge } from '../verdict.ts'

const title = 'Input size'
const halves = ['half-window', 'half-rate', 'half-channels'] as const satisfies readonly InputVariant[]
const baselineParameters = Number(baseline.replace('dense-', ''))

/** The dense net with as many hidden units as the full input has: fewer inputs, fewer weights. */
export function denseFor(dataset: Omit<Dataset, 'recordings'>, input: InputVariant): string {
  const { samples, channels } = varyInput({ ...dataset, recordings: [] }, input)
  const classes = dataset.labels.length
  const full = { samples: dataset.samples, channels: dataset.channels.length }
  const hidden = hiddenUnits(baselineParameters, full, classes)
  return `dense-${hidden * (samples * channels.length + 1 + classes) + classes}`
}

/** Without a half that the app which feels the whole cannot feel: 25 Hz have none in whole samples a second. */
export const halvesOf = ({ dataset }: LabContext): readonly InputVariant[] =>
  halves.filter(
    (input) =>
      (input !== 'half-channels' || dataset.channels.length > 1) &&
      (whyNotFelt(dataset) !== null || whyNotFelt(varyInput({ ...dataset, recordings: [] }, input)) === null),
  )

/** Each network, first with the full input. */
function networksOf(context: LabContext): readonly (readonly [Candidate, ...Candidate[]])[] {
  const of = (name: (input: InputVariant) => string): readonly [Candidate, ...Candidate[]] => [
    { subject: network(name('full')), variant: int8 },
    ...halvesOf(context).map((input) => ({ subject: network(name(input), input), variant: int8 })),
  ]
  const dense = of((input) => (input === 'full' ? baseline : denseFor(context.dataset, input)))
  return context.quick ? [dense] : [dense, of(() => 'convolution-8')]
}

const keywordModels = ['micro_speech', 'micro_speech-half-mel'] as const

const stock = (name: (typeof keywordModels)[number]): StockModel => ({ from: 'stock', name })

const keyword = (name: (typeof keywordModels)[number]): DeviceMeasurement => ({
  kind: 'device',
  model: stock(name),
  app: 'keyword',
  ...shipped,
})

const firstLayer = ({ operators, inference }: DeviceResult): Latency =>
  operators.find(({ macs }) => macs !== 0) ?? inference

export const inputSizeTechnique: Technique = {
  id: 'input-size',
  row: 7,
  title,
  applies: needsTraining,
  plan: (context) => [
    ...networksOf(context).flatMap((candidates) =>
      candidates.flatMap((candidate) => wholePlan(context, candidate)),
    ),
    ...keywordModels.flatMap((name) => [{ kind: 'model', model: stock(name) } as const, keyword(name)]),
  ],
  assemble(context, result) {
    const networks = networksOf(context)
    const [mel, halfMel] = keywordModels.map((name) => result(keyword(name)))
    if (mel === undefined || halfMel === undefined) throw new Error('there are two keyword models')
    const { clockHz } = context.header
    return {
      ...headOf(context, 'input-size', 7, title),
      changed: 'half the window, half the rate, half the channels; half the mel bins of the keyword model',
      comparisons: [
        ...networks.flatMap(([full, ...rest], index) =>
          rest.flatMap((half) => compared(context, full, half, result, index === 0)),
        ),
        ...comparedKeyword(mel, halfMel, clockHz),
      ],
      claims: [claim(context, networks, [mel, halfMel], result)],
      tables: [table(context, networks, result), keywordTable(mel, halfMel)],
      charts: [
        {
          title: 'First layer and the rest, by input',
          kind: 'stacked-bars',
          x: { title: 'network', unit: '', scale: 'category' },
          y: { title: 'time', unit: 'cycles', scale: 'linear' },
          series: (['preprocessing', 'first layer', 'the rest of the inference'] as const).map((name) => ({
            name,
            points: networks.flat().map((candidate) => {
              const device = result(deviceOf(context, candidate))
              const first = firstLayer(device).cycles
              const y = {
                preprocessing: phase(device, 'preprocess')?.cycles ?? 0,
                'first layer': first,
                'the rest of the inference': device.inference.cycles - first,
              }[name]
              return { x: subjectName(candidate.subject), y }
            }),
          })),
        },
      ],
      notes: [
        'Half the window is two windows of half the length from each recording, so twice as many to train on; half the rate is every second sample; half the channels are the first half, the accelerometer of an inertial sensor. The dense net keeps its hidden units, so its first layer has half the weights.',
        'micro_speech with half its mel bins has the structure that such a network would have, and weights that mean nothing: its accuracy is not measured, as the recordings it was trained on are not here.',
        pairedIntervals,
      ],
    }
  },
  configurations: (context, result) =>
    networksOf(context)
      .flat()
      .map((candidate) => configurationOf(context, candidate, result)),
}

function compared(
  context: LabContext,
  full: Candidate,
  half: Candidate,
  result: Lookup,
  main: boolean,
): readonly Comparison[] {
  const name = `${subjectName(full.subject)} to ${subjectName(half.subject)}`
  const [before, after] = [result(deviceOf(context, full)), result(deviceOf(context, half))]
  const { clockHz } = context.header
  const preprocess = [phase(before, 'preprocess'), phase(after, 'preprocess')] as const
  return [
    compareLatency(
      { case: name, metric: 'first layer', main },
      firstLayer(before),
      firstLayer(after),
      clockHz,
    ),
    ...(preprocess[0] && preprocess[1]
      ? [compareLatency({ case: name, metric: 'preprocessing' }, preprocess[0], preprocess[1], clockHz)]
      : []),
    compareLatency({ case: name, metric: 'inference' }, before.inference, after.inference, clockHz),
    compareLatency(
      { case: name, metric: 'one window', main },
      windowLatency(before),
      windowLatency(after),
      clockHz,
    ),
    compareBytes({ case: name, metric: 'flash' }, before.flashBytes, after.flashBytes),
    compareBytes({ case: name, metric: 'RAM' }, ramBytes(before), ramBytes(after)),
    compareBytes(
      { case: name, metric: 'model file' },
      result(modelOf(context, full)).bytes,
      result(modelOf(context, half)).bytes,
    ),
    compareAccuracy(
      { case: name, metric: 'accuracy', main },
      outcomesOf(context, full, result),
      outcomesOf(context, half, result),
    ),
  ]
}

function comparedKeyword(mel: DeviceResult, halfMel: DeviceResult, clockHz: number): readonly Comparison[] {
  const name = 'micro_speech to half its mel bins'
  return [
    compareLatency(
      { case: name, metric: 'first layer', main: true },
      firstLayer(mel),
      firstLayer(halfMel),
      clockHz,
    ),
    compareLatency(
      { case: name, metric: 'inference', main: true },
      mel.inference,
      halfMel.inference,
      clockHz,
    ),
    compareBytes({ case: name, metric: 'flash' }, mel.flashBytes, halfMel.flashBytes),
    compareBytes({ case: name, metric: 'RAM' }, ramBytes(mel), ramBytes(halfMel)),
  ]
}

function claim(
  context: LabContext,
  networks: readonly (readonly [Candidate, ...Candidate[]])[],
  [mel, halfMel]: readonly [DeviceResult, DeviceResult],
  result: Lookup,
): Claim {
  const cases = networks.flatMap(([full, ...rest]) =>
    rest.map((half) => ({
      name: subjectName(half.subject),
      ours: timesFaster(
        firstLayer(result(deviceOf(context, full))),
        firstLayer(result(deviceOf(context, half))),
      ),
    })),
  )
  return judge({
    claim: 'half the input, half the first layer’s time',
    source: 'commonly said; its multiply-accumulates halve',
    range: asWritten('2'),
    cases: [
      ...cases,
      { name: 'micro_speech half mel', ours: timesFaster(firstLayer(mel), firstLayer(halfMel)) },
    ],
    on: 'the layer and what is halved',
    words: { less: 'less than halved', more: 'more than halved' },
  })
}

const table = (
  context: LabContext,
  networks: readonly (readonly [Candidate, ...Candidate[]])[],
  result: Lookup,
): DetailTable => ({
  title: 'By input, int8, CMSIS-NN',
  columns: columns(
    'network',
    '#inputs',
    '#parameters',
    '#MACs',
    '#preprocessing',
    '#first layer',
    '#inference',
    '#one window',
    '#RAM',
    '#accuracy',
  ),
  rows: networks.flat().map((candidate) => {
    const device = result(deviceOf(context, candidate))
    const { parameters, macs } = result(modelOf(context, candidate))
    const preprocess = phase(device, 'preprocess')
    const { latency, ram, accuracy } = configurationOf(context, candidate, result)
    const input = candidate.subject.kind === 'network' ? candidate.subject.input : 'full'
    const { samples, channels } = varyInput({ ...context.dataset, recordings: [] }, input)
    return [
      subjectName(candidate.subject),
      samples * channels.length,
      parameters,
      macs,
      preprocess ? cycles(preprocess) : null,
      cycles(firstLayer(device)),
      cycles(device.inference),
      latency,
      ram,
      accuracy,
    ]
  }),
})

function keywordTable(mel: DeviceResult, halfMel: DeviceResult): DetailTable {
  return {
    title: 'Keyword model by operator',
    columns: columns('operator', '#MACs', '#40 bins', '#MACs, half', '#half of them', '#times faster'),
    rows: mel.operators.map((one) => {
      const other = halfMel.operators.find(({ index }) => index === one.index)
      return [
        `${one.index} ${one.type}`,
        one.macs,
        cycles(one),
        other?.macs ?? null,
        other ? cycles(other) : null,
        other ? timesFaster(one, other) : null,
      ]
    }),
  }
}
