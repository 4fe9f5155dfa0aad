import { describe, expect, it } from 'vitest'
import { batteryLife, CR2032, lipo } from './battery.ts'
import { CpuPower } from './cpu-power.ts'
import { CURRENTS } from './currents.ts'
import { mergeCurrents } from './coefficients.ts'
import { ChargeLedger } from './ledger.ts'
import { row } from './rows.ts'
import { summarize } from './summary.ts'

const SECOND = 64_000_000

/** Parts with round currents, so that sums can be done in the head. */
const TABLE = mergeCurrents(CURRENTS, {
  A: {
    group: 'chip',
    regulated: false,
    states: { low: row(10, 0.1, 'published', '', 't'), high: row(1000, 0.1, 'published', '', 't') },
    events: {
      spark: { picocoulombs: 5e6, range: [4e6, 6e6], conditions: '', source: 't', evidence: 'measured' },
    },
  },
  B: { group: 'board', regulated: false, states: { on: row(100, 0.5, 'estimate', '', 't') } },
  C: {
    group: 'chip',
    regulated: true,
    states: {
      own: row(0, 0, 'published', '', 't', ['HFCLK']),
      more: row(7, 0, 'published', '', 't', ['HFCLK']),
    },
  },
})

describe('ChargeLedger', () => {
  it('adds integer cycles times microamps, by part and state', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('A', 'high', 0)
    ledger.enter('A', 'low', SECOND)
    ledger.enter('B', 'on', 2 * SECOND)
    const summary = summarize(ledger, 4 * SECOND)
    expect(summary.board.chargeMicrocoulombs).toBe(1000 + 30 + 200)
    expect(summary.board.averageMicroamps).toBe(1230 / 4)
    expect(summary.board.peakMicroamps).toBe(1000)
    expect(summary.board.medianMicroamps).toBe(110)
    expect(summary.chip.chargeMicrocoulombs).toBe(1030)
    expect(summary.chip.medianMicroamps).toBe(10)
    const [low, high] = summary.board.averageRangeMicroamps
    expect(low).toBeCloseTo((0.9 * 1030 + 100) / 4, 9)
    expect(high).toBeCloseTo((1.1 * 1030 + 300) / 4, 9)
    expect(summary.parts.map(({ part, chargeMicrocoulombs }) => [part, chargeMicrocoulombs])).toEqual([
      ['A', 1030],
      ['B', 200],
    ])
    expect(summary.parts.map(({ medianMicroamps }) => medianMicroamps)).toEqual([10, 0])
    expect(summary.estimatedShare).toBeCloseTo(200 / 1230, 12)
  })

  it('charges a shared resource once, from the first request to the last release', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('REG1', 'DC/DC', 0)
    ledger.enter('C1', 'own', 100)
    ledger.enter('C2', 'own', 200)
    ledger.enter('C1', 'more', 250)
    ledger.enter('C1', 'off', 300)
    ledger.enter('C2', 'off', 500)
    const clock = summarize(ledger, 1000).parts.find(({ part }) => part === 'HFCLK')
    expect(clock?.states).toMatchObject([{ state: 'on', cycles: 400 }])
    expect(clock?.peakMicroamps).toBeCloseTo(415.65, 9)
  })

  it('changes all regulated parts with the regulator', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('C1', 'more', 0)
    ledger.enter('REG1', 'DC/DC', SECOND)
    const { parts } = summarize(ledger, 2 * SECOND)
    const factor = 63 / 33
    expect(parts.find(({ part }) => part === 'C1')?.chargeMicrocoulombs).toBeCloseTo(7 + 7 * factor, 5)
    expect(parts.find(({ part }) => part === 'HFCLK')?.chargeMicrocoulombs).toBeCloseTo(
      415.65 * (1 + factor),
      3,
    )
  })

  it('knows amounts, events, and states that no row has', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('B', 'on', 0, 3)
    ledger.event('A', 'spark', 10)
    ledger.event('A', 'spark', 20)
    ledger.event('A', 'rain', 20)
    ledger.enter('A', 'sideways', 30)
    ledger.enter('Nobody', 'on', 30)
    ledger.enter('Nobody else', 'off', 30)
    const summary = summarize(ledger, SECOND)
    expect(summary.board.chargeMicrocoulombs).toBe(300 + 10)
    expect(summary.unknown).toEqual(['A: rain', 'A: sideways', 'Nobody: on'])
  })

  it('takes phases apart, by part, also when they repeat or overlap', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('A', 'low', 0)
    ledger.enter('B', 'on', 0)
    for (let i = 0; i < 3; i++) {
      ledger.beginPhase('inference', i * SECOND)
      ledger.enter('A', 'high', i * SECOND)
      ledger.enter('A', 'low', i * SECOND + SECOND / 2)
      ledger.endPhase('inference', i * SECOND + SECOND / 2)
    }
    ledger.endPhase('never begun', 5)
    expect(summarize(ledger, 4 * SECOND).phases).toEqual([
      {
        phase: 'inference',
        count: 3,
        cycles: 1.5 * SECOND,
        averageMicroamps: 1100,
        averageRangeMicroamps: [0.9 * 1000 + 0.5 * 100, expect.closeTo(1.1 * 1000 + 1.5 * 100, 9)],
        medianMicroamps: 1100,
        peakMicroamps: 1100,
        chargeMicrocoulombs: 1650,
        chipChargeMicrocoulombs: 1500,
        chargeMicrocoulombsByPart: { A: 1500, B: 150 },
      },
    ])
  })

  it('gives a phase the interval of what was drawn in it, not of the whole run', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('A', 'high', 0)
    ledger.enter('B', 'on', SECOND)
    ledger.beginPhase('quiet', SECOND)
    ledger.enter('A', 'low', SECOND)
    ledger.enter('B', 'off', 2 * SECOND)
    ledger.event('A', 'spark', 2 * SECOND)
    ledger.endPhase('quiet', 3 * SECOND)
    ledger.enter('B', 'on', 3 * SECOND, 1000)
    ledger.event('A', 'spark', 4 * SECOND)
    const [quiet] = summarize(ledger, 5 * SECOND).phases
    expect(quiet?.chargeMicrocoulombs).toBe(2 * 10 + 100 + 5)
    expect(quiet?.chipChargeMicrocoulombs).toBe(2 * 10 + 5)
    const [low = 0, high = 0] = quiet?.averageRangeMicroamps ?? []
    expect(2 * low).toBeCloseTo(2 * 9 + 50 + 4, 9)
    expect(2 * high).toBeCloseTo(2 * 11 + 150 + 6, 9)
  })

  it('switches the chip off and leaves the board on', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('C1', 'own', 0)
    ledger.enter('B', 'on', 0)
    ledger.chipOff(SECOND)
    ledger.enter('C1', 'own', 2 * SECOND)
    ledger.enter('C1', 'off', 3 * SECOND)
    const { parts } = summarize(ledger, 4 * SECOND)
    expect(parts.find(({ part }) => part === 'B')?.states[0]?.cycles).toBe(4 * SECOND)
    expect(parts.find(({ part }) => part === 'HFCLK')?.states[0]?.cycles).toBe(2 * SECOND)
  })

  it('books late callbacks to their own cycle', () => {
    const ledger = new ChargeLedger(TABLE)
    ledger.enter('A', 'high', 100)
    ledger.enter('B', 'on', 90)
    const { parts } = summarize(ledger, 200)
    expect(parts.find(({ part }) => part === 'B')?.states[0]?.cycles).toBe(110)
  })

  it('agrees with a list of random changes summed one by one', () => {
    let seed = 7
    const random = (limit: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * limit)
    }
    const ledger = new ChargeLedger(TABLE)
    const current = { A: 0, B: 0 }
    const levels: [duration: number, microamps: number][] = []
    let now = 0
    for (let i = 0; i < 20_000; i++) {
      const state = ['low', 'high', 'off'][random(3)] ?? 'off'
      ledger.enter('A', state, now)
      current.A = { low: 10, high: 1000 }[state] ?? 0
      if (random(2) === 0) {
        ledger.enter('B', 'on', now, random(4))
        current.B = 100 * (ledger.parts.get('B')?.amount ?? 0)
      }
      const duration = random(100_000)
      levels.push([duration, current.A + current.B])
      now += duration
    }
    const summary = summarize(ledger, now)
    const charge = levels.reduce((sum, [duration, microamps]) => sum + duration * microamps, 0)
    expect(summary.board.averageMicroamps).toBeCloseTo(charge / now, 9)
    expect(ledger.board.integral / 1e6).toBeCloseTo(charge, 0)
    expect(summary.board.peakMicroamps).toBe(Math.max(...levels.filter(([d]) => d > 0).map(([, a]) => a)))
    const folded = summary.timeline.reduce(
      (sum, { averageMicroamps, cycles }) => sum + averageMicroamps * cycles,
      0,
    )
    expect(folded / charge).toBeCloseTo(1, 9)
  })

  it('holds its memory through a simulated day, and shows a spike of microseconds in it', () => {
    const ledger = new ChargeLedger(TABLE)
    const day = 86_400 * SECOND
    ledger.enter('A', 'low', 0)
    for (let cycle = 0; cycle < day; cycle += SECOND) {
      ledger.enter('B', 'on', cycle)
      ledger.enter('B', 'off', cycle + 640)
    }
    ledger.enter('A', 'high', day - 1000)
    ledger.enter('A', 'low', day - 990)
    const summary = summarize(ledger, day)
    expect(summary.timeline.length).toBeLessThanOrEqual(2048)
    expect(summary.timeline.length).toBeGreaterThan(1024)
    expect(summary.timeline.at(-1)?.maximumMicroamps).toBe(1000)
    expect(summary.timeline[5]).toMatchObject({ minimumMicroamps: 10, maximumMicroamps: 110 })
    expect(summary.changes.length + summary.changesDropped).toBe(2 * 86_400 + 3)
    expect(summary.changes.length).toBe(20_000)
    expect(summary.board.chargeMicrocoulombs).toBeCloseTo(864_000 + 86_400 * 1e-3 + (990 * 10) / SECOND, 9)
  })
})

