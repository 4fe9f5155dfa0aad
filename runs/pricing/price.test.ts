import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../test/cli/sample-report.ts'
import type { RunReport } from '../report/run-report.ts'
import { check } from './check.ts'
import { dutyModel, type DutyModel } from './duty-model.ts'
import { dutyReport } from './duty-report.ts'
import { periodOf } from './period.ts'
import { price, type DutyPrice } from './price.ts'
import { effects } from './sensitivity.ts'
import { settingsFrom, writeSettings, type DutySettings } from './settings.ts'
import { dutyRun, type DutyRun } from './testing/duty-run.ts'
import { windowCosts } from './window-costs.ts'

const run = (changes: Partial<DutyRun> = {}): RunReport => dutyRun(sampleReport(), changes)

function modelOf(report: RunReport): DutyModel {
  const model = dutyModel(report)
  if (typeof model === 'string') throw new Error(model)
  return model
}

function priced(report: RunReport, settings: DutySettings): DutyPrice {
  const outcome = price(modelOf(report), settings)
  if (outcome.kind === 'unknown') throw new Error(outcome.why.join(' '))
  return outcome.price
}

const why = (report: RunReport, settings: DutySettings): string => {
  const outcome = price(modelOf(report), settings)
  return outcome.kind === 'unknown' ? outcome.why.join(' ') : ''
}

describe('with nothing changed', () => {
  it.each([
    {},
    { printing: 640_000 },
    { asleep: 'flash, cache on' },
    { regulator: 'LDO', crystal: true },
    { power: 'constantLatency', light: true },
    { marked: false },
  ] as const)('a run of %o is what its report says, to the digit', (changes) => {
    const report = run(changes)
    const { board, chip, parts, feeds, battery, peakMicroamps, assumptions } = priced(report, {})
    const figures = ['averageMicroamps', 'lowMicroamps', 'highMicroamps', 'chargeMicrocoulombs'] as const
    for (const figure of figures) {
      expect(board[figure]).toBe(report.power.board[figure])
      expect(chip[figure]).toBe(report.power.chip[figure])
      expect(parts.map((part) => [part.part, part[figure]])).toEqual(
        report.power.parts.map((part) => [part.part, part[figure]]),
      )
    }
    expect(feeds).toEqual(report.power.feeds)
    expect(battery).toEqual(report.power.battery)
    expect(peakMicroamps).toBe(report.power.board.peakMicroamps)
    expect(assumptions).toEqual([])
    // Asking for what the run had is no change.
    expect(
      priced(report, { rate: 1, regulator: changes.regulator === 'LDO' ? 'ldo' : 'dcdc' }).board,
    ).toEqual(board)
  })
})

