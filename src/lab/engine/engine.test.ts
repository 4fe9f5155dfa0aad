import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keyOf, measurementKey } from '../keys.ts'
import type { DeviceMeasurement, FoldMeasurement, Measurement, TrainedModel } from '../measurement.ts'
import type { Made } from '../outcome.ts'
import type { LabContext, Technique } from '../technique.ts'
import { Interrupted, measure, type Hand, type Job } from './engine.ts'
import { planOf, type Planned } from './plan.ts'
import { Store } from './store.ts'

const float32 = { name: 'float32', convert: { precision: 'float32' } } as const
const trained = (architecture: string): TrainedModel => ({
  from: 'training',
  architecture,
  input: 'full',
  seed: 1,
  variant: float32,
})
const device = (architecture: string, optimise: DeviceMeasurement['optimise']): DeviceMeasurement => ({
  kind: 'device',
  model: trained(architecture),
  app: 'gesture',
  kernels: 'reference',
  resolver: 'mutable',
  optimise,
  preprocessing: 'loop',
})
const fold = (architecture: string, at: number, name = 'float32'): FoldMeasurement => ({
  kind: 'fold',
  architecture,
  input: 'full',
  seed: 1,
  fold: at,
  folds: 2,
  variant: { ...float32, name },
})
const measured: readonly Measurement[] = [
  device('dense-1000', '-O2'),
  device('dense-1000', '-O3'),
  device('dense-3000', '-O2'),
  fold('dense-1000', 0),
  fold('dense-1000', 0, 'other'),
  fold('dense-1000', 1),
]
const technique = (measurements: readonly Measurement[]) =>
  ({ applies: () => null, plan: () => measurements }) as unknown as Technique
const plan = planOf([technique(measured), technique(measured)], {} as LabContext)

/** Remembers what it was asked for; says `made NAME` of each. */
class Recorder implements Hand {
  constructor(
    readonly jobs: Job[],
    readonly before: (job: Job) => void = () => undefined,
  ) {}

  async run(job: Job, onMade: (key: string, made: Made) => void): Promise<void> {
    this.jobs.push(job)
    await new Promise((resolve) => setImmediate(resolve))
    this.before(job)
    for (const { key } of job.measurements) onMade(key, { result: { made: key.slice(0, 8), n: 0.1 + 0.2 } })
  }
}

async function run(
  store: Store,
  hands = 2,
  before?: (job: Job) => void,
  signal = new AbortController().signal,
) {
  const jobs: Job[] = []
  const { results, fromCache } = await measure({
    plan,
    store,
    signal,
    hands: Array.from({ length: hands }, () => new Recorder(jobs, before)),
    cacheKey: (measurement, needs) => keyOf({ measurement, needs }),
  })
  return { jobs, results, fromCache }
}

const freshStore = () => new Store(mkdtempSync(join(tmpdir(), 'boardless-lab-')))

it('plans each thing once, with the models that devices need', () => {
  expect(plan.map(({ measurement }) => measurement.kind)).toEqual([
    'model',
    'device',
    'device',
    'model',
    'device',
    'fold',
    'fold',
    'fold',
  ])
  const [first] = measured as [DeviceMeasurement]
  const written = JSON.parse(JSON.stringify(first)) as Record<string, unknown>
  const reversed = Object.fromEntries(Object.entries(written).reverse()) as unknown as Measurement
  expect(measurementKey(reversed)).toBe(measurementKey(first))
  expect(measurementKey({ ...first, optimise: '-Os' })).not.toBe(measurementKey(first))
})

it('makes models first, shares trainings, and waits for the first that compiles libraries', async () => {
  const finished: string[] = []
  const { jobs, results } = await run(freshStore(), 3, ({ name }) => finished.push(name))
  expect(results.size).toBe(plan.length)
  expect(
    jobs
      .slice(0, 2)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['dense-1000, seed 1, held out', 'dense-3000, seed 1, held out'])
  expect(jobs.find(({ name }) => name === 'dense-1000, seed 1, fold 1 of 2')?.measurements).toHaveLength(2)
  const devices = jobs.filter(({ measurements }) => measurements[0]?.measurement.kind === 'device')
  expect(devices.map(({ needs }) => needs.length)).toEqual([1, 1, 1])
  const [first, second] = devices.filter(({ name }) => name.endsWith('-O2'))
  const between = jobs.slice(jobs.indexOf(first!) + 1, jobs.indexOf(second!))
  expect(between.length).toBeGreaterThan(0)
  expect(finished.indexOf(first!.name)).toBeLessThan(finished.indexOf(second!.name))
})

it('finds everything again, makes anew what was cut off or is foreign, and gives the same', async () => {
  const store = freshStore()
  const first = await run(store)
  expect(first.fromCache).toBe(0)
  const again = await run(store, 1)
  expect([again.fromCache, again.jobs]).toEqual([plan.length, []])
  expect(JSON.stringify([...again.results].sort())).toBe(JSON.stringify([...first.results].sort()))

  const [cut = '', foreign = '', swapped = ''] = readdirSync(store.folder).map((file) =>
    join(store.folder, file),
  )
  const text = readFileSync(cut, 'utf8')
  writeFileSync(cut, text.slice(0, -3))
  writeFileSync(foreign, '{"result":{"made":"nothing"}}')
  writeFileSync(swapped, text)
  const mended = await run(store)
  expect(mended.fromCache).toBe(plan.length - 3)
  expect(JSON.stringify([...mended.results].sort())).toBe(JSON.stringify([...first.results].sort()))
})

it('keeps what is finished when it is interrupted, or when something goes wrong', async () => {
  const store = freshStore()
  const abort = new AbortController()
  let done = 0
  const stop = () => {
    if (++done === 3) abort.abort()
  }
  await expect(run(store, 1, stop, abort.signal)).rejects.toThrow(Interrupted)
  const broken = (job: Job) => {
    if (job.name.includes('fold 2')) throw new Error('no more memory')
  }
  const kept = readdirSync(store.folder).length
  expect(kept).toBeGreaterThan(1)
  await expect(run(store, 2, broken)).rejects.toThrow('no more memory')
  const { fromCache } = await run(store)
  expect(fromCache).toBeGreaterThanOrEqual(kept)
})

it('what cannot be measured is kept as well', async () => {
  const store = freshStore()
  const [one] = plan as [Planned]
  const hand: Hand = {
    run: (job, onMade) => {
      for (const { key } of job.measurements) onMade(key, { cannot: 'too large' })
      return Promise.resolve()
    },
  }
  const options = { plan: [one], store, signal: new AbortController().signal, cacheKey: () => 'a'.repeat(64) }
  const made = await measure({ ...options, hands: [hand] })
  expect([...made.results.values()]).toEqual([{ cannot: 'too large' }])
  expect((await measure({ ...options, hands: [] })).fromCache).toBe(0)
  expect((await measure({ ...options, hands: [hand] })).fromCache).toBe(1)
})
