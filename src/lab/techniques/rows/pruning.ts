/** Row 9: weights at zero. */
import { asWritten } from '../../../../runs/verdict.ts'
import type { Claim, Comparison, DetailTable } from '../../../../runs/lab-report/lab-report.ts'
import type { Lookup } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf } from '../configuration.ts'
import {
  accuracyGain,
  bytes,
  compareAccuracy,
  compareBytes,
  compareLatency,
  exact,
  timesFaster,
  timesSmaller,
} from '../figures.ts'
import { columns, headOf, needsFloat, pairedIntervals } from '../row.ts'
import {
  baseline,
  deviceOf,
  given,
  modelOf,
  network,
  outcomesOf,
  wholePlan,
  type Candidate,
} from '../subject.ts'
import { int8, pruned, pruningEpochs } from '../variants.ts'
import { judge } from '../verdict.ts'
import { listed, withUnit } from '../words.ts'

const title = 'Pruning'
const shares = [0, 50, 80, 90] as const
/** Points of accuracy: "minimal loss". */
const minimalLoss = 1

interface Pruned extends Candidate {
  readonly share: number
}

/** The user's file is pruned at once: fine-tuned on the recordings it is then measured on, it would look too good. */
const candidatesOf = ({ given: file, quick }: LabContext): readonly Pruned[] =>
  shares
    .filter((share) => !quick || [0, 80].includes(share))
    .map((share) => ({
      share,
      subject: file === null ? network(baseline) : given,
      variant: file === null ? pruned(share, pruningEpochs) : share === 0 ? int8 : pruned(share, 0),
    }))

interface Entry {
  readonly candidate: Pruned
  readonly name: string
  readonly model: { readonly bytes: number; readonly compressedBytes: number; readonly sparsity: number }
}

export const pruningTechnique: Technique = {
  id: 'pruning',
  row: 9,
  title,
  applies: needsFloat,
  plan: (context) => candidatesOf(context).flatMap((candidate) => wholePlan(context, candidate)),
  assemble(context, result) {
    const [first, ...rest] = candidatesOf(context).map((candidate): Entry => ({
      candidate,
      name: `${candidate.share} %`,
      model: result(modelOf(context, candidate)),
    }))
    if (first === undefined) throw new Error('nothing pruned is one of the shares')
    const tuned =
      context.given === null
        ? `All were tuned ${pruningEpochs} epochs further, 0 % as well: what differs is the pruning alone.`
        : 'Your model was pruned at once, without fine-tuning: tuned on the recordings that it is measured on, it would look too good. Fine-tuning recovers some of the loss.'
    return {
      ...headOf(context, 'pruning', 9, title),
      changed: 'the smallest weights of each layer at zero, then int8; nothing else about the firmware',
      comparisons: rest.flatMap((entry) => compared(context, first, entry, result)),
      claims: claims(context, first, rest, result),
      tables: [table(context, [first, ...rest], result)],
      charts: [
        {
          title: 'Size of the file by share of weights at zero',
          kind: 'bars',
          x: { title: 'pruned', unit: '', scale: 'category' },
          y: { title: 'bytes', unit: 'B', scale: 'linear' },
          series: [
            {
              name: 'as it lies in flash',
              points: [first, ...rest].map(({ name, model }) => ({ x: name, y: model.bytes })),
            },
            {
              name: 'deflated',
              points: [first, ...rest].map(({ name, model }) => ({ x: name, y: model.compressedBytes })),
            },
          ],
        },
      ],
      notes: [
        tuned,
        'Deflated: raw deflate at level 9, as an update over the air would carry it; flash holds the file as it is.',
        pairedIntervals,
      ],
    }
  },
  configurations: (context, result) =>
    candidatesOf(context).map((candidate) => configurationOf(context, candidate, result)),
}

