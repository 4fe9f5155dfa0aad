import { Ajv2020 } from 'ajv/dist/2020.js'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { sampleFault, sampleReport } from '../../test/cli/sample-report.ts'
import { bar, fit, grouped } from './show/format.ts'
import { renderReport } from './show/render.ts'
import { runReportSchema } from './schema/schema.ts'
import { serialise } from './serialise.ts'

const plain = { color: false, width: 100 }

describe('the schema', () => {
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(runReportSchema)

  it('is in the repository as schema.json', async () => {
    const text = await format(JSON.stringify(runReportSchema), { parser: 'json', printWidth: 110 })
    await expect(text).toMatchFileSnapshot('schema/schema.json')
  })

  it('accepts a report, with and without a fault', () => {
    for (const report of [
      sampleReport(),
      { ...sampleReport(), fault: sampleFault, recording: null, predictions: null },
    ]) {
      validate(JSON.parse(serialise(report)))
      expect(validate.errors).toBeNull()
    }
  })

  it.each([
    ['a missing field', (report: Record<string, unknown>) => delete report['memory']],
    ['a field of its own', (report: Record<string, unknown>) => (report['wallClockSeconds'] = 1)],
    ['another version', (report: Record<string, unknown>) => (report['schemaVersion'] = 2)],
    [
      'a fraction of a cycle',
      (report: Record<string, unknown>) => ((report['run'] as { cycles: number }).cycles = 1.5),
    ],
  ])('refuses %s', (_, damage) => {
    const report = JSON.parse(serialise(sampleReport())) as Record<string, unknown>
    damage(report)
    expect(validate(report)).toBe(false)
  })
})

describe('serialisation', () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, inner]) => [key, reversed(inner)]),
          )
        : value

  it('does not depend on the order in which the report was put together', () => {
    const report = { ...sampleReport(), fault: sampleFault }
    expect(serialise(reversed(report) as typeof report)).toBe(serialise(report))
    expect(serialise(report).indexOf('"board"')).toBeLessThan(serialise(report).indexOf('"phases"'))
  })

  it('keeps every value', () => {
    const report = { ...sampleReport(), fault: sampleFault }
    expect(JSON.parse(serialise(report))).toEqual(report)
  })
})

describe('the terminal report', () => {
  it.each([80, 100, 140])('fits %d columns', (width) => {
    const lines = renderReport({ ...sampleReport(), fault: sampleFault }, { color: false, width })
      .split('\n')
      .slice(1)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
  })

  it('shows what the run has', () => {
    const text = renderReport(sampleReport(), plain)
    expect(text).toContain('nRF52840, Cortex-M4F at 64 MHz')
    expect(text).toMatch(/timing model +basic\n/)
    expect(text).toMatch(/FULLY_CONNECTED +1x16 +9 600 +115 200 +12\.00 +95\.7 %/)
    expect(text).toMatch(/inference +1 875\.0 +1 881\.3 +1 887\.5 +120 400 +3/)
    expect(text).toMatch(
      /Predictions +2 of 3 windows as labelled\n +1 window spans two labels, not judged; 1 window without a label\n +✓✓✗\|·\n/,
    )
    expect(text).toMatch(/stack +1 288 +high water of 16 384 B/)
    expect(text).toMatch(/not modelled: RADIO/)
    expect(text).not.toContain('Fault')
    expect(text).not.toContain('\u001b')
  })

  it('leaves out what the run has not', () => {
    const bare = {
      ...sampleReport(),
      models: [],
      recording: null,
      sound: null,
      phases: [],
      measures: [],
      interpreters: [],
      functions: [],
      predictions: null,
      interrupts: [],
      unmodelled: [],
    }
    const text = renderReport(bare, plain)
    for (const absent of [
      'Phases',
      'Operators',
      'Functions',
      'Predictions',
      'Exceptions',
      'aware',
      'heldout',
    ]) {
      expect(text).not.toContain(absent)
    }
    expect(text).toContain('Memory')
  })

  it('decodes a fault', () => {
    const text = renderReport({ ...sampleReport(), fault: sampleFault }, plain)
    expect(text).toMatch(/Fault {2}BusFault at blink\+0x12/)
    expect(text).toMatch(/CFSR 0x00008200 {2}HFSR 0x40000000 {2}BFAR 0x60000000/)
    expect(text).toMatch(/1 {2}0x00001000 {2}main\+0x20 {2}\(guessed from the stack\)/)
  })

  it('has colour only when asked for', () => {
    expect(renderReport(sampleReport(), { color: true, width: 100 })).toContain('\u001b[')
  })
})

it('numbers', () => {
  expect([grouped(0), grouped(999), grouped(1000), grouped(1234567.891, 2)]).toEqual([
    '0',
    '999',
    '1 000',
    '1 234 567.89',
  ])
  expect([bar(0, 8), bar(1, 4), bar(0.5, 1), bar(0.001, 8)]).toEqual(['', '████', '▌', '▏'])
  expect([fit('abcdefgh', 8), fit('abcdefghi', 8)]).toEqual(['abcdefgh', 'abcd…ghi'])
})
