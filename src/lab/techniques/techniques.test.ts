import { describe, expect, it } from 'vitest'
import { denseArchitecture } from '../../model/architectures.ts'
import { keyOf } from '../keys.ts'
import type { Quantity } from '../../../runs/lab-report/lab-report.ts'
import type { DeviceMeasurement, DeviceResult } from '../measurement.ts'
import type { LabContext } from '../technique.ts'
import { accuracyGain, sumOf, timesFaster } from './figures.ts'
import { techniques } from './index.ts'
import { losses } from './rows/cmsis-nn.ts'
import { denseFor } from './rows/input-size.ts'
import { timesLess } from './rows/power.ts'
import { compressionClaim } from './rows/pruning.ts'
import { claims as qatClaims, type Trial } from './rows/qat.ts'
import { changes } from './rows/resolver.ts'
import { smallest, targetOf } from './rows/separable.ts'
import { context, dataset, givenContext, latency, lookupOf } from './testing.ts'

const keyword = {
  kind: 'device',
  model: { from: 'stock', name: 'micro_speech' },
  app: 'keyword',
  kernels: 'cmsis-nn',
  resolver: 'mutable',
  optimise: '-O2',
  preprocessing: 'loop',
} as const satisfies DeviceMeasurement

const contexts: readonly (readonly [string, LabContext])[] = [
  ['full', context],
  ['quick', { ...context, quick: true, folds: 3, seeds: [1] }],
  ['of another sensor', { ...context, dataset: { ...dataset, channels: ['emg'] } }],
  ['of a float32 model', givenContext('float32')],
  ['of an int8 model', givenContext('int8')],
]

const applying = (of: LabContext) => techniques.filter((technique) => technique.applies(of) === null)