function compared(
  context: LabContext,
  first: Entry,
  { candidate, name, model }: Entry,
  result: Lookup,
): readonly Comparison[] {
  const title = `0 % to ${name} pruned`
  const [before, after] = [result(deviceOf(context, first.candidate)), result(deviceOf(context, candidate))]
  return [
    compareLatency(
      { case: title, metric: 'inference', main: true },
      before.inference,
      after.inference,
      context.header.clockHz,
    ),
    compareBytes({ case: title, metric: 'flash' }, before.flashBytes, after.flashBytes),
    compareBytes({ case: title, metric: 'model file' }, first.model.bytes, model.bytes),
    compareBytes(
      { case: title, metric: 'model file, deflated', main: true },
      first.model.compressedBytes,
      model.compressedBytes,
    ),
    compareAccuracy(
      { case: title, metric: 'accuracy', main: true },
      outcomesOf(context, first.candidate, result),
      outcomesOf(context, candidate, result),
    ),
  ]
}

function claims(context: LabContext, first: Entry, rest: readonly Entry[], result: Lookup): readonly Claim[] {
  const device = ({ candidate }: Entry) => result(deviceOf(context, candidate))
  return [
    judge({
      claim: 'latency does not change under TFLM',
      source: 'TFLM has no kernels for sparse weights',
      range: asWritten('1.00'),
      cases: rest.map((entry) => ({
        name: entry.name,
        ours: timesFaster(device(first).inference, device(entry).inference),
      })),
      on: 'the share',
      words: { less: 'slower', more: 'faster' },
    }),
    compressionClaim(
      rest.map((entry) => ({
        name: entry.name,
        times: first.model.compressedBytes / entry.model.compressedBytes,
        gain: accuracyGain(
          outcomesOf(context, first.candidate, result),
          outcomesOf(context, entry.candidate, result),
        ),
      })),
    ),
  ]
}

export interface Compression {
  readonly name: string
  readonly times: number
  readonly gain: ReturnType<typeof accuracyGain>
}

/** "Up to": the best that is reached with minimal loss counts. Reached with more loss alone, it depends. */
export function compressionClaim(found: readonly Compression[]): Claim {
  const [least] = asWritten('6')
  const cheap = found.filter(({ gain }) => gain.value >= -minimalLoss)
  const reached = found.filter(({ times }) => times >= least)
  const best = (of: readonly Compression[]) => Math.max(1, ...of.map(({ times }) => times))
  const verdict = best(cheap) >= least ? 'holds' : reached.length > 0 ? 'depends' : 'does not hold'
  const loss =
    cheap.length === 0
      ? `no share that was tried stays within ${minimalLoss} point of accuracy`
      : `within ${minimalLoss} point of accuracy the file deflates ${best(cheap).toFixed(1)} times smaller`
  const because = {
    holds: '',
    depends: `on the accuracy one gives up: ${loss}; ${listed(reached.map(({ name }) => name))} reaches it and loses more`,
    'does not hold': `${loss}; at most ${best(found).toFixed(1)} times at any share: the file holds more than weights, and weights left over do not deflate`,
  }[verdict]
  return {
    claim: 'up to 6 times smaller when compressed, with minimal loss of accuracy',
    source: 'TensorFlow Model Optimization, "Trim insignificant weights"',
    ours: found
      .map(({ name, times, gain }) => `${name} ${withUnit(exact(times, 'x'))}, ${withUnit(gain)}`)
      .join('; '),
    verdict,
    because,
  }
}

const table = (context: LabContext, entries: readonly Entry[], result: Lookup): DetailTable => ({
  title: 'By share of weights at zero',
  columns: columns(
    'pruned',
    '#zeros found',
    '#model file',
    '#deflated',
    '#times smaller, deflated',
    '#inference',
    '#accuracy',
    '#against 0 %',
  ),
  rows: entries.map(({ name, candidate, model }, index) => {
    const [first] = entries
    const { inference, accuracy } = configurationOf(context, candidate, result)
    return [
      name,
      exact(Number((100 * model.sparsity).toFixed(1)), '%'),
      bytes(model.bytes),
      bytes(model.compressedBytes),
      timesSmaller(first?.model.compressedBytes ?? NaN, model.compressedBytes),
      inference,
      accuracy,
      index === 0 || first === undefined
        ? null
        : accuracyGain(outcomesOf(context, first.candidate, result), outcomesOf(context, candidate, result)),
    ]
  }),
})
