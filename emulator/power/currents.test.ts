import { describe, expect, it } from 'vitest'
import { checkCurrents, mergeCurrents } from './coefficients.ts'
import type { CurrentTable } from './coefficients.ts'
import { CURRENTS } from './currents.ts'
import { ChargeLedger } from './ledger.ts'
import { summarize } from './summary.ts'

type Scenario = readonly (readonly [part: string, state: string, amount?: number])[]

const SECOND = 64_000_000
const ASLEEP: Scenario = [
  ['CPU', 'asleep'],
  ['POWER', 'lowPower'],
  ['RAM', 'powered', 256],
]
const DCDC: Scenario = [['REG1', 'DC/DC']]
const HFXO: Scenario = [['HFXO', 'running']]

const microamps = (...scenarios: readonly Scenario[]): number => {
  const ledger = new ChargeLedger()
  for (const [part, state, amount] of scenarios.flat()) ledger.enter(part, state, 0, amount)
  return summarize(ledger, SECOND).chip.averageMicroamps
}

const awake = (state: string): Scenario => [
  ['POWER', 'lowPower'],
  ['RAM', 'powered', 256],
  ['CPU', state],
]

describe('published scenarios come out as the sum of their parts', () => {
  it.each<readonly [string, number, readonly Scenario[]]>([
    ['ION_RAMON_EVENT', 2.35, [ASLEEP]],
    ['ION_RAMON_EVENT with DC/DC', 2.35, [ASLEEP, DCDC]],
    [
      'ION_RAMON_RTC',
      3.16,
      [
        ASLEEP,
        [
          ['LFCLK', 'LFRC'],
          ['RTC2', 'running'],
        ],
      ],
    ],
    ['IOFF_RAMOFF_RESET', 0.4, [[['POWER', 'systemOff']]]],
    [
      'IOFF_RAMON_RESET',
      1.86,
      [
        [
          ['POWER', 'systemOff'],
          ['RAM', 'powered', 256],
        ],
      ],
    ],
    [
      'constant latency',
      590,
      [
        DCDC,
        [
          ['CPU', 'asleep'],
          ['POWER', 'constantLatency'],
          ['RAM', 'powered', 256],
        ],
      ],
    ],
    ['ITIMER0', 418, [DCDC, ASLEEP, [['TIMER0', 'timer, up to 1 MHz']]]],
    [
      'ITIMER1',
      418,
      [
        DCDC,
        ASLEEP,
        [
          ['TIMER0', 'timer, up to 1 MHz'],
          ['TIMER4', 'timer, up to 1 MHz'],
        ],
      ],
    ],
    ['ITIMER2', 646, [DCDC, ASLEEP, HFXO, [['TIMER0', 'timer, up to 1 MHz']]]],
    ['ITIMER3', 595, [DCDC, ASLEEP, [['TIMER0', 'timer, above 1 MHz']]]],
    ['ITIMER4', 823, [DCDC, ASLEEP, HFXO, [['TIMER0', 'timer, above 1 MHz']]]],
    ['ICPU0', 3300, [DCDC, HFXO, awake('flash, cache on')]],
    ['ICPU1', 6300, [HFXO, awake('flash, cache on')]],
    ['ICPU2', 2800, [DCDC, HFXO, awake('RAM')]],
    ['SPIM3 that moves samples, DevZone 94151', 1000, [DCDC, ASLEEP, [['SPIM3', 'transfer']]]],
    ['PDM, DevZone 94151', 1000, [DCDC, ASLEEP, [['PDM', 'running']]]],
    ['UARTE that waits for a byte, DevZone 84113', 600, [DCDC, ASLEEP, [['UARTE0', 'receive']]]],
    ['ISAADC,RUN', 1240, [DCDC, ASLEEP, [['SAADC', 'running']]]],
    ['IRADIO_TX 8 dBm', 16_400, [DCDC, ASLEEP, HFXO, [['RADIO', 'transmit 8 dBm']]]],
    ['IRADIO_TX 0 dBm', 6400, [DCDC, ASLEEP, HFXO, [['RADIO', 'transmit 0 dBm']]]],
    ['IRADIO_TX 0 dBm, LDO', 10_800, [ASLEEP, HFXO, [['RADIO', 'transmit 0 dBm']]]],
    ['IRADIO_TX -40 dBm', 3830, [DCDC, ASLEEP, HFXO, [['RADIO', 'transmit -40 dBm']]]],
    ['IRADIO_TX -40 dBm, LDO', 4820, [ASLEEP, HFXO, [['RADIO', 'transmit -40 dBm']]]],
    ['IRADIO_RX', 6260, [DCDC, ASLEEP, HFXO, [['RADIO', 'receive']]]],
    ['IRADIO_RX, LDO', 10_100, [ASLEEP, HFXO, [['RADIO', 'receive']]]],
  ])('%s: %d uA', (_, expected, scenarios) => {
    expect(microamps(...scenarios)).toBeCloseTo(expected, 3)
  })

  // PS v1.11, Compounded: two loads together draw less than their sum by DC/DC, and up to a fifteenth more by LDO.
  it.each<readonly [string, number, readonly Scenario[]]>([
    [
      'IS0, transmitting at 0 dBm',
      8100,
      [DCDC, HFXO, awake('flash, cache on'), [['RADIO', 'transmit 0 dBm']]],
    ],
    ['IS1, receiving', 8600, [DCDC, HFXO, awake('flash, cache on'), [['RADIO', 'receive']]]],
    [
      'IS2, transmitting at 0 dBm, LDO',
      15_400,
      [HFXO, awake('flash, cache on'), [['RADIO', 'transmit 0 dBm']]],
    ],
    ['IS3, receiving, LDO', 16_200, [HFXO, awake('flash, cache on'), [['RADIO', 'receive']]]],
  ])('%s, with CoreMark: within 12 %% of %d uA', (_, published, scenarios) => {
    expect(Math.abs(microamps(...scenarios) / published - 1)).toBeLessThan(0.12)
  })

  it('counts the access to RAM once for all that use it', () => {
    const both = microamps(DCDC, ASLEEP, [['SPIM3', 'transfer']], [['PDM', 'running']])
    expect(both - 1000).toBeCloseTo(CURRENTS.parts['PDM']?.states['running']?.microamps ?? 0, 3)
  })

  it('does not count a clock twice: a TIMER under a running processor adds its PCLK16M only', () => {
    const alone = microamps(DCDC, HFXO, awake('flash, cache on'))
    const both = microamps(DCDC, HFXO, awake('flash, cache on'), [['TIMER0', 'timer, above 1 MHz']])
    expect(both - alone).toBeCloseTo(177, 6)
  })
})

