import { describe, expect, it } from 'vitest'
import { pipelineTiming, type TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { timingOf } from '../simulation/timing-choice.ts'
import { openParameters, settledParameters } from './parameters.ts'
import { allowedRange, impossible, impossibleTogether, openUnder } from './possible.ts'

const names = (timing: TimingParameters): readonly string[] => openUnder(timing).map(({ name }) => name)

describe('what cannot be', () => {
  it('is no default and no end of a range', () => {
    for (const { name, range } of openParameters)
      for (const value of [...range, pipelineTiming[name]])
        expect(impossible(name, value), name).toBeUndefined()
    for (const name of settledParameters) expect(impossible(name, pipelineTiming[name]), name).toBeUndefined()
  })

  it.each([
    ['pipelinedLoad', 2],
    ['ifThen', 2],
    ['floatOutOfOrder', 2],
    ['floatDivideCycles', 0],
    ['exceptionEntry', 7],
    ['floatFrame', 16],
    ['flashReadWait', -1],
    ['flashReadWait', 2.5],
    ['flashReadWait', 41],
    ['flashReadWait', NaN],
  ] as const)('%s of %d', (name, value) => expect(impossible(name, value)).toMatch(/^a whole number from \d/))

  it('is a cache of three ways, or one smaller than its line', () => {
    expect(impossibleTogether(pipelineTiming)).toBeUndefined()
    expect(impossibleTogether({ ...pipelineTiming, cacheWays: 3 })).toBe('cacheWays: 1, 2 or 4')
    expect(impossibleTogether({ ...pipelineTiming, cacheBytes: 8 })).toMatch(/^cacheBytes/)
  })
})

describe('what the sources allow', () => {
  it('is the range of an open parameter, and the one value of a settled one', () => {
    expect(allowedRange('storeAfterLoad', pipelineTiming)).toEqual([0, 1])
    expect(allowedRange('exceptionEntry', pipelineTiming)).toEqual([12, 12])
  })
})

describe('parameters that leave something open', () => {
  it('are all of them by default', () => expect(openUnder(pipelineTiming)).toEqual(openParameters))

  it('are not those of waits, nor of the shape of a cache, where nothing waits', () => {
    const zero = names(timingOf({ timing: 'zero-wait' }))
    const waits = ['flashReadWait', 'flashReadLineBytes', 'flashFetchWait']
    const cache = ['cacheLineBytes', 'cacheMissCycles', 'cacheMissAhead']
    expect(names(pipelineTiming).filter((name) => !zero.includes(name))).toEqual([...waits, ...cache])
  })

  it('are not those that somebody put beyond their range', () => {
    expect(names({ ...pipelineTiming, refillReturn: 9 })).not.toContain('refillReturn')
  })
})
