import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../test/cli/sample-report.ts'
import type { RunReport } from '../report/run-report.ts'
import { judge } from './judge.ts'
import { parseBudgets } from './parse-budget.ts'

const sample = sampleReport()

const rowsOf = (budgets: object, base?: Readonly<Record<string, number>>, report: RunReport = sample) =>
  judge({
    report,
    budgets: parseBudgets(budgets, 'one', 64e6),
    base: base && new Map(Object.entries(base)),
    declared: () => ({ file: 'c', line: 1 }),
    reproduce: (budget) => `check one --only ${budget}`,
  })
const rowOf = (...args: Parameters<typeof rowsOf>) => rowsOf(...args)[0]!

const flash = sample.memory.flashBytes

describe('a budget', () => {
  it('holds at its limit, and fails one beyond it', () => {
    expect(rowOf({ flash })).toMatchObject({ outcome: 'passed', beyond: 0 })
    expect(rowOf({ flash: flash - 1 })).toMatchObject({ outcome: 'failed', beyond: 1 / (flash - 1) })
  })

  it('is soft or on trial without being hard', () => {
    expect(rowOf({ flash: { max: 1, severity: 'soft' } }).outcome).toBe('warned')
    expect(rowOf({ flash: { max: 1, severity: 'trial' } }).outcome).toBe('tried')
  })

  it('that measured nothing fails, and offers the nearest name', () => {
    expect(rowOf({ 'phase nothing-like-it': 1 })).toMatchObject({ outcome: 'failed', value: null })
    expect(rowOf({ 'phase nothing': { max: 1, severity: 'soft' } }).outcome).toBe('failed')
    const [phase] = sample.phases
    expect(rowOf({ [`phase ${phase!.name}x`]: 1 }).message).toContain(`Did you mean phase ${phase!.name}?`)
  })

  it('against the baseline allows a change for the worse, and sees what is better', () => {
    expect(rowOf({ flash: '+0' }, { flash }).outcome).toBe('passed')
    expect(rowOf({ flash: '+0' }, { flash: flash - 1 })).toMatchObject({ outcome: 'failed', difference: 1 })
    expect(rowOf({ flash: '+1 B' }, { flash: flash - 1 }).outcome).toBe('passed')
    expect(rowOf({ flash: '+1 %' }, { flash: flash / 1.02 }).outcome).toBe('failed')
    expect(rowOf({ flash: '+0' }, { flash: flash + 5 })).toMatchObject({
      outcome: 'passed',
      isImproved: true,
      difference: -5,
    })
  })

  it('against a baseline that has it not fails', () => {
    expect(rowOf({ flash: '+0' }, {})).toMatchObject({ outcome: 'failed', limit: null })
    expect(rowOf({ flash: '+0' }).message).toContain('no baseline has it')
  })

  it('can be on the worse end of an interval', () => {
    const { averageMicroamps, highMicroamps } = sample.power.board
    const between = (averageMicroamps + highMicroamps) / 2
    expect(rowOf({ current: between }).outcome).toBe('passed')
    expect(rowOf({ current: { max: between, end: 'worse' } }).outcome).toBe('failed')
  })

  it('of a statistic that there is none of says so', () => {
    expect(rowOf({ flash: { max: 1, of: 'maximum' } }).message).toBe(
      'flash, maximum: flash is one value: it has no maximum. Leave of out',
    )
  })

  it('of the console wants a line, or none', () => {
    const report = { ...sample, console: { text: 'one\r\ntwo\n', droppedBytes: 0 } }
    expect(rowOf({ console: '^two$' }, undefined, report).outcome).toBe('passed')
    expect(rowOf({ console: 'three' }, undefined, report).message).toContain('its last line is "two"')
    expect(rowOf({ console: { lacks: 'one' } }, undefined, report).outcome).toBe('failed')
    const silent = { ...report, console: { text: '', droppedBytes: 0 } }
    expect(rowOf({ console: { lacks: 'one' } }, undefined, silent).outcome).toBe('failed')
  })

  it('of a run that did not end well stands behind a row that says why', () => {
    const run = { ...sample.run, stop: 'fault' as const, stopDetail: 'HardFault at main.' }
    expect(
      rowsOf({ flash }, undefined, { ...sample, run }).map(({ budget, outcome, message }) => [
        budget,
        outcome,
        message,
      ])[0],
    ).toEqual(['run', 'failed', 'HardFault at main'])
  })
})
