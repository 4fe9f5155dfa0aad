import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { CR2032 } from '../../../emulator/power/battery.ts'
import { mergeCurrents } from '../../../emulator/power/coefficients.ts'
import { CURRENTS } from '../../../emulator/power/currents.ts'
import { ChargeLedger } from '../../../emulator/power/ledger.ts'
import { row } from '../../../emulator/power/rows.ts'
import { powerSchema } from '../schema/power-schema.ts'
import { describePower } from './power.ts'

const SECOND = 64_000_000

/** Parts with round currents, so that sums can be done in the head. */
const TABLE = mergeCurrents(CURRENTS, {
  A: {
    group: 'chip',
    regulated: false,
    states: { low: row(10, 0.1, 'published', '', 't'), high: row(1000, 0.1, 'published', '', 't') },
  },
  B: { group: 'board', regulated: false, states: { on: row(100, 0.5, 'estimate', '', 'u') } },
})

function run(): ChargeLedger {
  const ledger = new ChargeLedger(TABLE)
  ledger.enter('A', 'low', 0)
  ledger.enter('B', 'on', 0)
  for (const second of [1, 3]) {
    ledger.beginPhase('inference', second * SECOND)
    ledger.enter('A', 'high', second * SECOND)
    ledger.enter('A', 'low', (second + 1) * SECOND)
    ledger.endPhase('inference', (second + 1) * SECOND)
  }
  return ledger
}

const describeRun = (extra = {}) =>
  describePower({ ledger: run(), supplyVolts: 3, assumptions: [], ...extra }, 10 * SECOND, 0)

describe('the power report', () => {
  it('has charge, energy and interval by board, chip and part', () => {
    const { board, chip, parts } = describeRun()
    // A: 2 s of 1000 uA, 8 s of 10 uA; B: 10 s of 100 uA
    expect(board.chargeMicrocoulombs).toBeCloseTo(2080 + 1000, 9)
    expect(board.energyMicrojoules).toBeCloseTo(3 * 3080, 9)
    expect([board.averageMicroamps, board.medianMicroamps, board.peakMicroamps]).toEqual([308, 110, 1100])
    expect(board.lowMicroamps).toBeCloseTo((0.9 * 2080 + 500) / 10, 9)
    expect(board.highMicroamps).toBeCloseTo((1.1 * 2080 + 1500) / 10, 9)
    expect(chip.averageMicroamps).toBeCloseTo(208, 9)
    expect(parts.map(({ part, estimate }) => [part, estimate])).toEqual([
      ['A', false],
      ['B', true],
    ])
  })

  it('has what flows in by each way to feed the board, and the cell at the first of them', () => {
    const feeds = [
      { name: 'pin', volts: 3, conversion: { kind: 'direct' }, source: 's', evidence: 'published' },
      {
        name: 'USB',
        volts: 5,
        conversion: { kind: 'switching', efficiency: 0.8, range: [0.6, 0.9] },
        source: 's',
        evidence: 'estimate',
      },
    ] as const
    const { feeds: fed, battery, board } = describeRun({ feeds, cell: CR2032 })
    expect(fed.map(({ feed, averageMicroamps }) => [feed, averageMicroamps])).toEqual([
      ['pin', board.averageMicroamps],
      ['USB', expect.closeTo((308 * 3) / 5 / 0.8, 9)],
    ])
    expect(fed[1]?.lowMicroamps).toBeCloseTo((board.lowMicroamps * 3) / 5 / 0.9, 9)
    expect(battery).toMatchObject({ cell: 'CR2032', feed: 'pin' })
  })

  it('has charge and energy of an inference, alone and with all around it', () => {
    const { inference, phases } = describeRun()
    expect(inference).toEqual({
      count: 2,
      chargeMicrocoulombs: 1100,
      energyMicrojoules: 3300,
      runMicrocoulombs: 1540,
      runMicrojoules: 4620,
    })
    expect(phases).toHaveLength(1)
    expect(phases[0]?.highMicroamps).toBeCloseTo(1.1 * 1000 + 1.5 * 100, 9)
    expect(phases[0]?.lowMicroamps).toBeCloseTo(0.9 * 1000 + 0.5 * 100, 9)
  })

  it('counts invocations where firmware marks nothing, and says nothing of what it cannot see', () => {
    const unmarked = { ledger: new ChargeLedger(TABLE), supplyVolts: 3, assumptions: [] }
    unmarked.ledger.enter('B', 'on', 0)
    expect(describePower(unmarked, 10 * SECOND, 4).inference).toMatchObject({
      count: 4,
      chargeMicrocoulombs: null,
      runMicrocoulombs: 250,
    })
    expect(describePower(unmarked, 10 * SECOND, 0).inference).toBeNull()
  })

  it('lists each coefficient that was used, with its source', () => {
    expect(
      describeRun().coefficients.map(({ part, state, value, source }) => [part, state, value, source]),
    ).toEqual([
      ['A', 'low', 10, 't'],
      ['A', 'high', 1000, 't'],
      ['B', 'on', 100, 'u'],
    ])
  })

  it('says how long a cell lasts, when one is named', () => {
    expect(describeRun().battery).toBeNull()
    const { battery } = describeRun({ cell: CR2032 })
    expect(battery).toMatchObject({ cell: 'CR2032', overloaded: false })
    // 225 mAh, some of it derated between 200 and 500 uA
    expect(battery?.hours).toBeGreaterThan((0.9 * 225) / 0.308 - 10)
    expect(battery?.hours).toBeLessThan(225 / 0.308)
    expect(battery?.lowHours).toBeLessThan(battery?.highHours ?? 0)
  })

  it('holds to its schema, with at most 256 stretches that lose no charge', () => {
    const ledger = run()
    for (let i = 0; i < 5000; i++) ledger.enter('A', i % 2 === 0 ? 'high' : 'low', 5 * SECOND + i * 64_000)
    const report = describePower({ ledger, supplyVolts: 3, assumptions: [] }, 10 * SECOND, 0)
    const validate = new Ajv2020({ strict: true }).compile(powerSchema)
    validate(JSON.parse(JSON.stringify(report)))
    expect(validate.errors).toBeNull()
    expect(report.timeline.length).toBeLessThanOrEqual(256)
    const charge = report.timeline.reduce((sum, one) => sum + (one.averageMicroamps * one.cycles) / SECOND, 0)
    expect(charge).toBeCloseTo(report.board.chargeMicrocoulombs, 6)
  })

  it('is of nothing for a run of no time', () => {
    const report = describePower(
      { ledger: new ChargeLedger(TABLE), supplyVolts: 3, assumptions: [], cell: CR2032 },
      0,
      0,
    )
    expect(report).toMatchObject({ board: { averageMicroamps: 0 }, battery: null, timeline: [] })
  })
})
