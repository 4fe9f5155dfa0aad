/** What is said of int8, and what was measured. */
import { asWritten, kilobytes } from '../../../../runs/verdict.ts'
import type { Claim } from '../../../../runs/lab-report/lab-report.ts'
import type { DeviceResult, Lookup } from '../../measurement.ts'
import type { LabContext } from '../../technique.ts'
import { bytes, microseconds, timesFaster, timesSmaller } from '../figures.ts'
import {
  baseline,
  deviceOf,
  levelsOf,
  modelOf,
  subjectName,
  type Candidate,
  type Choices,
  type Subject,
} from '../subject.ts'
import { float32, int8 } from '../variants.ts'
import { judge, type Case } from '../verdict.ts'

const commonClaim = 'commonly said of a gesture model of 10 000 parameters'

export const float = (context: LabContext, subject: Subject): Candidate => ({
  subject,
  variant: context.given === null ? float32 : null,
})

/** The network of the published figures' size. */
export const isClaimed = ({ given: file }: LabContext, subject: Subject): boolean =>
  file === null && subject.kind === 'network' && subject.architecture === baseline

export const reference = { kernels: 'reference' } as const

/** Latency depends on the compiler's level: a figure without one is held beside all of them. */
export const atLevels = (context: LabContext, kernels: 'reference' | 'cmsis-nn'): readonly Choices[] =>
  levelsOf(context).map((optimise) => ({ kernels, optimise }))

export function claims(context: LabContext, subjects: readonly Subject[], result: Lookup): readonly Claim[] {
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
    judge({ claim: '4 times smaller', ...size, range: asWritten('4'), cases: sizes }),
    judge({ claim: '3 times faster or more', ...speed, range: [3, Infinity], cases: speeds }),
  ]
  if (first === undefined || !isClaimed(context, first)) return general
  const times = (device: DeviceResult) => microseconds(device.inference, clockHz)
  const absolute = [
    judge({
      claim: 'float32: 40 kB',
      source: commonClaim,
      range: kilobytes(...asWritten('40')),
      cases: [{ name: subjectName(first), ours: bytes(file(float(context, first))) }],
      on: 'the model',
    }),
    judge({
      claim: 'int8: 10 kB',
      source: commonClaim,
      range: kilobytes(...asWritten('10')),
      cases: [{ name: subjectName(first), ours: bytes(file({ subject: first, variant: int8 })) }],
      on: 'the model',
      why: 'The file holds names, shapes and scales beside the weights',
    }),
    judge({
      claim: 'float32: 1.2 ms',
      source: commonClaim,
      range: asWritten('1.2', 1000),
      cases: atLevels(context, 'reference').map((choices) => ({
        name: choices.optimise ?? '',
        ours: times(result(deviceOf(context, float(context, first), choices))),
      })),
      on: 'the compiler’s level',
      words: { less: 'faster', more: 'slower' },
    }),
    judge({
      claim: 'int8: 0.4 ms',
      source: commonClaim,
      range: asWritten('0.4', 1000),
      cases: [
        ...atLevels(context, 'cmsis-nn').map((choices) => ({
          name: `CMSIS-NN ${choices.optimise ?? ''}`,
          ours: times(result(deviceOf(context, { subject: first, variant: int8 }, choices))),
        })),
        { name: 'reference kernels -O2', ours: times(after(first)[1][1]) },
      ],
      on: 'kernels and the compiler’s level',
      words: { less: 'faster', more: 'slower' },
    }),
  ]
  return [...absolute, ...general]
}
