import { describe, expect, it } from 'vitest'
import '../../../src/files/host.ts'
import type { BudgetRow, CheckReport } from '../check-report.ts'
import { reporters } from './reporters.ts'

const row = (more: Partial<BudgetRow>): BudgetRow => ({
  budget: 'phase preprocess',
  figure: 'phase preprocess',
  unit: 'cycles',
  severity: 'hard',
  outcome: 'passed',
  value: 100,
  low: 100,
  high: 100,
  better: 'less',
  limit: 100,
  limitText: 'at most 100 cycles',
  baseline: 90,
  difference: 10,
  isImproved: false,
  beyond: 0,
  message: 'phase preprocess: 100 cycles',
  because: [],
  unknown: null,
  declared: { file: 'boardless.config.ts', line: 7 },
  reproduce: "boardless check app --only 'phase preprocess'",
  ...more,
})

const report: CheckReport = {
  schemaVersion: 1,
  kind: 'check',
  tool: { name: 'boardless', version: '1.2.3' },
  config: 'boardless.config.ts',
  head: { commit: 'a'.repeat(40), modifiedFiles: 0 },
  base: { kind: 'commit', name: 'bbbbbbbbb of 2026-11-30, first', commit: 'b'.repeat(40) },
  targets: [
    {
      name: 'app',
      board: 'a board',
      firmware: { file: 'app.elf', sha256: 'c'.repeat(64) },
      seconds: 20,
      notes: [],
      rows: [
        row({}),
        row({
          budget: 'flash',
          unit: 'B',
          outcome: 'warned',
          severity: 'soft',
          beyond: 0.1,
          message: 'flash: <110> "B"',
        }),
        row({
          budget: 'console',
          outcome: 'failed',
          value: null,
          message: 'console: @all | it printed "50 %, \n::error::x\u001b]" & <b>',
          because: [
            {
              kind: 'reason',
              name: 'cache miss',
              difference: 7,
              unit: 'cycles',
              detail: 'of each',
              place: null,
            },
            {
              kind: 'line',
              name: 'src/a b.c:3',
              difference: 9,
              unit: 'cycles',
              detail: '',
              place: { file: 'src/a b.c', line: 3 },
            },
          ],
        }),
        row({
          budget: 'current',
          unit: 'uA',
          outcome: 'tried',
          severity: 'trial',
          value: 5,
          low: 4,
          high: 6,
        }),
      ],
      findings: [{ kind: 'fault', message: 'HardFault at main', place: { file: 'src/main.c', line: 12 } }],
    },
  ],
  worst: { target: 'app', budget: 'console' },
  counts: { passed: 1, failed: 1, warned: 1, tried: 1, improved: 0 },
}
const clean: CheckReport = {
  ...report,
  targets: report.targets.map((one) => ({ ...one, rows: [row({})], findings: [] })),
  worst: null,
  counts: { passed: 1, failed: 0, warned: 0, tried: 0, improved: 0 },
}
const written = (name: string, of = report): string => reporters[name]!(of)

describe('a check written as', () => {
  it('JUnit has a case for each budget, fails for hard ones alone, and is XML whatever was printed', () => {
    const xml = written('junit')
    expect(xml).toContain('<testsuites name="boardless check" tests="4" failures="1">')
    expect(xml.match(/<failure /g)).toHaveLength(1)
    expect(xml.match(/<system-out>/g)).toHaveLength(2)
    expect(xml).not.toContain('\u001b')
    expect(xml).toContain('&quot;50 %,  ::error::x]&quot; &amp; &lt;b&gt;')
  })

  it('workflow commands of GitHub names file and line, and starts none that the firmware printed', () => {
    const lines = written('github').trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(
      /^::error file=src\/a b\.c,line=3,title=app%3A console::console: @all \| it printed "50 %25, %0A::error::x/,
    )
    expect(lines[1]).toMatch(/^::warning file=boardless\.config\.ts,line=7,title=app%3A flash::/)
    expect(lines[2]).toMatch(/^::notice file=/)
    expect(written('github', clean)).toMatch(/^::notice title=boardless check::all budgets hold: 1 passed\n$/)
  })

  it('Markdown has the worst row first, folds the tables, and nothing in it is markup or mentions anybody', () => {
    const text = written('markdown')
    expect(text).toMatch(/^### ✗ boardless check\n\nworst: app: console: &#64;all \\\| it printed/)
    expect(text).not.toMatch(/@all|(?<!\\)<b\\?>/)
    expect(text).toContain('- line: +9 cycles src/a b.c:3')
    expect(text).toContain('<details><summary>app: a board, 20 s, app.elf cccccccc</summary>')
    expect(text).toContain("`boardless check app --only 'phase preprocess'`")
    expect(written('markdown', clean)).toMatch(/^### ✓ boardless check\n\nall budgets hold/)
  })

  it('Code Quality of GitLab has what does not hold, each with a fingerprint that stays', () => {
    const issues = JSON.parse(written('gitlab')) as {
      severity: string
      fingerprint: string
      location: object
    }[]
    expect(issues.map(({ severity }) => severity)).toEqual(['major', 'minor', 'info'])
    expect(issues[0]!.location).toEqual({ path: 'src/a b.c', lines: { begin: 3 } })
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(3)
    expect(JSON.parse(written('gitlab', clean))).toEqual([])
  })

  it('Bencher’s metrics has what was measured, with its interval', () => {
    expect(JSON.parse(written('bencher'))).toEqual({
      app: {
        'phase preprocess (cycles)': { value: 100 },
        'flash (B)': { value: 100 },
        'current (uA)': { value: 5, lower_value: 4, upper_value: 6 },
      },
    })
  })

  it('SARIF has faults and what does not hold, with places', () => {
    const sarif = JSON.parse(written('sarif')) as {
      version: string
      runs: { results: { ruleId: string; level: string; locations: { physicalLocation: object }[] }[] }[]
    }
    expect(sarif.version).toBe('2.1.0')
    const [{ results } = { results: [] }] = sarif.runs
    expect(results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual([
      'fault error',
      'budget error',
      'budget warning',
      'budget note',
    ])
    expect(results[1]!.locations[0]!.physicalLocation).toEqual({
      artifactLocation: { uri: 'src/a%20b.c' },
      region: { startLine: 3 },
    })
  })
})
