import { expect, it } from 'vitest'
import type { Configuration, Quantity, Unit } from '../lab-report.ts'
import { testingReport } from '../show/testing/report.ts'
import { recommend, shownWith, withFrontier } from './recommend.ts'

const q = (value: number, unit: Unit, interval: Quantity['interval'] = null): Quantity => ({
  value,
  unit,
  interval,
})

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
    model: { from: 'stock', name: 'micro_speech' },
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
  const found = recommend(withFrontier(measured), { maxLossPoints: 1, maxLatencyMicroseconds: null }, arena)
  expect(found?.configuration).toBe('half a point less')
  expect(found?.command).toBe(
    'boardless build gesture --model recommended/model.tflite --kernels cmsis-nn --resolver mutable --optimise O2 --arena 1600 --preprocess folded',
  )
  expect(found?.reasons.join('\n')).toContain('1.60 times less flash')
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
