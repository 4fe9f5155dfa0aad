/** An Arduino user's way: a sketch with serial over USB, on drivers of ours. */
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'
import { RunInputs } from '../../runs/simulation/inputs.ts'
import { parseMeasure } from '../../runs/simulation/phase-specs.ts'
import { simulate } from '../../src/files/simulate.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'

let sketch: string

beforeAll(async () => {
  const { elfPath } = await buildFirmware({
    app: join(import.meta.dirname, 'firmware', 'sketch'),
    kernels: 'reference',
    resolver: 'mutable',
    optimise: '-Os',
    console: 'uarte',
  })
  sketch = elfPath
})

const run = (options: Partial<Parameters<typeof simulate>[0]> = {}): Promise<RunReport> =>
  simulate({ file: sketch, seconds: 1.5, profile: false, ...options })

/** Columns of the lines behind the title. */
const rowsOf = ({ console }: RunReport): number[][] =>
  console.text
    .split('\r\n')
    .filter((line) => /^\d+\t/.test(line))
    .map((line) => line.split('\t').map(Number))

describe('a sketch', () => {
  it('prints over USB ten times a second, once somebody is there, and sleeps between', async () => {
    const report = await run()
    expect(report.usb).toMatchObject({
      device: { product: 'Sketch' },
      serial: { openedCycle: expect.any(Number) as number },
    })
    expect(report.console.text).toMatch(/^ms\tsensor us\tpreprocess us\tmilli-g\r\n/)
    const rows = rowsOf(report)
    expect(rows.length).toBeGreaterThan(10)
    const steps = rows.slice(1).map(([ms = 0], i) => ms - (rows[i]?.[0] ?? 0))
    for (const step of steps.slice(1)) expect(Math.abs(step - 100)).toBeLessThanOrEqual(1)
    expect(report.run.sleepCycles / report.run.cycles).toBeGreaterThan(0.9)
    expect(report.unmodelled).toEqual([])
    expect(report.problems).toEqual([])
  })

  it('what it measures of itself is what is measured from outside', async () => {
    const report = await run({
      measures: [parseMeasure('sensor=lsm9ds1::read'), parseMeasure('preprocess=magnitude')],
    })
    const printed = (column: number): number => {
      const values = rowsOf(report).map((row) => row[column] ?? 0)
      return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
    }
    for (const [i, { name, medianMicroseconds, count }] of report.measures.entries()) {
      expect(count, name).toBeGreaterThan(10)
      // micros() counts whole microseconds, and takes some.
      expect(Math.abs(printed(1 + i) - medianMicroseconds), name).toBeLessThan(3)
    }
  })

  it('feels gravity, and answers what is typed', async () => {
    const inputs = new RunInputs([{ kind: 'motion', values: { az: 1 }, cycle: 0 }], true)
    const report = await run({ inputs, stdin: Buffer.from('hello there\r\n') })
    expect(report.console.text).toContain('hello there\r\n')
    // 1 g at 0.122 mg a count.
    for (const [, , , milliG] of rowsOf(report).slice(2))
      expect(Math.abs((milliG ?? 0) - 1000)).toBeLessThanOrEqual(1)
  })

  it('with a power bank at its connector it waits in while (!Serial), and that is told', async () => {
    const report = await run({ usb: 'none' })
    expect(report.console.text).toBe('')
    expect(report.usb).toMatchObject({ connector: 'none', device: null })
    expect(report.run.waiting).toMatchObject({
      kind: 'asleep',
      wakes: expect.arrayContaining(['USBD.EVENTS_USBRESET']) as string[],
    })
  })
})