it('has the rows of the table in their order', () => {
  expect(techniques.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  expect(new Set(techniques.map(({ id }) => id)).size).toBe(11)
})

describe.each(contexts)('a lab %s', (_, of) => {
  it.each(applying(of).map((technique) => [technique.id, technique] as const))(
    '%s: looks at nothing that it did not plan; every figure is a number within its interval',
    (id, technique) => {
      const result = lookupOf(technique.plan(of))
      const report = technique.assemble(of, result)
      expect(report).toMatchObject({ id, row: technique.row, command: `boardless lab --only ${id}` })
      expect(JSON.parse(JSON.stringify(report))).toEqual(report)
      let figures = 0
      JSON.stringify([report, technique.configurations(of, result)], (key, value: unknown) => {
        if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${key} is ${value}`)
        if (typeof value !== 'object' || value === null || !('unit' in value) || !('value' in value))
          return value
        const { value: middle, interval } = value as unknown as Quantity
        expect(middle).toBeGreaterThanOrEqual(interval?.[0] ?? middle)
        expect(middle).toBeLessThanOrEqual(interval?.[1] ?? middle)
        figures++
        return value
      })
      expect(figures).toBeGreaterThan(0)
      for (const { columns, rows } of report.tables)
        for (const row of rows) expect(row).toHaveLength(columns.length)
      for (const claim of report.claims) {
        expect(claim.ours).not.toBe('')
        if (claim.verdict !== 'holds') expect(claim.because).not.toBe('')
      }
    },
  )

  it('a configuration’s name stands for one measurement, and a measurement has one name', () => {
    const all = applying(of).flatMap((technique) =>
      technique.configurations(of, lookupOf(technique.plan(of))),
    )
    const names = new Map(all.map(({ name, device }) => [name, keyOf(device)]))
    for (const { name, device } of all) expect(names.get(name)).toBe(keyOf(device))
    expect(new Set(names.values()).size).toBe(names.size)
  })

  it('is affordable', () => {
    const plan = applying(of).flatMap((technique) => technique.plan(of))
    const distinct = new Map(plan.map((one) => [keyOf(one), one]))
    const devices = [...distinct.values()].filter(({ kind }) => kind === 'device').length
    expect(devices).toBeLessThanOrEqual(of.quick ? 35 : 70)
  })
})

it('says what cannot be done with the user’s model, and what to do', () => {
  const why = (of: LabContext) =>
    Object.fromEntries(
      techniques.flatMap((technique) => {
        const reason = technique.applies(of)
        return reason === null ? [] : [[technique.id, reason]]
      }),
    )
  expect(Object.keys(why(context))).toEqual([])
  expect(Object.keys(why(givenContext('float32')))).toEqual([
    'architecture',
    'qat',
    'input-size',
    'separable',
    'preprocessing',
    'power',
  ])
  expect(why(givenContext('int8'))).toMatchObject({
    ptq: expect.stringContaining('Give the float32 model') as string,
    pruning: expect.stringContaining('Give the float32 model') as string,
    architecture: expect.stringContaining('Leave out --model') as string,
  })
  expect(why({ ...context, dataset: { ...dataset, channels: ['emg'] } })).toMatchObject({
    preprocessing: expect.stringContaining('inertial sensor') as string,
  })
})

describe('ratios', () => {
  it('pair both sides at each setting: what moves both alike leaves no doubt', () => {
    const before = latency('', 1000, [500, 2000])
    expect(timesFaster(before, latency('', 250, [125, 500]))).toEqual({
      value: 4,
      unit: 'x',
      interval: [4, 4],
    })
    expect(timesFaster(before, latency('', 500, [400, 500]))).toEqual({
      value: 2,
      unit: 'x',
      interval: [1.25, 4],
    })
  })

  it('fall back to the same ends of intervals where settings do not match', () => {
    expect(timesFaster(latency('', 100, [80, 120]), latency('', 50, [40])).interval).toEqual([2, 2.4])
  })

  it('of currents have the coefficients at the same end', () => {
    expect(timesLess([10, 8, 14], [5, 2, 7])).toEqual({ value: 2, unit: 'x', interval: [2, 4] })
  })

  it('sums add up setting by setting', () => {
    expect(sumOf('both', [latency('', 10, [8, 13]), latency('', 20, [26, 18])])).toEqual({
      name: 'both',
      cycles: 30,
      interval: [26, 39],
      settings: [34, 31],
    })
  })
})

it('accuracy gains are points, paired by recording, and wider than what the few of them show', () => {
  const of = (correct: readonly number[]) =>
    correct.map((one, id) => ({ id: String(id), correct: one, total: 10 }))
  const { value, unit, interval } = accuracyGain(of([5, 6, 7, 8]), of([6, 7, 8, 9]))
  expect([value, unit]).toEqual([10, 'points'])
  expect(interval?.[0]).toBeLessThan(0)
  expect(interval?.[1]).toBeGreaterThan(20)
})

it('half an input has a dense net with the same hidden units', () => {
  const inputs = { 'half-window': 300, 'half-rate': 300, 'half-channels': 300 } as const
  for (const [variant, size] of Object.entries(inputs) as ['half-window', number][]) {
    const name = denseFor(dataset, variant)
    const built = denseArchitecture(Number(name.replace('dense-', ''))).build(
      { samples: size, channels: 1 },
      3,
      1,
    )
    expect(built.layers[0]?.outputShape).toEqual([null, 17])
    expect(built.countParams()).toBe(Number(name.replace('dense-', '')))
  }
})

it('symbols of one name are added up; what appears is a loss', () => {
  const symbols = (...of: readonly (readonly [string, number])[]) => ({
    symbols: of.map(([name, bytes]) => ({ name, bytes })),
  })
  expect(
    changes(
      symbols(['Eval', 100], ['Eval', 50], ['same', 5], ['add', 7]),
      symbols(['Eval', 50], ['same', 5], ['new', 9]),
    ),
  ).toEqual([
    { name: 'Eval', before: 150, after: 50, saved: 100 },
    { name: 'add', before: 7, after: 0, saved: 7 },
    { name: 'new', before: 0, after: 9, saved: -9 },
  ])
})

describe('where CMSIS-NN loses', () => {
  const device = (type: string, cycles: number, flashBytes: number): DeviceResult => ({
    ...lookupOf([keyword])(keyword),
    flashBytes,
    arenaBytes: 1000,
    operators: [{ ...latency(type, cycles), index: '3', type, macs: 0 }],
  })
  const pair = (type: string, reference: number, fast: number, flash: number) => ({
    name: 'net',
    level: '-O2' as const,
    reference: device(type, reference, 50_000),
    fast: device(type, fast, flash),
  })

  it('is said of its own kernels; what both run alike is no loss', () => {
    expect(losses([pair('CONV_2D', 100, 200, 50_000)])).toMatch(
      /^In cycles CMSIS-NN loses on net 3 CONV_2D -O2 \(0\.50/,
    )
    expect(losses([pair('SOFTMAX', 100, 101, 50_000)])).toBe('In cycles CMSIS-NN loses on no operator.')
  })

  it('is said of memory as well', () => {
    expect(losses([pair('CONV_2D', 200, 100, 61_234)])).toBe(
      'In cycles CMSIS-NN loses on no operator. It takes more flash in 1 of 1 firmwares, at most by 11 234 B (net -O2).',
    )
  })
})

describe('pruning', () => {
  const gain = (value: number) => ({
    value,
    unit: 'points' as const,
    interval: [value - 1, value + 1] as const,
  })
  it.each([
    ['holds', 6.2, -0.5],
    ['depends', 6.2, -8],
    ['does not hold', 4, -0.2],
  ])('%s: %d times smaller for %d points', (verdict, times, value) => {
    const found = compressionClaim([
      { name: '50 %', times: 1.5, gain: gain(0) },
      { name: '90 %', times, gain: gain(value) },
    ])
    expect(found).toMatchObject({ verdict, ours: expect.stringContaining('90 %') as string })
  })
})

it('the smallest that reaches the target has the fewest parameters', () => {
  const entry = (parameters: number, value: number) => ({
    parameters,
    measured: { accuracy: { value, unit: '%' as const, interval: null } },
  })
  const entries = [entry(900, 99.9), entry(300, 99), entry(100, 90)]
  const target = targetOf([{ value: 99.9, unit: '%', interval: null }])
  expect(target.value).toBeCloseTo(98.9)
  expect(smallest(entries, target)).toMatchObject({ parameters: 300 })
  expect(smallest(entries, { ...target, value: 100 })).toBeUndefined()
})

describe('quantisation-aware training', () => {
  const points = (value: number, lowest: number, highest: number) => ({
    value,
    unit: 'points' as const,
    interval: [lowest, highest] as const,
  })
  const trial: Trial = { architecture: 'dense', name: '', bits: 4, quick: true }
  const found = (
    name: string,
    loss: readonly [number, number, number],
    gain: readonly [number, number, number],
  ) => ({
    trial,
    name,
    accuracies: {} as never,
    loss: points(...loss),
    overAfter: points(...gain),
    overTuned: points(...gain),
  })
  it('is judged where quantising loses, and a gain whose interval holds zero is not shown', () => {
    const verdict = (...of: Parameters<typeof found>[]) => qatClaims(of.map((one) => found(...one)))[0]
    expect(verdict(['a', [-5, -7, -3], [2, 1, 3]])).toMatchObject({ verdict: 'holds' })
    expect(verdict(['a', [-5, -7, -3], [1, -1, 3]])).toMatchObject({
      verdict: 'within our interval only',
    })
    expect(verdict(['a', [-5, -7, -3], [9, 7, 11]], ['b', [-5, -7, -3], [2, 1, 4]])).toMatchObject({
      verdict: 'depends',
      because: expect.stringContaining('more than claimed: a') as string,
    })
    expect(verdict(['a', [-0.2, -0.5, 0.1], [2, 1, 3]], ['b', [-5, -7, -3], [2, 1, 3]])).toMatchObject({
      verdict: 'holds',
      ours: 'b +2.0 points (+1.0 to +3.0)',
    })
    expect(verdict(['a', [-0.2, -0.5, 0.1], [2, 1, 3]])).toMatchObject({
      verdict: 'does not hold',
      ours: 'nothing that it could be said of',
      because: 'Less than 1 point is lost, too little to recover, with a',
    })
  })
})