describe('a ledger that is saved', () => {
  /** As parts do: by the cycle, anything at any time. */
  function* stream(seed: number): Generator<(ledger: ChargeLedger) => void> {
    let cycle = 0
    const random = (limit: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * limit)
    }
    const any = (...choices: readonly string[]): string => choices[random(choices.length)] ?? ''
    for (let i = 0; i < 4000; i++) {
      const at = (cycle += random(300_000))
      const [part, state] = [
        any('A', 'B', 'C1', 'C2', 'nobody'),
        any('low', 'high', 'on', 'own', 'more', 'off'),
      ]
      const [kind, name, amount] = [random(40), any('infer', 'sense', 'print'), 1 + random(3)]
      yield (ledger) => {
        if (kind === 0) ledger.chipOff(at)
        else if (kind === 1) ledger.abandonPhase(name, at)
        else if (kind === 2) ledger.enter('REG1', 'DC/DC', at)
        else if (kind < 8) ledger.beginPhase(name, at)
        else if (kind < 13) ledger.endPhase(name, at)
        else if (kind < 16) ledger.event('A', 'spark', at)
        else ledger.enter(part, state, at, amount)
      }
    }
  }

  it.each([1, 2, 3])('goes on in another as it would have here, seed %i', (seed) => {
    const whole = new ChargeLedger(TABLE)
    let pieces = new ChargeLedger(TABLE)
    let saved: ReturnType<ChargeLedger['save']> | undefined
    let since: ((ledger: ChargeLedger) => void)[] = []
    let step = 0
    for (const act of stream(seed)) {
      act(whole)
      act(pieces)
      since.push(act)
      if (++step % 97 !== 0) continue
      if (saved) {
        // Back, and here again, in one that has gone on and in one that has never been anywhere.
        if (step % 2 === 0) pieces = new ChargeLedger(TABLE)
        pieces.restore(saved)
        for (const again of since) again(pieces)
      }
      saved = pieces.save()
      since = []
    }
    expect(summarize(pieces, 4000 * 300_000)).toEqual(summarize(whole, 4000 * 300_000))
    expect(pieces.isRequested('HFCLK')).toBe(whole.isRequested('HFCLK'))
  })
})

