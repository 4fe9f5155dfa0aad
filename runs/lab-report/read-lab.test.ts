import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { seededRandom } from '../../src/model/random.ts'
import { hostileReport } from '../../src/lab/show/testing/hostile.ts'
import { testingReport } from '../../src/lab/show/testing/report.ts'
import { UserError } from '../errors.ts'
import { spoilt } from '../report/testing/spoilt.ts'
import { layOutBars } from './charts/bars-layout.ts'
import { chartTable, describe as describeChart, plotted } from './charts/chart-data.ts'
import { frontierChart } from './charts/frontier.ts'
import { layOutPoints } from './charts/points-layout.ts'
import { headerFacts } from './header.ts'
import type { LabReport } from './lab-report.ts'
import { asLab } from './read-lab.ts'

const AGAIN = 'Make it again: boardless lab.'

it.each([testingReport, hostileReport, JSON.parse(readFileSync('docs/lab/lab.json', 'utf8')) as LabReport])(
  'is the report',
  (report) => {
    expect(asLab(report, 'lab.json')).toBe(report)
  },
)

it.each([
  [
    { ...testingReport, schemaVersion: 2 },
    `lab.json: its lab report is of version 2, and this tool reads version 1. ${AGAIN}`,
  ],
  [
    { ...testingReport, techniques: [null] },
    `lab.json: its lab report is not whole: techniques[0] is null, and must be an object. ${AGAIN}`,
  ],
  [
    { ...testingReport, header: { ...testingReport.header, clockHz: '64 MHz' } },
    `lab.json: its lab report is not whole: header.clockHz is "64 MHz", and must be a whole number. ${AGAIN}`,
  ],
  [
    { ...testingReport, configurations: Array(20_001).fill(testingReport.configurations[0]) },
    'lab.json: has 20001 entries in one part, and no lab has more than 20000.',
  ],
])('says what is wrong (%#)', (value, message) => {
  expect(() => asLab(value, 'lab.json')).toThrow(new UserError(message))
})

it('is refused in one line, or can be laid out, whatever was spoilt of it', () => {
  const random = seededRandom(5)
  const counts = { taken: 0, refused: 0 }
  for (let i = 0; i < 800; i++) {
    let taken: LabReport
    try {
      taken = asLab(spoilt(testingReport, random), 'lab.json')
    } catch (cause) {
      expect(cause).toBeInstanceOf(UserError)
      expect((cause as Error).message).not.toMatch(/\p{Cc}/u)
      counts.refused++
      continue
    }
    counts.taken++
    headerFacts(taken.header)
    const charts = taken.techniques.flatMap((one) => one.charts)
    for (const chart of [...charts, frontierChart(taken, 'latency').chart].map(plotted)) {
      describeChart(chart)
      chartTable(chart)
      layOutBars(chart, 400, true)
      layOutPoints(chart, 800, 400)
    }
  }
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(30)
})
