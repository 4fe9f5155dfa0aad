import { expect, it } from 'vitest'
import { sampleReport } from '../../test/cli/sample-report.ts'
import { asReport } from './read-report.ts'

const report = sampleReport()
const read = (value: unknown) => () => asReport(value, 'r.json', 'Write it again.')

it('is the report', () => {
  expect(read(report)()).toBe(report)
})

it.each([
  [null, 'r.json: not a RunReport. Write it again.'],
  [[], 'r.json: not a RunReport. Write it again.'],
  ['text', 'r.json: not a RunReport. Write it again.'],
  [
    { ...report, schemaVersion: 99 },
    'r.json: its report is of version 99, and this tool reads version 4. Write it again.',
  ],
  [{ schemaVersion: 4 }, 'r.json: its report has no board: it is not whole. Write it again.'],
  [{ ...report, power: null }, 'r.json: its report has no power: it is not whole. Write it again.'],
  [{ ...report, functions: {} }, 'r.json: its report has no functions: it is not whole. Write it again.'],
])('is not %j', (value, message) => {
  expect(read(value)).toThrow(message)
})

it('has of an older report what came later within its version', () => {
  const { began, ...run } = report.run
  const { files, notes, ...firmware } = report.firmware
  const unmodelled = [{ name: 'USBD.EVENTCAUSE', address: 0x4002_7400, reads: 50, writes: 0, firstCycle: 1 }]
  const { run: now, firmware: what, unmodelled: accesses } = read({ ...report, run, firmware, unmodelled })()
  expect([now.began, what.files, what.notes]).toEqual([began, files, notes])
  expect(accesses).toMatchObject([{ peripheral: 'USBD', isPolled: true, harmless: null }])
})
