import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../../test/cli/sample-report.ts'
import { compareRuns } from '../compare.ts'
import { htmlComparison } from './html.ts'
import { markdownComparison } from './markdown.ts'
import { renderComparison } from './text.ts'
import { changed, relative } from './words.ts'

const second = sampleReport(0.25)
const comparison = compareRuns(
  { name: 'reference', report: sampleReport() },
  { name: 'cmsis-nn', report: second },
)

describe('a comparison as text', () => {
  it('has both runs, the change and its share', () => {
    const text = renderComparison(comparison, { color: false, width: 140 })
    expect(text).toMatch(/phase inference +cycles +120 400 +30 100 +-90 300 +-75\.0 %/)
    expect(text).toMatch(/FULLY_CONNECTED 1x16 +115 200 +28 800 +-86 400 +-75\.0 %/)
    expect(text).toMatch(/flash +B +61 440 +61 440 +same/)
    expect(text).toMatch(/alike +5 of 5/)
    expect(text).toContain('Inference: reference 1 881.3 us, cmsis-nn 470.3 us: 4.00 times as fast')
    expect(text).not.toMatch(/undefined|NaN|null/)
  })
  it('of one run twice says that nothing differs, and has no table', () => {
    const one = { name: 'a', report: second }
    const text = renderComparison(compareRuns(one, { ...one, name: 'b' }), { color: false, width: 80 })
    expect(text).toContain('no difference: every figure of a and b is the same')
    expect(text).not.toContain('Figures')
  })
  it('says what undermines it before any figure', () => {
    const other = { ...second, board: { ...second.board, name: 'XIAO' } }
    const text = renderComparison(compareRuns({ name: 'a', report: second }, { name: 'b', report: other }), {
      color: false,
      width: 80,
    })
    expect(text.indexOf('! board: a and b differ')).toBeGreaterThan(0)
    expect(text.indexOf('! board: a and b differ')).toBeLessThan(text.indexOf('Figures'))
  })
})

describe('as Markdown and HTML', () => {
  const hostile = compareRuns(
    { name: 'a|<b>`', report: sampleReport() },
    {
      name: '"><script>alert(1)</script>',
      report: { ...second, functions: second.functions.map((row) => ({ ...row, name: '<img src=x>|`' })) },
    },
  )
  it('nothing of a name is markup', () => {
    const html = htmlComparison(hostile, 10)
    expect(html).not.toMatch(/<script|<img/)
    expect(html).toContain('&lt;script&gt;')
    const rows = markdownComparison(hostile, 10)
      .split('\n')
      .filter((line) => line.startsWith('|'))
    for (const row of rows) expect(row.replaceAll('<br>', '')).not.toMatch(/[^\\]</)
    const columns = (row: string): number => row.replaceAll('\\|', '').split('|').length
    const header = rows.findIndex((row) => row.includes('function'))
    expect(columns(rows[header + 2]!)).toBe(columns(rows[header]!))
  })
  it('nothing of a name steers a terminal, in what ran too', () => {
    const steering = { ...second, firmware: { ...second.firmware, file: 'a\u001b[31m\u202e.elf' } }
    const found = compareRuns({ name: 'a', report: second }, { name: 'b\u001b[31m', report: steering })
    for (const text of [htmlComparison(found, 10), markdownComparison(found, 10)]) {
      for (const steers of ['\u001b', '\u202e']) expect(text).not.toContain(steers)
      expect(text).toMatch(/a\\+x1b\\?\[31m/)
    }
  })
  it('asks for nothing from elsewhere', () => {
    expect(htmlComparison(comparison, 10)).not.toMatch(/https?:|src=|url\(/)
  })
})

it('what is less than its digits show is not nothing', () => {
  expect([changed(0, 'uA'), changed(0.001, 'uA'), changed(-12.34, 'uA')]).toEqual(['same', '~0', '-12.3'])
  const share = (a: number | null, b: number | null): string =>
    relative({ a, b, difference: (b ?? 0) - (a ?? 0) })
  expect([share(1e6, 1e6 + 1), share(100, 100), share(null, 3), share(3, null), share(0, 3)]).toEqual([
    '~0 %',
    '',
    'new',
    'gone',
    '',
  ])
})
