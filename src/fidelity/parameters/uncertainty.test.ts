import { describe, expect, it } from 'vitest'
import { pipelineTiming, type TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import {
  openParameters,
  settledParameters,
  type OpenParameter,
} from '../../../runs/open-parameters/parameters.ts'
import { sources } from '../../../runs/open-parameters/sources.ts'
import { measureUncertainty } from './uncertainty.ts'

/** A run whose latencies are sums that can be worked out by hand. */
function pretend(timing: TimingParameters): RunReport {
  const inference = 1000 + 100 * timing.storeAfterLoad + 10 * timing.refillReturn
  const report = {
    run: { cycles: 5000 + inference, sleepCycles: 5000 },
    phases: [{ name: 'sensor', medianCycles: 200 }],
    interpreters: [
      {
        medianCycles: inference,
        operators: [
          { index: '0', type: 'CONV_2D', kernel: 'Eval', medianCycles: 300 - 7 * timing.floatMove },
        ],
      },
    ],
  }
  return report as unknown as RunReport
}

const parameter = (name: OpenParameter['name'], low: number, high: number): OpenParameter => ({
  name,
  range: [low, high],
  reason: '',
  sources: [],
})
const parameters = [
  parameter('storeAfterLoad', 0, 1),
  parameter('refillReturn', 1, 3),
  parameter('floatMove', 1, 2),
]
const timing = { ...pipelineTiming, storeAfterLoad: 0, refillReturn: 2, floatMove: 1 }

describe('uncertainty', () => {
  it('names the runs that come to another end', async () => {
    const ended = (stop: string, timing: TimingParameters): RunReport =>
      ({
        ...pretend(timing),
        run: { ...pretend(timing).run, stop, stopDetail: `${stop}, so far` },
      }) as RunReport
    const { endedOtherwise } = await measureUncertainty({
      timing,
      parameters,
      report: ended('until', timing),
      run: (one) => Promise.resolve(ended(one.refillReturn === 3 ? 'time' : 'until', one)),
    })
    expect(endedOtherwise).toEqual([{ setting: 'timing.refillReturn=3', end: 'time, so far' }])
  })

  it('knows interpreters by their names, whichever is first', async () => {
    const both = (one: TimingParameters): RunReport => {
      const named = ['a', 'b'].map((name, i) => ({
        name,
        medianCycles: 1000 * (i + 1) + one.refillReturn,
        operators: [],
      }))
      const interpreters = one.refillReturn === 3 ? named.toReversed() : named
      return { ...pretend(one), interpreters } as unknown as RunReport
    }
    const { latencies } = await measureUncertainty({
      timing,
      parameters,
      report: both(timing),
      run: (one) => Promise.resolve(both(one)),
    })
    expect(
      latencies
        .filter(({ kind }) => kind === 'inference')
        .map(({ lowestCycles, highestCycles }) => [lowestCycles, highestCycles]),
    ).toEqual([
      [1001, 1003],
      [2001, 2003],
    ])
  })

  it('adds up what each parameter does, and names the one that does most', async () => {
    const runs: TimingParameters[] = []
    const run = (one: TimingParameters) => {
      runs.push(one)
      return Promise.resolve(pretend(one))
    }
    const { latencies } = await measureUncertainty({ timing, parameters, report: pretend(timing), run })
    expect(latencies).toEqual([
      {
        kind: 'awake',
        name: 'cycles awake',
        cycles: 1020,
        lowestCycles: 1010,
        highestCycles: 1130,
        dominant: { parameter: 'storeAfterLoad', cycles: 100 },
      },
      { kind: 'phase', name: 'sensor', cycles: 200, lowestCycles: 200, highestCycles: 200, dominant: null },
      {
        kind: 'inference',
        name: 'inference',
        cycles: 1020,
        lowestCycles: 1010,
        highestCycles: 1130,
        dominant: { parameter: 'storeAfterLoad', cycles: 100 },
      },
      {
        kind: 'operator',
        name: '0 CONV_2D',
        cycles: 293,
        lowestCycles: 286,
        highestCycles: 293,
        dominant: { parameter: 'floatMove', cycles: 7 },
      },
    ])
    // Not at the ends that are the default already.
    expect(runs).toHaveLength(4)
  })

  it('sets those that go together in their combinations only, and counts the worst of these once', async () => {
    const runs: TimingParameters[] = []
    const run = (one: TimingParameters) => {
      runs.push(one)
      return Promise.resolve(pretend(one))
    }
    const cache = (cacheLineBytes: number, refillReturn: number) => ({
      ...pipelineTiming,
      cacheLineBytes,
      refillReturn,
    })
    const together = [
      {
        name: 'cache' as const,
        parameters: ['refillReturn' as const],
        settings: [cache(16, 2), cache(32, 3), cache(32, 1)],
      },
    ]
    const options = { timing, parameters, together, report: pretend(timing), run }
    const { latencies, together: said } = await measureUncertainty(options)
    // storeAfterLoad 100 more, the cache 10 more or less; floatMove is not in an inference
    expect(latencies.find(({ kind }) => kind === 'inference')).toMatchObject({
      cycles: 1020,
      lowestCycles: 1010,
      highestCycles: 1130,
    })
    expect(said).toEqual(together)
    expect(runs.map(({ refillReturn, cacheLineBytes }) => [refillReturn, cacheLineBytes])).toEqual([
      [2, 16],
      [2, 16],
      [3, 32],
      [1, 32],
    ])
  })

  it('is refused outside a range, and for one cycle an instruction', async () => {
    const run = (one: TimingParameters) => Promise.resolve(pretend(one))
    const outside = { ...timing, refillReturn: 4 }
    await expect(
      measureUncertainty({ timing: outside, parameters, report: pretend(outside), run }),
    ).rejects.toThrow('--uncertainty: timing.refillReturn=4 is outside its range, 1 to 3')
    const oneCycle = { ...timing, profile: 'oneCycle' as const }
    await expect(
      measureUncertainty({ timing: oneCycle, parameters, report: pretend(oneCycle), run }),
    ).rejects.toThrow('oneCycle')
  })
})

describe('parameters', () => {
  it('are open, with their default in range, or settled; none is neither', () => {
    const names = [...openParameters.map(({ name }) => name), ...settledParameters]
    expect(names.toSorted()).toEqual(
      Object.keys(pipelineTiming)
        .filter((name) => name !== 'profile')
        .toSorted(),
    )
    for (const { name, range } of openParameters) {
      expect(range[0], name).toBeLessThan(range[1])
      expect(pipelineTiming[name], name).toBeGreaterThanOrEqual(range[0])
      expect(pipelineTiming[name], name).toBeLessThanOrEqual(range[1])
    }
  })

  it('give a reason, and sources that are known', () => {
    for (const { name, reason, sources: from } of openParameters) {
      expect(reason.length, name).toBeGreaterThan(20)
      for (const source of from) expect(sources).toHaveProperty(source)
    }
  })
})