describe('what a setting changes', () => {
  it.each([
    ['rate', { windows: 40 }, 'rate:4'],
    ['a rate so low that nothing is left of it', { windows: 1 }, 'rate:0.1'],
    ['readings', { readings: 500 }, 'samples:50'],
    ['LDO', { regulator: 'LDO' }, 'regulator:ldo'],
    ['constant latency', { power: 'constantLatency' }, 'sleep:constant-latency'],
    ['cache in sleep', { asleep: 'asleep, cache on' }, 'cache:on'],
    ['crystal', { crystal: true }, 'hfxo:on'],
    ['crystal as LDO', { crystal: true, regulator: 'LDO' }, 'hfxo:on,regulator:ldo'],
    ['never asleep', { asleep: 'flash, cache on' }, 'sleep:busy'],
    ['light', { light: true }, 'leds:power=on'],
    ['sensor', { sensor: 'gyroscope' }, 'sensor:gyroscope'],
    ['sensor by rate', { sensor: 'gyroscope low power 59.5 Hz' }, 'sensor:gyroscope-low-power,odr:59.5'],
    [
      'all at once',
      { windows: 20, light: true, sensor: 'powerDown', regulator: 'LDO' },
      'rate:2,leds:power=on,sensor:off,regulator:ldo',
    ],
  ] as const)('%s: the ledger gives the same', (_, changes, settings) => {
    const real = run(changes).power
    const { board, parts } = priced(run(), settingsFrom(settings))
    for (const part of real.parts.filter(({ averageMicroamps }) => averageMicroamps > 0)) {
      const found = parts.find((one) => one.part === part.part)
      expect([part.part, found?.averageMicroamps]).toEqual([
        part.part,
        expect.closeTo(part.averageMicroamps, 4) as number,
      ])
      expect(found?.lowMicroamps).toBeLessThanOrEqual(part.lowMicroamps + 1e-4)
      expect(found?.highMicroamps).toBeGreaterThanOrEqual(part.highMicroamps - 1e-4)
    }
    expect(board.averageMicroamps).toBeCloseTo(real.board.averageMicroamps, 3)
  })

  it('goes back as it came', () => {
    const here = run({
      asleep: 'flash, cache on',
      regulator: 'LDO',
      crystal: true,
      light: true,
      sensor: 'gyroscope',
    })
    const there = run()
    const found = check(modelOf(here), there)
    expect(found).toMatchObject({ kind: 'checked', isInside: true })
    if (found.kind === 'checked') expect(found.deviation).toBeCloseTo(0, 5)
  })

  it('holds work in no phase to come with windows, and both ends to hold that it does not', () => {
    const here = run({ printing: 640_000 })
    const found = priced(here, { rate: 4 })
    const real = run({ printing: 640_000, windows: 40 }).power.board
    expect(found.board.averageMicroamps).toBeCloseTo(real.averageMicroamps, 3)
    const apart = priced(run(), { rate: 4 }).board
    expect(found.board.lowMicroamps).toBeLessThan(real.lowMicroamps)
    expect(found.board.lowMicroamps).toBeGreaterThan(apart.lowMicroamps)
  })

  it('takes an interpreter’s invocations where there are no phases', () => {
    const here = run({ marked: false, readings: 0 })
    const real = run({ marked: false, readings: 0, windows: 40 }).power.board
    const { board } = priced(here, { rate: 4 })
    expect(board.averageMicroamps).toBeCloseTo(real.averageMicroamps, 3)
  })

  it('switches the sensor off for the share of the time that no window needs', () => {
    const { parts } = priced(run(), { between: 'off', window: 0.25 })
    // 330 uA for a quarter of the time, 6 uA for the rest: docs/currents.md.
    expect(parts.find(({ part }) => part === 'LSM9DS1 inertial')?.averageMicroamps).toBeCloseTo(82.5 + 4.5, 6)
  })

  it('takes System OFF for 0.4 uA and a start for each reading', () => {
    const { parts } = priced(run({ readings: 10 }), { sleep: 'off', start: 0.01 })
    const of = (name: string): number => parts.find(({ part }) => part === name)?.averageMicroamps ?? 0
    // Awake for 10 ms of start and a window’s work once a second.
    const awake = 0.01 + (2_000_000 + 4000) / 64e6
    expect(of('POWER')).toBeCloseTo(0.4 * (1 - awake) + 0.89 * awake, 6)
    expect(of('CPU')).toBeCloseTo((awake * 2654 * 3) / 3.3, 0)
    expect(of('RAM')).toBeCloseTo(1.46 * awake, 5)
  })

  it('says how long a cell lasts, at the feed that it is connected to', () => {
    const { battery, feeds } = priced(run(), { cell: '2xAAA' })
    expect(battery).toMatchObject({ cell: '2xAAA', feed: feeds[0]?.feed, overloaded: false })
    expect(battery?.lowHours).toBeLessThan(battery?.hours ?? 0)
  })

  it('says what it assumes', () => {
    expect(priced(run(), { rate: 2 }).assumptions[0]).toMatch(/does not depend on the rate/)
  })
})

