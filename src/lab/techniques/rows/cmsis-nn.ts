/** Row 6: reference kernels against CMSIS-NN's, operator by operator. */
import { asWritten } from '../../../../runs/verdict.ts'
import type {
  Chart,
  Claim,
  Comparison,
  DetailTable,
  Quantity,
} from '../../../../runs/lab-report/lab-report.ts'
import type { DeviceResult, Lookup } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf } from '../configuration.ts'
import { compareBytes, compareLatency, cycles, cyclesPerMac, timesFaster } from '../figures.ts'
import { columns, headOf, pairedIntervals } from '../row.ts'
import {
  accuracyPlan,
  candidateName,
  deviceOf,
  givenCandidate,
  levelsOf,
  modelOf,
  oneOfEachKind,
  shipped,
  subjectName,
  type Candidate,
  type Level,
} from '../subject.ts'
import { int8 } from '../variants.ts'
import { judge, type Case } from '../verdict.ts'
import { listed, plain, withUnit } from '../words.ts'

const title = 'CMSIS-NN'

const candidatesOf = (context: LabContext): readonly Candidate[] => {
  if (context.given !== null) return [givenCandidate(context, int8)]
  return oneOfEachKind(context).map((subject) => ({ subject, variant: int8 }))
}

export interface Pair {
  readonly name: string
  readonly level: Level
  readonly reference: DeviceResult
  readonly fast: DeviceResult
}

const nameOf = (context: LabContext, candidate: Candidate): string =>
  candidate.subject.kind === 'given' ? candidateName(context, candidate) : subjectName(candidate.subject)

const pairsOf = (context: LabContext, result: Lookup): readonly Pair[] =>
  candidatesOf(context).flatMap((candidate) =>
    levelsOf(context).map((optimise) => ({
      name: nameOf(context, candidate),
      level: optimise,
      reference: result(deviceOf(context, candidate, { kernels: 'reference', optimise })),
      fast: result(deviceOf(context, candidate, { kernels: 'cmsis-nn', optimise })),
    })),
  )

export const cmsisNnTechnique: Technique = {
  id: 'cmsis-nn',
  row: 6,
  title,
  applies: () => null,
  plan: (context) =>
    candidatesOf(context).flatMap((candidate) => [
      modelOf(context, candidate),
      ...accuracyPlan(context, candidate),
      ...levelsOf(context).flatMap((optimise) =>
        (['reference', 'cmsis-nn'] as const).map((kernels) =>
          deviceOf(context, candidate, { kernels, optimise }),
        ),
      ),
    ]),
  assemble(context, result) {
    const pairs = pairsOf(context, result)
    const { clockHz } = context.header
    return {
      ...headOf(context, 'cmsis-nn', 6, title),
      changed: 'TFLM’s reference kernels to CMSIS-NN’s, int8, at each optimisation level of the compiler',
      comparisons: pairs.flatMap((pair) => compared(pair, clockHz)),
      claims: claims(pairs),
      tables: [byOperator(pairs), byLevel(pairs)],
      charts: [chart(pairs)],
      notes: [losses(pairs), sameCode, ...spilled(context), pairedIntervals, outputs(pairs)],
    }
  },
  configurations: (context, result) =>
    candidatesOf(context).flatMap((candidate) =>
      levelsOf(context).flatMap((optimise) =>
        (['reference', 'cmsis-nn'] as const).map((kernels) =>
          configurationOf(context, candidate, result, { kernels, optimise }),
        ),
      ),
    ),
}

function compared({ name, level, reference, fast }: Pair, clockHz: number): readonly Comparison[] {
  const title = `${name}, ${level}`
  return [
    compareLatency(
      { case: title, metric: 'inference', main: level === shipped.optimise },
      reference.inference,
      fast.inference,
      clockHz,
    ),
    compareBytes({ case: title, metric: 'flash' }, reference.flashBytes, fast.flashBytes),
    compareBytes({ case: title, metric: 'arena' }, reference.arenaBytes, fast.arenaBytes),
  ]
}

interface Operator extends Case {
  readonly type: string
  readonly macs: number | null
  readonly reference: DeviceResult['operators'][number]
  readonly fast: DeviceResult['operators'][number]
}

/** Operators of both firmwares, one beside the other: they run the same file. */
const operatorsOf = ({ name, level, reference, fast }: Pair): readonly Operator[] =>
  reference.operators.flatMap((one) => {
    const other = fast.operators.find(({ index }) => index === one.index)
    if (other === undefined) return []
    const { type, macs, index } = one
    const ours = timesFaster(one, other)
    return [{ name: `${name} ${index} ${type} ${level}`, type, macs, reference: one, fast: other, ours }]
  })

function claims(pairs: readonly Pair[]): readonly Claim[] {
  const operators = pairs.flatMap(operatorsOf)
  const dense = operators.filter(({ type, macs }) => type === 'FULLY_CONNECTED' && macs !== null && macs > 0)
  const convolving = pairs.filter(({ reference }) =>
    reference.operators.some(({ type }) => /CONV/.test(type)),
  )
  const words = { less: 'gains less', more: 'gains more' }
  const found: Claim[] = []
  if (dense.length > 0)
    found.push(
      judge({
        claim: '2 to 4 times faster on dense layers',
        source: 'commonly said of CMSIS-NN',
        range: [2, 4],
        cases: dense,
        on: 'the layer’s size and the compiler’s level',
        words,
        why: macsOf(dense),
      }),
    )
  if (convolving.length > 0)
    found.push(
      judge({
        claim: '4.6 times faster, a whole convolutional network',
        source: 'Lai, Suda, Chandra 2018 (arXiv 1801.06601): CIFAR-10 on a Cortex-M7',
        range: asWritten('4.6'),
        cases: convolving.map(({ name, level, reference, fast }) => ({
          name: `${name} ${level}`,
          ours: timesFaster(reference.inference, fast.inference),
        })),
        on: 'the network and the compiler’s level',
        words,
        why: 'Theirs has wider layers of 32 channels, on a processor that issues two instructions at once',
      }),
    )
  return found
}

