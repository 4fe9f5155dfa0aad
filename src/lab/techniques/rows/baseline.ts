/** Row 1: what the others are held beside. */
import { accuracyOf } from '../../../model/evaluate.ts'
import type { DetailTable, Quantity } from '../../../../runs/lab-report/lab-report.ts'
import type { DeviceResult, Lookup, ModelResult } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf } from '../configuration.ts'
import { accuracy, bytes, cycles, cyclesPerMac, exact, microseconds, phase, ramBytes } from '../figures.ts'
import { betweenSeeds, columns, headOf, seedsOf } from '../row.ts'
import {
  accuracyPlan,
  baseline,
  candidateName,
  deviceOf,
  given,
  modelOf,
  network,
  outcomesOf,
  wholePlan,
  type Candidate,
} from '../subject.ts'
import { float32 } from '../variants.ts'
import { listed, withUnit } from '../words.ts'

const title = 'Baseline'

const candidateOf = (context: LabContext): Candidate =>
  context.given === null
    ? { subject: network(baseline), variant: float32 }
    : { subject: given, variant: null }

export const baselineTechnique: Technique = {
  id: 'baseline',
  row: 1,
  title,
  applies: () => null,
  plan: (context) => wholePlan(context, candidateOf(context)),
  assemble(context, result) {
    const candidate = candidateOf(context)
    const device = result(deviceOf(context, candidate))
    const name = candidateName(context, candidate)
    return {
      ...headOf(context, 'baseline', 1, title),
      changed: `nothing: ${name}, as trained`,
      comparisons: [],
      claims: [],
      tables: [
        figures(context, candidate, result),
        operators(device),
        ...(candidate.subject.kind === 'network' ? [bySeed(context, candidate, result)] : []),
      ],
      charts: [
        {
          title: `${name}: where the time of one window goes`,
          kind: 'bars',
          x: { title: 'phase', unit: '', scale: 'category' },
          y: { title: 'time', unit: 'us', scale: 'linear' },
          series: [
            {
              name: 'one window',
              points: timed(device).map((latency) => {
                const { value, interval } = microseconds(latency, context.header.clockHz)
                return { x: latency.name, y: value, ...(interval && { interval }) }
              }),
            },
          ],
        },
      ],
      notes: [
        summary(context, candidate, result),
        accuracyNote(context, candidate, result),
        `${device.compared.same} of ${device.compared.inputs} outputs of the firmware are those of our own inference.`,
        'What a desktop takes for it depends on the desktop: it is measured beside this report, with the machine it was measured on.',
      ],
    }
  },
  configurations: (context, result) => [configurationOf(context, candidateOf(context), result)],
}

const timed = (device: DeviceResult) => {
  const preprocess = phase(device, 'preprocess')
  return [...(preprocess ? [preprocess] : []), { ...device.inference, name: 'inference' }]
}

/** The table in a sentence, for where tables are not shown. */
function summary(context: LabContext, candidate: Candidate, result: Lookup): string {
  const { rows, title: name } = figures(context, candidate, result)
  const wanted = [
    'parameters',
    'model file',
    'accuracy',
    'preprocess',
    'inference',
    'flash',
    'RAM, all of it',
  ]
  const said = rows.flatMap(([label, value]) =>
    typeof label === 'string' && wanted.includes(label) && typeof value === 'object' && value !== null
      ? [`${label.replace(', all of it', '')} ${withUnit(value)}`]
      : [],
  )
  return `${name}: ${said.join('; ')}.`
}

function figures(context: LabContext, candidate: Candidate, result: Lookup): DetailTable {
  const device = result(deviceOf(context, candidate))
  const model = result(modelOf(context, candidate))
  const { clockHz } = context.header
  const { latency, energy } = configurationOf(context, candidate, result)
  const rows: readonly (readonly [string, Quantity | null])[] = [
    ['parameters', exact(model.parameters, '')],
    [macsLabel(model), exact(model.macs, '')],
    ['model file', bytes(model.bytes)],
    ['model file, deflated', bytes(model.compressedBytes)],
    ['accuracy', accuracy(outcomesOf(context, candidate, result))],
    ...timed(device).map((one) => [one.name, microseconds(one, clockHz)] as const),
    ['one window', latency],
    ['flash', bytes(device.flashBytes)],
    ['static RAM', bytes(device.staticRamBytes)],
    ['arena, smallest', bytes(device.arenaBytes)],
    ['stack, high water', bytes(device.stackBytes)],
    ['RAM, all of it', bytes(ramBytes(device))],
    ['energy of one window, chip', energy],
  ]
  return {
    title: candidateName(context, candidate),
    columns: columns('figure', '#value'),
    rows: rows.filter(([, value]) => value !== null),
  }
}

const operators = (device: DeviceResult): DetailTable => ({
  title: 'By operator',
  columns: columns('operator', '#MACs', '#cycles', '#cycles/MAC'),
  rows: device.operators.map((one) => [
    `${one.index} ${one.type}`,
    one.macs ?? 'not counted',
    cycles(one),
    cyclesPerMac(one),
  ]),
})

const macsLabel = ({ macsNotCounted }: ModelResult): string =>
  macsNotCounted.length === 0
    ? 'multiply-accumulates'
    : `multiply-accumulates, at least: not counted ${listed(macsNotCounted.map(({ operator }) => operator))}`

function bySeed(context: LabContext, candidate: Candidate, result: Lookup): DetailTable {
  return {
    title: 'Accuracy by seed, all folds',
    columns: columns('seed', '#accuracy', '#recordings', '#windows'),
    rows: context.seeds.map((seed) => {
      const outcomes = outcomesOf({ ...context, seeds: [seed] }, candidate, result)
      const { recordings, windows } = accuracyOf(outcomes)
      return [String(seed), accuracy(outcomes), recordings, windows]
    }),
  }
}

function accuracyNote(context: LabContext, candidate: Candidate, result: Lookup): string {
  const { recordings, windows } = accuracyOf(outcomesOf(context, candidate, result))
  if (candidate.subject.kind === 'given')
    return `Accuracy: your model on all ${recordings} recordings, each as it is (${windows} windows); 95 % interval: Wilson’s over recordings. If it was trained on them, it is too good.`
  const runs = accuracyPlan(context, candidate).length
  return `Accuracy: ${runs} trainings (${context.folds} folds, ${seedsOf(context)}), each tested on recordings it has not seen, every one at ten circular shifts: ${windows} windows, but of ${recordings} recordings. 95 % interval: Wilson’s over recordings, ${betweenSeeds(context)}.`
}
