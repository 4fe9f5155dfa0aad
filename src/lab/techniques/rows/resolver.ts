/** Row 5: which operators are linked. */
import { kilobytes } from '../../../../runs/verdict.ts'
import type { Comparison, DetailTable } from '../../../../runs/lab-report/lab-report.ts'
import type { DeviceResult, Lookup } from '../../measurement.ts'
import type { LabContext, Technique } from '../../technique.ts'
import { configurationOf } from '../configuration.ts'
import { bytes, compareBytes, compareLatency, exact } from '../figures.ts'
import { columns, headOf } from '../row.ts'
import {
  accuracyPlan,
  baseline,
  candidateName,
  deviceOf,
  givenCandidate,
  modelOf,
  network,
  type Candidate,
  type Choices,
} from '../subject.ts'
import { int8 } from '../variants.ts'
import { judge } from '../verdict.ts'

const title = 'Op resolver'
const all: Choices = { resolver: 'all' }
/** Of the first case; the others name the same ones again. */
const shownSymbols = 25
const shownAgain = 8

const candidatesOf = (context: LabContext): readonly Candidate[] => {
  if (context.given !== null) return [givenCandidate(context, int8)]
  return [baseline, ...(context.quick ? [] : ['separable-8'])].map((name) => ({
    subject: network(name),
    variant: int8,
  }))
}

/** Each model as shipped, and the first with other kernels and for size: they are other code. */
const casesOf = (context: LabContext): readonly (readonly [Candidate, Choices])[] => {
  const candidates = candidatesOf(context)
  const otherwise: readonly Choices[] = [
    { kernels: 'reference', optimise: '-O2' },
    { kernels: 'cmsis-nn', optimise: '-Os' },
    { kernels: 'reference', optimise: '-Os' },
  ]
  return [
    ...candidates.map((candidate) => [candidate, { kernels: 'cmsis-nn', optimise: '-O2' }] as const),
    ...candidates
      .slice(0, 1)
      .flatMap((candidate) => otherwise.map((choices) => [candidate, choices] as const)),
  ]
}

const nameOf = (context: LabContext, [candidate, choices]: readonly [Candidate, Choices]): string =>
  [candidateName(context, candidate), choices.kernels, choices.optimise].join(', ')

export const resolverTechnique: Technique = {
  id: 'resolver',
  row: 5,
  title,
  applies: () => null,
  plan: (context) =>
    casesOf(context).flatMap(([candidate, choices]) => [
      deviceOf(context, candidate, choices),
      deviceOf(context, candidate, { ...choices, ...all }),
      modelOf(context, candidate),
      ...accuracyPlan(context, candidate),
    ]),
  assemble(context, result) {
    const pairs = casesOf(context).map((one) => {
      const [candidate, choices] = one
      return {
        name: nameOf(context, one),
        before: result(deviceOf(context, candidate, { ...choices, ...all })),
        after: result(deviceOf(context, candidate, choices)),
      }
    })
    const [first] = pairs
    if (first === undefined) throw new Error('there is a case')
    return {
      ...headOf(context, 'resolver', 5, title),
      changed: 'AllOpsResolver to a MicroMutableOpResolver with the model’s operators, generated',
      comparisons: pairs.flatMap((pair) => compared(pair, context.header.clockHz)),
      claims: [
        judge({
          claim: 'saves 20 to 40 kB of flash',
          source: 'commonly said of AllOpsResolver',
          range: kilobytes(20, 40),
          cases: pairs.map(({ name, before, after }) => ({
            name,
            ours: bytes(before.flashBytes - after.flashBytes),
          })),
          on: 'kernels and the compiler’s level',
          why: 'AllOpsResolver links every kernel of this version, each for float32, int8 and uint8',
        }),
      ],
      tables: [
        ...pairs.map(({ name, before, after }, index) =>
          symbols(name, before, after, index === 0 ? shownSymbols : shownAgain),
        ),
        registration(context, result),
      ],
      charts: [
        {
          title: `${first.name}: the largest symbols that went`,
          kind: 'bars',
          x: { title: 'symbol', unit: '', scale: 'category' },
          y: { title: 'flash', unit: 'B', scale: 'linear' },
          series: [
            {
              name: 'flash',
              points: changes(first.before, first.after)
                .filter((one) => one.saved > 0 && isSymbol(one))
                .slice(0, 15)
                .map(({ name, saved }) => ({ x: name, y: saved })),
            },
          ],
        },
      ],
      notes: [
        'Bytes are those of the linked ELF file: exact. A kilobyte is read as 1 000 or 1 024 bytes, whichever suits the claim.',
        '`boardless model ops FILE` prints the registration code to paste.',
      ],
    }
  },
  configurations: (context, result) =>
    casesOf(context).flatMap(([candidate, choices]) => [
      configurationOf(context, candidate, result, choices),
      configurationOf(context, candidate, result, { ...choices, ...all }),
    ]),
}