function macsOf(operators: readonly Operator[]): string {
  const sizes = [...new Set(operators.map(({ macs }) => macs ?? 0))].sort((a, b) => a - b)
  const each = sizes.map((macs) => {
    const ratios = operators.filter((one) => one.macs === macs).map(({ ours }) => ours)
    return `${plain(macs)} MACs ${listed(ratios.map(withUnit))}`
  })
  return `By size: ${each.join('; ')}`
}

const byOperator = (pairs: readonly Pair[]): DetailTable => ({
  title: 'By operator and optimisation level',
  columns: columns(
    'model',
    'operator',
    'level',
    '#MACs',
    '#reference',
    '#CMSIS-NN',
    '#times faster',
    '#reference, per MAC',
    '#CMSIS-NN, per MAC',
    '',
  ),
  rows: pairs.flatMap((pair) =>
    operatorsOf(pair).map(({ reference, fast, macs, ours, type }) => [
      pair.name,
      `${reference.index} ${reference.type}`,
      pair.level,
      macs === 0 ? null : (macs ?? 'not counted'),
      cycles(reference),
      cycles(fast),
      ours,
      cyclesPerMac(reference),
      cyclesPerMac(fast),
      verdictOn(type, ours),
    ]),
  ),
})

const byLevel = (pairs: readonly Pair[]): DetailTable => ({
  title: 'Whole inference',
  columns: columns('model', 'level', '#reference', '#CMSIS-NN', '#times faster'),
  rows: pairs.map(({ name, level, reference, fast }) => [
    name,
    level,
    cycles(reference.inference),
    cycles(fast.inference),
    timesFaster(reference.inference, fast.inference),
  ]),
})

function chart(pairs: readonly Pair[]): Chart {
  const series = (name: string, of: (pair: Pair) => DeviceResult): Chart['series'][number] => ({
    name,
    points: pairs.map((pair) => ({
      x: `${pair.name} ${pair.level}`,
      y: of(pair).inference.cycles,
      interval: of(pair).inference.interval,
    })),
  })
  return {
    title: 'Inference by kernels and optimisation level',
    kind: 'bars',
    x: { title: 'model', unit: '', scale: 'category' },
    y: { title: 'inference', unit: 'cycles', scale: 'log' },
    series: [series('reference', ({ reference }) => reference), series('CMSIS-NN', ({ fast }) => fast)],
  }
}

/** firmware/kernels/cmsis_nn: the others are TFLM's own in both firmwares. */
const accelerated = ['FULLY_CONNECTED', 'CONV_2D', 'DEPTHWISE_CONV_2D', 'AVERAGE_POOL_2D', 'MAX_POOL_2D']

function verdictOn(type: string, { value }: Quantity): string {
  if (!accelerated.includes(type)) return 'the same code in both'
  return value < 1 ? 'CMSIS-NN loses' : ''
}

export function losses(pairs: readonly Pair[]): string {
  const lost = pairs
    .flatMap(operatorsOf)
    .filter(({ type, ours }) => verdictOn(type, ours) === 'CMSIS-NN loses')
    .map(({ name, ours }) => `${name} (${withUnit(ours)})`)
  const memory = (['flashBytes', 'arenaBytes'] as const).flatMap((key) => {
    const more = pairs.map(({ name, level, fast, reference }) => ({
      name: `${name} ${level}`,
      bytes: fast[key] - reference[key],
    }))
    const worst = [...more].sort((a, b) => b.bytes - a.bytes)[0]
    if (worst === undefined || worst.bytes <= 0) return []
    const count = more.filter(({ bytes }) => bytes > 0).length
    return [
      `It takes more ${key === 'flashBytes' ? 'flash' : 'arena'} in ${count} of ${pairs.length} firmwares, at most by ${plain(worst.bytes)} B (${worst.name}).`,
    ]
  })
  const inCycles = lost.length === 0 ? 'no operator' : listed(lost)
  return [`In cycles CMSIS-NN loses on ${inCycles}.`, ...memory].join(' ')
}

/** Where code lies decides about a little: alignment of loops, lines of the cache. */
const sameCode =
  'Operators that CMSIS-NN has no kernel for run TFLM’s code in both; where it lies in flash moves them a little.'

/** Seen in the disassembly of this compiler's code, and said of it alone. */
const spilled = ({ header }: LabContext): readonly string[] =>
  header.compiler.includes('12.2.1')
    ? [
        'The reference FULLY_CONNECTED is slow for a reason of its own: GCC 12.2.1 at -O2 keeps pointers and offsets of its inner loop on the stack, five loads and one store beside the two loads that a multiply-accumulate needs.',
      ]
    : []

function outputs(pairs: readonly Pair[]): string {
  const all = pairs.flatMap(({ reference, fast }) => [reference.compared, fast.compared])
  const sum = (key: 'inputs' | 'same') => all.reduce((total, one) => total + one[key], 0)
  return `Outputs of all these firmwares are those of our own inference on ${sum('same')} of ${sum('inputs')} inputs.`
}
