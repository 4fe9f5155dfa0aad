import { expect, it } from 'vitest'
import { seededRandom } from '../../src/model/random.ts'
import { sampleReport } from '../../test/cli/sample-report.ts'
import { compareRuns } from '../compare/compare.ts'
import { renderComparison } from '../compare/show/text.ts'
import { UserError } from '../errors.ts'
import { dutyReport } from '../pricing/duty-report.ts'
import { readSettings } from '../pricing/settings.ts'
import { asReport, readReport } from './read-report.ts'
import type { RunReport } from './run-report.ts'
import { serialise } from './serialise.ts'
import { renderReport } from './show/render.ts'
import { fullReport, spoilt } from './testing/spoilt.ts'

const report = sampleReport()
const read = (value: unknown): RunReport => readReport(JSON.stringify(value), 'r.json')
const leftOut = (value: object, ...names: readonly string[]): object =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
const AGAIN = 'Write it again: run --json FILE.'

it.each([report, fullReport()])('is the report', (whole) => {
  expect(readReport(`\ufeff${serialise(whole)}`, 'r.json')).toEqual(whole)
})

it.each([
  ['', 'r.json: empty. Give a report, which run --json writes.'],
  [' \n', 'r.json: empty. Give a report, which run --json writes.'],
  ['{"schemaVersion": 4', 'r.json: not JSON. Give a report, which run --json writes.'],
  ['['.repeat(1e6), 'r.json: not JSON. Give a report, which run --json writes.'],
  ['null', `r.json: not a RunReport. ${AGAIN}`],
  ['"text"', `r.json: not a RunReport. ${AGAIN}`],
  ['{"__proto__": {"schemaVersion": 4}}', `r.json: not a RunReport. ${AGAIN}`],
  ['[]', 'r.json: a list of reports, and one is read. Give one, as run --json writes it.'],
  ['{"schemaVersion": 1, "kind": "lab"}', `r.json: not a RunReport: its kind is "lab". ${AGAIN}`],
  [`{"schemaVersion": 99}`, `r.json: its report is of version 99, and this tool reads version 4. ${AGAIN}`],
  [
    `{"schemaVersion": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
    `r.json: its report is of version a list, and this tool reads version 4. ${AGAIN}`,
  ],
  ['{"schemaVersion": 4}', `r.json: its report is not whole: tool is missing. ${AGAIN}`],
])('is not %.40j', (text, message) => {
  expect(() => readReport(text, 'r.json')).toThrow(new UserError(message))
})

it.each([
  [{ ...report, power: null }, 'power is null, and must be an object'],
  [{ ...report, functions: {} }, 'functions is an object, and must be a list'],
  [{ ...report, power: { ...report.power, parts: [null] } }, 'power.parts[0] is null, and must be an object'],
  [{ ...report, board: { ...report.board, clockHz: undefined } }, 'board.clockHz is missing'],
  [
    { ...report, interpreters: report.interpreters.map((one) => ({ ...one, model: 1 })) },
    'interpreters[0].model is 1, and there are 1',
  ],
  [
    {
      ...report,
      memory: {
        ...report.memory,
        arenas: report.memory.arenas.map((one) => ({ ...one, interpreters: [9] })),
      },
    },
    'memory.arenas[0].interpreters[0] is 9, and there are 1',
  ],
  [
    { ...fullReport(), calls: fullReport().calls?.map((one) => ({ ...one, parent: 2 })) },
    'calls[0].parent is 2, and callers come before those they called',
  ],
])('says which field is wrong (%#)', (value, message) => {
  expect(() => read(value)).toThrow(new UserError(`r.json: its report is not whole: ${message}. ${AGAIN}`))
})

it('has of an older report what came later within its version', () => {
  const whole = fullReport()
  const { began, ...run } = whole.run
  const { files, notes, ...firmware } = whole.firmware
  const { start, ...power } = whole.power
  const reads = run.waiting?.reads.map((one) => leftOut(one, 'state', 'endsBy'))
  const phases = whole.phases.map((phase) => leftOut(phase, 'reasons'))
  const unmodelled = [{ name: 'USBD.EVENTCAUSE', address: 0x4002_7400, reads: 50, writes: 0, firstCycle: 1 }]
  const older = { ...whole, run: { ...run, waiting: { ...run.waiting, reads } }, firmware, power, phases }
  const now = read({ ...older, unmodelled })
  expect([now.run.began, now.firmware.files, now.firmware.notes]).toEqual([began, files, notes])
  expect([start === null, now.power.start]).toEqual([false, null])
  expect(now.phases.map(({ reasons }) => reasons)).toEqual(whole.phases.map(() => ({})))
  expect(now.run.waiting?.reads).toEqual(whole.run.waiting?.reads)
  expect(now.unmodelled).toMatchObject([{ peripheral: 'USBD', isPolled: true, harmless: null }])
})

it('is refused in one line, or can be shown, compared and priced, whatever was spoilt of it', () => {
  const random = seededRandom(23)
  const whole = fullReport()
  const counts = { taken: 0, refused: 0 }
  for (let i = 0; i < 1500; i++) {
    let taken: RunReport
    try {
      taken = asReport(spoilt(whole, random), 'r.json', AGAIN)
    } catch (cause) {
      expect(cause).toBeInstanceOf(UserError)
      expect((cause as Error).message.length).toBeLessThan(400)
      expect((cause as Error).message).not.toMatch(/\p{Cc}/u)
      counts.refused++
      continue
    }
    counts.taken++
    renderReport(taken, { color: false, width: 100 })
    renderComparison(
      compareRuns({ name: 'a', report: whole }, { name: 'b', report: taken }),
      { color: false, width: 100 },
      20,
    )
    dutyReport(
      taken,
      readSettings({ rate: '2' }, (name) => name),
      [],
    )
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  expect(counts.taken).toBeGreaterThan(50)
  expect(counts.refused).toBeGreaterThan(500)
})