describe('what is not known', () => {
  const noPhases = { ...run({ marked: false }), interpreters: [] }

  it.each([
    ['a mode without a current', run(), 'sensor:gyroscope-low-power,odr:238', /at 238 Hz is unknown/],
    ['a mode without its rate', run(), 'sensor:gyroscope-low-power', /depends on its output data rate/],
    ['a rate that the sensor has not', run(), 'sensor:gyroscope-low-power,odr:7', /has no 7 Hz/],
    ['a mode that there is not', run(), 'sensor:giroscope', /Did you mean gyroscope\?/],
    ['how long a window needs the sensor', run(), 'between:off', /type the window’s seconds/],
    ['what a start costs', run(), 'sleep:off', /type how long it is awake/],
    ['a light that there is not', run(), 'leds:pink=on', /no LED pink: it has power, builtin/],
    ['more work than there is time', run(), 'rate:1000', /at work for 31\d\d\.\d % of the time/],
    ['a rate, without phases', noPhases, 'rate:2', /neither phases nor an inference/],
    ['sleep, without phases', noPhases, 'sleep:constant-latency', /neither phases nor an inference/],
    [
      'readings, without a phase that reads',
      run({ readings: 0 }),
      'samples:2',
      /no phase that reads a sensor/,
    ],
  ] as const)('%s', (_, report, settings, message) => {
    expect(why(report, settingsFrom(settings))).toMatch(message)
  })

  it('leaves regulator, lights and cell where there is neither a phase nor an inference', () => {
    const { board } = priced(noPhases, settingsFrom('regulator:ldo,leds:power=on,cell:lipo:100'))
    expect(board.averageMicroamps).toBeCloseTo(
      run({ marked: false, regulator: 'LDO', light: true }).power.board.averageMicroamps,
      3,
    )
  })

  it.each([
    ['no time', { ...run(), run: { ...run().run, cycles: 0 } }, /No time has passed/],
    ['no current', { ...run(), power: {} as RunReport['power'] }, /no current/],
  ])('%s is nothing to price', (_, report, message) => {
    expect(dutyModel(report)).toMatch(message)
    expect(dutyReport(report, {})).toMatch(message)
  })

  it('holds no run of another model or board beside it', () => {
    const [first] = run().models
    const other = { ...run(), models: first ? [{ ...first, sha256: 'f'.repeat(64) }] : [] }
    expect(check(modelOf(run()), other)).toMatchObject({
      kind: 'unknown',
      why: ['It ran another model: other work.'],
    })
    const board = { ...run(), board: { ...run().board, name: 'Nordic nRF52840-DK' } }
    expect(check(modelOf(run()), board)).toMatchObject({ kind: 'unknown' })
  })
})

describe('beside the price', () => {
  it('a window’s costs add up to the run', () => {
    const report = run({ printing: 640_000 })
    const costs = windowCosts(modelOf(report))
    expect(costs.map(({ name }) => name)).toEqual(['sensor', 'inference', 'between'])
    const sum = costs.reduce((total, { microcoulombs }) => total + microcoulombs, 0)
    expect(sum).toBeCloseTo(report.power.board.chargeMicrocoulombs / 10, 9)
    expect(costs.reduce((total, { seconds }) => total + seconds, 0)).toBeCloseTo(1, 9)
  })

  it('effects are each change alone, what saves most first', () => {
    const model = modelOf(run({ regulator: 'LDO', light: true }))
    const all = effects(model, { rate: 5 })
    expect(all.map(({ typical }) => typical)).toEqual(
      [...all.map(({ typical }) => typical)].sort((a, b) => a - b),
    )
    const dark = all.find(({ title }) => title === 'all lights off')
    expect([dark?.typical, dark?.low, dark?.high]).toEqual([
      expect.closeTo(-1500, 6),
      expect.closeTo(-4000, 6),
      expect.closeTo(-500, 6),
    ])
    expect(writeSettings(dark?.change ?? {})).toBe('leds:power=off')
    for (const { typical, change } of all) {
      const after = price(model, { rate: 5, ...change })
      const before = price(model, { rate: 5 })
      if (after.kind === 'priced' && before.kind === 'priced')
        expect(after.price.board.averageMicroamps - before.price.board.averageMicroamps).toBeCloseTo(
          typical,
          6,
        )
    }
  })

  it('a period has what is on when', () => {
    const period = periodOf(modelOf(run()), { rate: 5 })
    expect(period?.seconds).toBe(0.2)
    const [processor] = period?.lanes ?? []
    expect(processor?.spans.map(({ what }) => what)).toEqual(['sensor', 'sensor', 'inference'])
    expect(processor?.share).toBeCloseTo((5 * 2_000_000 + 10 * 4000) / 64e6, 6)
  })
})
