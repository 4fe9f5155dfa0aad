import { describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { openParameters, settledParameters } from '../../../runs/open-parameters/parameters.ts'
import { cacheTogether, endOfCache, togetherUnder } from './combinations.ts'
import { allowsWait } from './flash-reads.ts'
import { allFits, bestOfGeometries, fitOf, fits } from './joint.ts'
import { geometries, predicted, residual, type CacheChoice, type MemoryProgram } from './program.ts'
import { memoryPrograms } from './programs.ts'

const cache = (line: number, miss: number, ahead: number): CacheChoice => ({
  cacheBytes: 2048,
  cacheWays: 1,
  cacheLineBytes: line,
  cacheMissCycles: miss,
  cacheMissAhead: ahead,
})

describe('a prediction from what was counted', () => {
  const program: MemoryProgram = {
    name: 'by hand',
    use: 'blind',
    levels: 1,
    published: 1100,
    withoutWaits: 1000,
    errorPercent: 2,
    flashReads: [9, 5, 4, 9, 5, 4, 9, 5, 4],
    // ten misses with nothing ahead, four with one cycle, two with seven
    lines: geometries.map(() => [10, 4, 0, 0, 0, 0, 0, 2]),
  }

  it('has each miss less what is hidden of it, and each read that waits', () => {
    expect(predicted(program, cache(16, 3, 0), 4)).toBe(1000 + 16 * 3 + 5 * 4)
    expect(predicted(program, cache(16, 3, 1), 0)).toBe(1000 + 10 * 3 + 6 * 2)
    expect(predicted(program, cache(16, 3, 9), 0)).toBe(1000 + 10 * 3 + 4 * 2)
  })

  it('is off in parts of its error', () => {
    // 1044 of 1100: 5.09 % under, of 2 %
    expect(residual(program, cache(16, 3, 0), -0.8)).toBeCloseTo((1044 / 1100 - 1) / 0.02, 6)
  })
})

describe('the evidence on the instruction cache', () => {
  it('has the same columns for each program, and more misses in less cache', () => {
    const sum = (row: readonly number[] = []): number => row.reduce((a, b) => a + b, 0)
    for (const { name, lines, flashReads } of memoryPrograms) {
      expect([name, lines.length, flashReads.length]).toEqual([name, geometries.length, 9])
      // 1 kB, 2 kB and 4 kB, directly mapped, lines of 16 bytes
      expect(sum(lines[5])).toBeGreaterThanOrEqual(sum(lines[0]))
      expect(sum(lines[0])).toBeGreaterThanOrEqual(sum(lines[8]))
    }
  })

  it('is met by the timing model, best of all that were tried', () => {
    const [best] = allFits()
    const { cacheBytes, cacheWays, cacheLineBytes, cacheMissCycles, cacheMissAhead } = pipelineTiming
    expect(best?.choice).toEqual({ cacheBytes, cacheWays, cacheLineBytes, cacheMissCycles, cacheMissAhead })
    for (const program of memoryPrograms.filter(({ errorPercent }) => errorPercent < 3))
      expect(
        Math.abs(residual(program, pipelineTiming, pipelineTiming.flashReadWait)),
        program.name,
      ).toBeLessThan(2)
  })

  it('rules out other sizes, more ways, and that nothing of a miss of three is hidden', () => {
    for (const { choice } of allFits().filter(fits))
      expect([choice.cacheBytes, choice.cacheWays]).toEqual([2048, 1])
    expect(fits(fitOf(cache(16, 3, 0)))).toBe(false)
    expect(fits(fitOf(cache(32, 6, 6)))).toBe(true)
    expect(bestOfGeometries()).toHaveLength(geometries.length)
  })

  it('leaves the ranges of its parameters', () => {
    const fitting = allFits().filter(fits)
    for (const name of cacheTogether.parameters as readonly (keyof CacheChoice)[]) {
      const values = fitting.map(({ choice }) => choice[name])
      const range = openParameters.find((one) => one.name === name)?.range
      expect([name, Math.min(...values), Math.max(...values)]).toEqual([name, ...(range ?? [])])
    }
    expect(settledParameters).toContain('cacheBytes')
    expect(settledParameters).toContain('cacheWays')
  })

  it('goes together: the outermost combinations, where nobody has chosen a cache', () => {
    for (const setting of cacheTogether.settings) expect(fits(fitOf(setting))).toBe(true)
    expect(
      cacheTogether.settings.map((one) => [one.cacheLineBytes, one.cacheMissCycles, one.cacheMissAhead]),
    ).toEqual([
      [16, 3, 1],
      [16, 3, 3],
      [32, 6, 1],
      [32, 6, 6],
      [32, 5, 0],
    ])
    expect(togetherUnder(pipelineTiming)).toEqual([cacheTogether])
    expect(togetherUnder({ ...pipelineTiming, cacheMissCycles: 0 })).toEqual([])
    expect(endOfCache('dear')).toEqual(cache(32, 6, 1))
  })
})

it('the evidence on data reads leaves waits of 3 and 4', () => {
  expect([1, 2, 3, 4, 5].filter(allowsWait)).toEqual([3, 4])
  expect(openParameters.find(({ name }) => name === 'flashReadWait')?.range).toEqual([3, 4])
})