describe('CpuPower', () => {
  it('tells memory, cache and sleep apart', () => {
    const states: string[] = []
    const cpu = new CpuPower({
      enter: (_, state) => void states.push(state),
      event: () => undefined,
      chipOff: () => undefined,
    })
    cpu.reset(0)
    cpu.cache(true, 1)
    cpu.sleep(2)
    cpu.wake(3)
    cpu.stall(4)
    cpu.wake(5)
    cpu.runsFrom('RAM', 6)
    cpu.off(7)
    expect(states).toEqual([
      'flash, cache off',
      'flash, cache on',
      'asleep, cache on',
      'flash, cache on',
      'stalled',
      'flash, cache on',
      'RAM',
      'off',
    ])
  })
})

describe('battery life', () => {
  const draw = (averageMicroamps: number, peakMicroamps = averageMicroamps) => ({
    averageMicroamps,
    peakMicroamps,
    averageRangeMicroamps: [averageMicroamps / 2, averageMicroamps * 2] as const,
  })

  it('of a CR2032 at 100 uA is 225 mAh by 100 uA and what it loses itself', () => {
    const life = batteryLife(CR2032, draw(100))
    expect(life.hours).toBeCloseTo(225 / (0.1 + (225 * 0.01) / 8766), 6)
    expect(life.rangeHours[0]).toBeLessThan(life.hours)
    expect(life.rangeHours[1]).toBeGreaterThan(life.hours)
    expect(life.overloaded).toBe(false)
  })

  it('falls faster than the current rises, and says when the peak is too much', () => {
    const life = batteryLife(CR2032, draw(4000, 22_000))
    expect(life.hours).toBeLessThan(225 / 4)
    expect(life.overloaded).toBe(true)
    expect(batteryLife(CR2032, draw(0)).hours).toBeCloseTo(100 * 8766, 0)
  })

  it('knows LiPo cells of any size, but not of none', () => {
    expect(batteryLife(lipo(500), draw(10_000)).hours).toBeCloseTo(425 / (10 + (500 * 0.3) / 8766), 9)
    expect(() => lipo(0)).toThrow(/0 mAh/)
    expect(() => lipo(NaN)).toThrow(/NaN mAh/)
    expect(() => batteryLife(CR2032, draw(-1))).toThrow(/-1/)
  })
})