interface Pair {
  readonly name: string
  readonly before: DeviceResult
  readonly after: DeviceResult
}

const compared = ({ name, before, after }: Pair, clockHz: number): readonly Comparison[] => [
  compareBytes({ case: name, metric: 'flash', main: true }, before.flashBytes, after.flashBytes),
  compareBytes({ case: name, metric: 'static RAM' }, before.staticRamBytes, after.staticRamBytes),
  compareLatency({ case: name, metric: 'inference' }, before.inference, after.inference, clockHz),
]

interface Change {
  readonly name: string
  readonly before: number
  readonly after: number
  readonly saved: number
}

/** What each symbol's name saves, most first; symbols of one name are added up. */
export function changes(
  before: Pick<DeviceResult, 'symbols'>,
  after: Pick<DeviceResult, 'symbols'>,
): readonly Change[] {
  const [was, is] = [bytesByName(before), bytesByName(after)]
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => {
      const [first, second] = [was.get(name) ?? 0, is.get(name) ?? 0]
      return { name, before: first, after: second, saved: first - second }
    })
    .filter(({ saved }) => saved !== 0)
    .sort((a, b) => b.saved - a.saved || (a.name < b.name ? -1 : 1))
}

function bytesByName({ symbols }: Pick<DeviceResult, 'symbols'>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { name, bytes: size } of symbols) sums.set(name, (sums.get(name) ?? 0) + size)
  return sums
}

/** What the linker puts between symbols, and what has none. */
const isSymbol = ({ name }: Change): boolean => !name.startsWith('(')

function symbols(name: string, before: DeviceResult, after: DeviceResult, most: number): DetailTable {
  const every = changes(before, after)
  const all = every.filter(isSymbol)
  const shown = all.slice(0, most)
  const others = all.slice(most)
  const sum = (of: readonly Change[]) => of.reduce((total, { saved }) => total + saved, 0)
  const total = before.flashBytes - after.flashBytes
  return {
    title: `${name}: flash by symbol`,
    columns: columns('symbol', '#with all', '#with its own', '#saved'),
    rows: [
      ...shown.map((one) => [
        one.name,
        ...[one.before, one.after, one.saved].map((size) => exact(size, 'B')),
      ]),
      [`${others.length} other symbols`, null, null, exact(sum(others), 'B')],
      ['without a symbol: padding, strings, initial values', null, null, exact(total - sum(all), 'B')],
      ['total', ...[before.flashBytes, after.flashBytes, total].map((size) => exact(size, 'B'))],
    ],
  }
}

const registration = (context: LabContext, result: Lookup): DetailTable => ({
  title: 'Registration code, July 2020',
  columns: columns('model', 'code'),
  rows: candidatesOf(context).map((candidate) => [
    candidateName(context, candidate),
    result(modelOf(context, candidate)).registration['2020'],
  ]),
})
