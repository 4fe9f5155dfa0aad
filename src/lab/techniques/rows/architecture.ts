/** Row 2: the dense net from 100 000 parameters to 1 000. */
import { denseSizes } from '../../../model/architectures.ts'
import { asWritten } from '../../../../runs/verdict.ts'
import type { Chart, Claim, DetailTable } from '../../../../runs/lab-report/lab-report.ts'
import type { Lookup } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf } from '../configuration.ts'
import {
  accuracyGain,
  compareAccuracy,
  compareBytes,
  compareLatency,
  exact,
  ramBytes,
  timesFaster,
} from '../figures.ts'
import { trainingNote } from '../notes.ts'
import { columns, headOf, needsTraining, pairedIntervals } from '../row.ts'
import { deviceOf, modelOf, network, outcomesOf, subjectName, wholePlan, type Candidate } from '../subject.ts'
import { int8 } from '../variants.ts'
import { judge } from '../verdict.ts'

const title = 'Smaller architecture'

const candidatesOf = ({ quick }: LabContext): readonly Candidate[] =>
  denseSizes
    .filter((size) => !quick || ![30_000, 3_000].includes(size))
    .map((size) => ({ subject: network(`dense-${size}`), variant: int8 }))

export const architectureTechnique: Technique = {
  id: 'architecture',
  row: 2,
  title,
  applies: needsTraining,
  plan: (context) => candidatesOf(context).flatMap((candidate) => wholePlan(context, candidate)),
  assemble(context, result) {
    const all = candidatesOf(context)
    const [first, ...smaller] = all
    if (first === undefined) throw new Error('there are dense nets')
    return {
      ...headOf(context, 'architecture', 2, title),
      changed: 'units of the hidden layer of a dense net; int8, CMSIS-NN',
      comparisons: smaller.flatMap((candidate) => compared(context, first, candidate, result)),
      claims: claims(context, all, result),
      tables: [table(context, all, result)],
      charts: charts(context, all, result),
      notes: [trainingNote(all), pairedIntervals],
    }
  },
  configurations: (context, result) =>
    candidatesOf(context).map((candidate) => configurationOf(context, candidate, result)),
}

/** Networks of the table of which one has a tenth of the other's parameters. */
const tenths = (all: readonly Candidate[]) =>
  all.flatMap((before) => {
    const after = all.find((one) => subjectName(before.subject) === `${subjectName(one.subject)}0`)
    const name = `${subjectName(before.subject)} to ${subjectName(after?.subject ?? before.subject)}`
    return after === undefined ? [] : [{ before, after, name }]
  })

const claims = (context: LabContext, all: readonly Candidate[], result: Lookup): readonly Claim[] => [
  judge({
    claim: 'a tenth of the parameters costs a point of accuracy at most',
    source: 'commonly said of networks larger than their task',
    range: [-1, Infinity],
    cases: tenths(all).map(({ name, before, after }) => ({
      name,
      ours: accuracyGain(outcomesOf(context, before, result), outcomesOf(context, after, result)),
    })),
    on: 'where one begins',
    words: { less: 'costs more', more: 'gains' },
  }),
  judge({
    claim: 'a tenth of the parameters takes a tenth of the time',
    source: 'commonly said; multiply-accumulates fall as parameters do',
    range: asWritten('10'),
    cases: tenths(all).map(({ name, before, after }) => ({
      name,
      ours: timesFaster(
        result(deviceOf(context, before)).inference,
        result(deviceOf(context, after)).inference,
      ),
    })),
    on: 'where one begins',
    words: { less: 'saves less', more: 'saves more' },
    why: 'Softmax, the interpreter and the cost of a call do not shrink with the layer',
  }),
]

function compared(context: LabContext, first: Candidate, candidate: Candidate, result: Lookup) {
  const name = `${subjectName(first.subject)} to ${subjectName(candidate.subject)}`
  const [before, after] = [first, candidate].map((one) => result(deviceOf(context, one)))
  const [bytesBefore, bytesAfter] = [first, candidate].map((one) => result(modelOf(context, one)).bytes)
  if (!before || !after) throw new Error('two were measured')
  return [
    compareLatency(
      { case: name, metric: 'inference', main: true },
      before.inference,
      after.inference,
      context.header.clockHz,
    ),
    compareBytes({ case: name, metric: 'flash', main: true }, before.flashBytes, after.flashBytes),
    compareBytes({ case: name, metric: 'model file' }, bytesBefore ?? 0, bytesAfter ?? 0),
    compareBytes({ case: name, metric: 'RAM' }, ramBytes(before), ramBytes(after)),
    compareAccuracy(
      { case: name, metric: 'accuracy', main: true },
      outcomesOf(context, first, result),
      outcomesOf(context, candidate, result),
    ),
  ]
}

const table = (context: LabContext, all: readonly Candidate[], result: Lookup): DetailTable => ({
  title: 'Accuracy, latency and size',
  columns: columns(
    'network',
    '#parameters',
    '#model file',
    '#accuracy',
    '#inference',
    '#one window',
    '#flash',
    '#RAM',
    '#energy',
  ),
  rows: all.map((candidate) => {
    const { parameters, bytes } = result(modelOf(context, candidate))
    const measured = configurationOf(context, candidate, result)
    const { accuracy, inference, latency, flash, ram, energy } = measured
    const name = subjectName(candidate.subject)
    return [name, parameters, exact(bytes, 'B'), accuracy, inference, latency, flash, ram, energy]
  }),
})

function charts(context: LabContext, all: readonly Candidate[], result: Lookup): readonly Chart[] {
  const points = (x: (candidate: Candidate) => number): Chart['series'] => [
    {
      name: 'dense, int8',
      line: true,
      points: all.map((candidate) => {
        const { accuracy } = configurationOf(context, candidate, result)
        const { value, interval } = accuracy
        return {
          x: x(candidate),
          y: value,
          ...(interval && { interval }),
          label: subjectName(candidate.subject),
        }
      }),
    },
  ]
  const y = { title: 'accuracy', unit: '%', scale: 'linear' } as const
  return [
    {
      title: 'Accuracy by latency',
      kind: 'points',
      x: { title: 'inference', unit: 'us', scale: 'log' },
      y,
      series: points((candidate) => configurationOf(context, candidate, result).inference.value),
    },
    {
      title: 'Accuracy by flash',
      kind: 'points',
      x: { title: 'flash', unit: 'B', scale: 'log' },
      y,
      series: points((candidate) => result(deviceOf(context, candidate)).flashBytes),
    },
    {
      title: 'Accuracy by parameters',
      kind: 'points',
      x: { title: 'parameters', unit: '', scale: 'log' },
      y,
      series: points((candidate) => result(modelOf(context, candidate)).parameters),
    },
  ]
}
