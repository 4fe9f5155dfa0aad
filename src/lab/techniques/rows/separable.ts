/** Row 8: the smallest convolution and the smallest separable one that are as right as asked. */
import type {
  Chart,
  Claim,
  Comparison,
  DetailTable,
  Quantity,
} from '../../../../runs/lab-report/lab-report.ts'
import type { DeviceResult, Lookup } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf, type Measured } from '../configuration.ts'
import {
  compareAccuracy,
  compareBytes,
  compareLatency,
  bytes,
  exact,
  ramBytes,
  sumOf,
  timesFaster,
  timesSmaller,
} from '../figures.ts'
import { trainingNote } from '../notes.ts'
import { columns, headOf, needsTraining, pairedIntervals } from '../row.ts'
import { deviceOf, modelOf, network, outcomesOf, subjectName, wholePlan, type Candidate } from '../subject.ts'
import { int8 } from '../variants.ts'
import { judge } from '../verdict.ts'
import { withUnit } from '../words.ts'

const title = 'Depthwise-separable convolution'
const widths = [2, 4, 8, 16] as const
type Kind = 'convolution' | 'separable'
const kinds: readonly Kind[] = ['convolution', 'separable']
/** Points below the best accuracy of either kind. */
const tolerance = 1

const widthsOf = ({ quick }: LabContext): readonly number[] => (quick ? [4, 8] : widths)
const candidate = (kind: Kind, width: number): Candidate => ({
  subject: network(`${kind}-${width}`),
  variant: int8,
})
const candidatesOf = (context: LabContext, kind: Kind): readonly Candidate[] =>
  widthsOf(context).map((width) => candidate(kind, width))

interface Entry {
  readonly candidate: Candidate
  readonly name: string
  readonly measured: Measured
  readonly device: DeviceResult
  readonly parameters: number
  readonly macs: number
  readonly bytes: number
}

const entriesOf = (context: LabContext, result: Lookup, kind: Kind): readonly Entry[] =>
  candidatesOf(context, kind).map((one) => {
    const { parameters, macs, bytes: size } = result(modelOf(context, one))
    return {
      candidate: one,
      name: subjectName(one.subject),
      measured: configurationOf(context, one, result),
      device: result(deviceOf(context, one)),
      parameters,
      macs,
      bytes: size,
    }
  })

export const separableTechnique: Technique = {
  id: 'separable',
  row: 8,
  title,
  applies: needsTraining,
  plan: (context) =>
    kinds.flatMap((kind) => candidatesOf(context, kind)).flatMap((one) => wholePlan(context, one)),
  assemble(context, result) {
    const [full, separable] = kinds.map((kind) => entriesOf(context, result, kind))
    if (full === undefined || separable === undefined) throw new Error('there are two kinds')
    const target = targetOf([...full, ...separable].map(({ measured }) => measured.accuracy))
    const [before, after] = [smallest(full, target), smallest(separable, target)]
    const all = kinds.flatMap((kind) => candidatesOf(context, kind))
    return {
      ...headOf(context, 'separable', 8, title),
      changed: `the second convolution in two, one kernel a channel and a mix of channels; the smallest of each kind with at least ${withUnit(target)}`,
      comparisons: before && after ? compared(context, before, after, result) : [],
      claims: [claim(full, separable)],
      tables: [table([...full, ...separable], target)],
      charts: [chart(full, separable)],
      notes: [
        `The accuracy to reach is ${tolerance} point below the best of all that were measured here.`,
        ...missing(before, after),
        trainingNote(all),
        pairedIntervals,
      ],
    }
  },
  configurations: (context, result) =>
    kinds.flatMap((kind) => entriesOf(context, result, kind)).map(({ measured }) => measured),
}

export const targetOf = (accuracies: readonly Quantity[]): Quantity =>
  exact(Math.max(...accuracies.map(({ value }) => value)) - tolerance, '%')

/** Fewest parameters of those that reach the target. */
export function smallest<
  E extends { readonly parameters: number; readonly measured: Pick<Measured, 'accuracy'> },
>(entries: readonly E[], target: Quantity): E | undefined {
  const enough = entries.filter(({ measured }) => measured.accuracy.value >= target.value)
  return enough.sort((a, b) => a.parameters - b.parameters)[0]
}

