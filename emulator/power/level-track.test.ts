import { describe, expect, it } from 'vitest'
import { mergeCurrents } from './coefficients.ts'
import { CURRENTS } from './currents.ts'
import { ChargeLedger } from './ledger.ts'
import { LevelDistribution } from './level-distribution.ts'
import { row } from './rows.ts'
import { summarize } from './summary.ts'

const SECOND = 64_000_000
const TABLE = mergeCurrents(CURRENTS, {
  B: { group: 'board', regulated: false, states: { on: row(100, 0.5, 'estimate', '', 't') } },
})

describe('the timeline over hours', () => {
  it('has the least, the most and the charge of each stretch, and of all of them the whole', () => {
    const ledger = new ChargeLedger(TABLE)
    let seed = 11
    const random = (limit: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * limit)
    }
    const hours = 7 * 3600 * SECOND
    const course: { from: number; to: number; microamps: number }[] = []
    let now = 0
    while (now < hours) {
      const amount = random(50)
      ledger.enter('B', 'on', now, amount)
      const to = Math.min(now + 1 + random(20) ** 4 * 5000, hours)
      course.push({ from: now, to, microamps: 100 * amount })
      now = to
    }
    const { timeline, board } = summarize(ledger, hours)
    expect(timeline.length).toBeGreaterThan(1024)
    let first = 0
    let whole = 0
    for (const { startCycle, cycles, ...folded } of timeline) {
      const end = startCycle + cycles
      while ((course[first]?.to ?? Infinity) <= startCycle) first += 1
      let [least, most, charge] = [Infinity, 0, 0]
      for (let i = first; (course[i]?.from ?? Infinity) < end; i++) {
        const { from, to, microamps } = course[i] ?? { from: 0, to: 0, microamps: 0 }
        least = Math.min(least, microamps)
        most = Math.max(most, microamps)
        charge += microamps * (Math.min(to, end) - Math.max(from, startCycle))
      }
      expect(folded.minimumMicroamps).toBe(least)
      expect(folded.maximumMicroamps).toBe(most)
      expect(folded.averageMicroamps).toBeCloseTo(charge / cycles, 6)
      whole += charge
    }
    expect(board.chargeMicrocoulombs).toBeCloseTo(whole / SECOND, 6)
    expect(ledger.board.integral / 1e6 / SECOND).toBeCloseTo(whole / SECOND, 6)
  })
})

describe('LevelDistribution', () => {
  it('has the quantiles of as many levels as it keeps, and near ones of more', () => {
    const distribution = new LevelDistribution()
    for (let i = 0; i < 8000; i++) distribution.add((i * 7919) % 8000, 2)
    expect(distribution.quantile(0.5)).toBe(3999)
    expect(distribution.quantile(1)).toBe(7999)
    for (let i = 0; i < 50_000; i++) distribution.add(5_000_000_000 + i * 100_001, 1)
    const exact = 5_000_000_000 + (Math.ceil(66_000 * 0.6) - 16_000 - 1) * 100_001
    expect(Math.abs(distribution.quantile(0.6) / exact - 1)).toBeLessThan(1e-3)
    expect(distribution.peak).toBe(5_000_000_000 + 49_999 * 100_001)
  })
})
