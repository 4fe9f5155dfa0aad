import { expect, it } from 'vitest'
import type { InputVariant } from '../../model/data/windows.ts'
import type { Configuration, Quantity, Unit } from '../../../runs/lab-report/lab-report.ts'
import type { DeviceMeasurement, StockModel } from '../measurement.ts'
import { testingReport } from '../show/testing/report.ts'
import { recommend, shownWith, withFrontier } from './recommend.ts'

const q = (value: number, unit: Unit, interval: Quantity['interval'] = null): Quantity => ({
  value,
  unit,
  interval,
})

const stock: StockModel = { from: 'stock', name: 'micro_speech' }
const one = (
  name: string,
  accuracy: number,
  us: number,
  flash: number,
  ram: number,
): Omit<Configuration, 'frontier'> => ({
  name,
  device: {
    kind: 'device',
    model: stock,
    app: 'gesture',
    kernels: 'cmsis-nn',
    resolver: 'mutable',
    optimise: '-O2',
    preprocessing: 'folded',
  },
  accuracy: q(accuracy, '%', [accuracy - 3, accuracy + 2]),
  latency: q(us, 'us', [us - 10, us + 100]),
  inference: q(us / 2, 'us'),
  flash: q(flash, 'B'),
  ram: q(ram, 'B'),
  energy: null,
})

const measured = [
  one('best', 97, 900, 80_000, 9000),
  one('beaten in all', 96.5, 950, 81_000, 9000),
  one('half a point less', 96.5, 700, 50_000, 8000),
  one('as small, more RAM', 96.4, 650, 50_000, 8500),
  one('too bad', 90, 300, 40_000, 5000),
  one('best', 97, 900, 80_000, 9000),
]
const arena = () => 1600

it('the frontier is what nothing beats, each once', () => {
  expect(withFrontier(measured).map(({ name, frontier }) => [name, frontier])).toEqual([
    ['best', true],
    ['beaten in all', false],
    ['half a point less', true],
    ['as small, more RAM', true],
    ['too bad', true],
  ])
  expect(withFrontier([one('a', 1, 1, 1, 1), one('b', 1, 1, 1, 1)]).every(({ frontier }) => frontier)).toBe(
    true,
  )
})

it('recommends the smallest within the loss: flash, then RAM', () => {
  const criteria = { maxLossPoints: 1, maxLatencyMicroseconds: 10_000 }
  const found = recommend(withFrontier(measured), criteria, arena, 'too bad')
  expect(found?.configuration).toBe('half a point less')
  expect(found?.command).toBe(
    'boardless build gesture --model recommended/model.tflite --kernels cmsis-nn --resolver mutable --optimise O2 --arena 1600 --preprocess folded',
  )
  const reasons = found?.reasons.join('\n')
  expect(reasons).toContain(
    'Beside where one begins, too bad: 1.25 times more flash, 1.60 times more RAM, 2.33 times slower, accuracy +6.5 points.',
  )
  expect(reasons).toContain('at most 10 000 us')
  expect(reasons).toContain('50 000 B of flash, 8 000 B of RAM, 700.0 us (690.0 to 800.0)')
  expect(reasons).not.toContain('KiB')
})

it('says less and more by what there is', () => {
  const said = (first: readonly [number, number, number]) =>
    recommend(
      withFrontier([one('chosen', 97, 900, 40_000, 9000), one('first', 96, ...first)]),
      { maxLossPoints: 0, maxLatencyMicroseconds: null },
      arena,
      'first',
    )?.reasons.find((reason) => reason.startsWith('Beside'))
  expect(said([1800, 50_000, 9000])).toContain('1.25 times less flash, as much RAM, 2.00 times faster')
})

it('names what was not measured with what it recommends', () => {
  const trained = (name: string, choices: Partial<DeviceMeasurement>, input: InputVariant = 'full') => ({
    ...one(name, 97, 900, 50_000, 9000),
    device: {
      kind: 'device',
      model: {
        from: 'training',
        architecture: 'convolution-8',
        input,
        seed: 1,
        variant: { name: 'int8', convert: {} },
      },
      app: 'gesture',
      kernels: 'cmsis-nn',
      resolver: 'mutable',
      optimise: '-Os',
      preprocessing: 'loop',
      ...choices,
    } as const,
  })
  const configurations = withFrontier([
    trained('chosen', {}),
    { ...trained('other', { optimise: '-O2', preprocessing: 'folded' }), flash: q(60_000, 'B') },
    { ...trained('level', { optimise: '-O2' }), flash: q(60_000, 'B') },
    { ...trained('half', { optimise: '-O2' }, 'half-rate'), flash: q(60_000, 'B') },
  ])
  const criteria = { maxLossPoints: 1, maxLatencyMicroseconds: null }
  expect(recommend(configurations, criteria, arena)?.reasons.at(-1)).toBe(
    'One step from it and not measured, so not among these: preprocessing folded, half rate.',
  )
})

it('holds the upper end of the latency against the limit, and says nothing where nothing fits', () => {
  const within = (maxLatencyMicroseconds: number, maxLossPoints = 1) =>
    recommend(withFrontier(measured), { maxLossPoints, maxLatencyMicroseconds }, arena)?.configuration
  expect(within(760)).toBe('as small, more RAM')
  expect(within(749)).toBeUndefined()
  expect(within(749, 8)).toBe('too bad')
  expect(recommend([], { maxLossPoints: 1, maxLatencyMicroseconds: null }, arena)).toBeNull()
})

it.each([
  ['lab', 'lab/recommended/model.tflite'],
  ['docs/lab', 'docs/lab/recommended/model.tflite'],
  ['my lab', "'my lab/recommended/model.tflite'"],
])('shows where the model is that %j has', (folder, expected) => {
  const recommendation = recommend(
    withFrontier(measured),
    { maxLossPoints: 1, maxLatencyMicroseconds: null },
    arena,
  )
  const shown = shownWith({ ...testingReport, recommendation }, folder)
  expect(shown.recommendation?.command).toContain(`build gesture --model ${expected} --kernels cmsis-nn`)
  expect(shownWith({ ...testingReport, recommendation: null }, folder).recommendation).toBeNull()
})