const missing = (before: Entry | undefined, after: Entry | undefined): readonly string[] => [
  ...(before === undefined ? ['No convolution reaches it: nothing to compare at equal accuracy.'] : []),
  ...(after === undefined ? ['No separable one reaches it: nothing to compare at equal accuracy.'] : []),
]

function compared(context: LabContext, before: Entry, after: Entry, result: Lookup): readonly Comparison[] {
  const name = `${before.name} to ${after.name}, int8`
  const [first, second] = [before.device, after.device]
  return [
    compareLatency(
      { case: name, metric: 'inference', main: true },
      first.inference,
      second.inference,
      context.header.clockHz,
    ),
    compareBytes({ case: name, metric: 'flash', main: true }, first.flashBytes, second.flashBytes),
    compareBytes({ case: name, metric: 'model file' }, before.bytes, after.bytes),
    compareBytes({ case: name, metric: 'RAM' }, ramBytes(first), ramBytes(second)),
    compareAccuracy(
      { case: name, metric: 'accuracy', main: true },
      outcomesOf(context, before.candidate, result),
      outcomesOf(context, after.candidate, result),
    ),
  ]
}

/** The layer that is split, at equal width. */
const layersOf = ({ device: { operators } }: Entry) => {
  const convolutions = operators.filter(({ type }) => /CONV_2D/.test(type)).slice(1)
  return {
    macs: convolutions.reduce((sum, { macs }) => sum + (macs ?? 0), 0),
    latency: sumOf('second convolution', convolutions),
  }
}

function claim(full: readonly Entry[], separable: readonly Entry[]): Claim {
  const pairs = full.flatMap((one, index) => {
    const other = separable[index]
    return other === undefined ? [] : [[one, other] as const]
  })
  const layer = pairs.map(([one, other]) => [layersOf(one), layersOf(other)] as const)
  const speeds = layer.map(
    ([one, other], index) =>
      `${pairs[index]?.[0].name ?? ''} ${withUnit(timesFaster(one.latency, other.latency))}`,
  )
  return judge({
    claim: '8 to 9 times less computation in the layer',
    source: 'Howard et al. 2017 (MobileNets, arXiv 1704.04861), kernels of 3 x 3',
    range: [8, 9],
    cases: layer.map(([one, other], index) => ({
      name: pairs[index]?.[0].name ?? '',
      ours: timesSmaller(one.macs, other.macs),
    })),
    on: 'the width',
    words: { less: 'less saved', more: 'more saved' },
    why: `With N output channels and a kernel of K weights it is 1 / (1/N + 1/K), never more than K: 9 there, 5 here. In cycles the layer gains: ${speeds.join('; ')}`,
  })
}

const table = (entries: readonly Entry[], target: Quantity): DetailTable => ({
  title: 'Both kinds by width, int8, CMSIS-NN',
  columns: columns(
    'network',
    '#parameters',
    '#MACs',
    '#model file',
    '#accuracy',
    '#inference',
    '#flash',
    '#RAM',
    'as right as asked',
  ),
  rows: entries.map(({ name, parameters, macs, bytes: size, measured }) => [
    name,
    parameters,
    macs,
    bytes(size),
    measured.accuracy,
    measured.inference,
    measured.flash,
    measured.ram,
    measured.accuracy.value >= target.value ? 'yes' : 'no',
  ]),
})

function chart(full: readonly Entry[], separable: readonly Entry[]): Chart {
  const series = (name: string, entries: readonly Entry[]): Chart['series'][number] => ({
    name,
    line: true,
    points: entries.map(({ name: label, measured: { accuracy, inference } }) => ({
      x: inference.value,
      y: accuracy.value,
      ...(accuracy.interval && { interval: accuracy.interval }),
      label,
    })),
  })
  return {
    title: 'Accuracy by latency, both kinds',
    kind: 'points',
    x: { title: 'inference', unit: 'us', scale: 'log' },
    y: { title: 'accuracy', unit: '%', scale: 'linear' },
    series: [series('convolution', full), series('separable', separable)],
  }
}