const tableWith = (row: object): CurrentTable =>
  ({
    ldoFactor: 1.9,
    parts: { X: { group: 'chip', regulated: true, states: { on: row } } },
  }) as unknown as CurrentTable
const GOOD = { microamps: 5, range: [4, 6], conditions: '', source: 'test', evidence: 'estimate' }

describe('coefficients that cannot be', () => {
  it.each([
    [{ ...GOOD, microamps: -1 }, /X, on, microamps: -1 is negative/],
    [{ ...GOOD, microamps: NaN }, /NaN is not a number/],
    [{ ...GOOD, microamps: '5' }, /5 is not a number/],
    [{ ...GOOD, microamps: 4e9 }, /wrong unit/],
    [{ ...GOOD, range: [6, 7] }, /5 lies outside its range 6 to 7/],
    [{ ...GOOD, range: [-2, 7] }, /-2 is negative/],
    [{ ...GOOD, range: 3 }, /range needs two ends/],
    [{ ...GOOD, source: '' }, /no source/],
    [{ ...GOOD, evidence: 'guess' }, /evidence must be/],
    [{ ...GOOD, ldoMicroamps: -3 }, /ldoMicroamps: -3 is negative/],
    [{ ...GOOD, requests: ['NOTHING'] }, /requests NOTHING/],
  ])('%o is refused', (row, message) => {
    expect(() => checkCurrents(tableWith(row))).toThrow(message)
  })

  it('refuses an LDO that draws less than a DC/DC converter', () => {
    expect(() => checkCurrents({ ...CURRENTS, ldoFactor: 0.9 })).toThrow(/LDO/)
  })

  it('lets a board replace rows, and checks them', () => {
    const led = { group: 'board', regulated: false, states: { on: { ...GOOD } } } as const
    const merged = mergeCurrents(CURRENTS, { LED: led as never })
    expect(merged.parts['LED']?.states['on']?.microamps).toBe(5)
    const bad = { ...led, states: { on: { ...GOOD, microamps: -5 } } }
    expect(() => mergeCurrents(CURRENTS, { LED: bad as never })).toThrow(/LED, on, microamps: -5 is negative/)
  })

  it('gives every row a source, and calls estimates so', () => {
    const rows = Object.values(CURRENTS.parts).flatMap(({ states }) => Object.values(states))
    expect(rows.length).toBeGreaterThan(80)
    for (const { source, evidence } of rows) {
      expect(source).not.toBe('')
      if (/not confirmed|no published row|no row/.test(source)) expect(evidence).toBe('estimate')
    }
  })
})
