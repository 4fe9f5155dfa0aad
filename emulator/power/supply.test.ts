import { describe, expect, it } from 'vitest'
import { BOARDS } from '../boards/index.ts'
import { CURRENTS } from './currents.ts'
import { ChargeLedger } from './ledger.ts'
import { summarize } from './summary.ts'
import { atSupply, intoFeed } from './supply.ts'
import type { Feed } from './supply.ts'

const SECOND = 64_000_000

const coreMark = (volts: number, regulator: 'DC/DC' | 'LDO') => {
  const ledger = new ChargeLedger(atSupply(CURRENTS, volts))
  ledger.enter('POWER', 'lowPower', 0)
  ledger.enter('RAM', 'powered', 0, 256)
  ledger.enter('REG1', regulator, 0)
  ledger.enter('HFXO', 'running', 0)
  ledger.enter('CPU', 'flash, cache on', 0)
  return summarize(ledger, SECOND).chip
}

describe('the table at another voltage', () => {
  it('is the published one at 3 V', () => {
    expect(coreMark(3, 'DC/DC').averageMicroamps).toBeCloseTo(3300, 3)
    expect(coreMark(3, 'LDO').averageMicroamps).toBeCloseTo(6300, 3)
  })

  it('takes the same power by DC/DC, and the same current by LDO', () => {
    // All but the 2.35 uA of sleep are behind the regulator.
    expect(coreMark(3.6, 'DC/DC').averageMicroamps).toBeCloseTo((3300 - 2.35) * (3 / 3.6) + 2.35, 3)
    expect(coreMark(1.8, 'DC/DC').averageMicroamps).toBeCloseTo((3300 - 2.35) * (3 / 1.8) + 2.35, 3)
    expect(coreMark(3.6, 'LDO').averageMicroamps).toBeCloseTo(6300, 3)
    const [low, high] = coreMark(3.6, 'LDO').averageRangeMicroamps
    expect([low, high]).toEqual(
      coreMark(3, 'LDO').averageRangeMicroamps.map((end) => expect.closeTo(end, 6) as number),
    )
  })
})

describe('what flows into a feed', () => {
  const rail = { microamps: 1000, low: 900, high: 1200 }
  const own = { microamps: 240, low: 180, high: 400 }
  const feed = (conversion: Feed['conversion']): Feed => ({
    name: '',
    volts: 5,
    conversion,
    source: 'test',
    evidence: 'estimate',
  })

  it('is the same current through nothing and through a linear regulator, with its own', () => {
    const none = { microamps: 0, low: 0, high: 0 }
    expect(intoFeed(feed({ kind: 'direct' }), 3.3, rail, none)).toEqual(rail)
    expect(intoFeed(feed({ kind: 'linear' }), 3.3, rail, own)).toEqual({
      microamps: 1240,
      low: 1080,
      high: 1600,
    })
  })

  it('is the same power by the efficiency through a switching one', () => {
    const into = intoFeed(feed({ kind: 'switching', efficiency: 0.75, range: [0.66, 0.88] }), 3.3, rail, own)
    expect(into.microamps).toBeCloseTo((1000 * 3.3) / 5 / 0.75 + 240, 9)
    expect(into.low).toBeCloseTo((900 * 3.3) / 5 / 0.88 + 180, 9)
    expect(into.high).toBeCloseTo((1200 * 3.3) / 5 / 0.66 + 400, 9)
  })

  it.each(Object.entries(BOARDS))('%s says how it is fed', (_, { feeds, supplyVolts }) => {
    expect(feeds.length).toBeGreaterThan(0)
    for (const { volts, source, conversion } of feeds) {
      expect(source).not.toBe('')
      if (conversion.kind === 'direct') expect(volts).toBe(supplyVolts)
      else expect(volts).toBeGreaterThan(supplyVolts)
    }
  })
})
