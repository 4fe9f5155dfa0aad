import { stripVTControlCharacters } from 'util'
import { describe, expect, it } from 'vitest'
import { numberText, printable, quantityText, shortNames } from '../../../runs/lab-report/format.ts'
import type { LabReport, Quantity } from '../../../runs/lab-report/lab-report.ts'
import { renderLabMarkdown } from './markdown.ts'
import { hostileName, hostileReport } from './testing/hostile.ts'
import { testingDesktop, testingReport } from './testing/report.ts'
import { renderLabText } from './text.ts'

const plain = (report: LabReport, width: number): string =>
  renderLabText(report, testingDesktop, { color: false, width })

describe('figures', () => {
  const of = (value: number, unit: Quantity['unit'], interval: Quantity['interval'] = null) => ({
    value,
    unit,
    interval,
  })

  it.each([
    [of(6004.18, 'us', [4923.4, 6664.7]), '6 004 us (4 923 to 6 665)'],
    [of(535.81, 'us'), '535.8 us'],
    [of(83420, 'B'), '83 420 B'],
    [of(5.8234, 'x', [4.9, 6.61]), '5.82x (4.90 to 6.61)'],
    [of(0.004, 'mA', [0, 0.01]), '0.004 mA (0.000 to 0.010)'],
    [of(96.3, '%', [92.9, 97.8]), '96.3 % (92.9 to 97.8)'],
    [of(-0.04, 'points', [-1.3, 1.1]), '0.0 points (-1.3 to +1.1)'],
    [of(-2.9, 'points', [-4.2, -1.8]), '-2.9 points (-4.2 to -1.8)'],
  ])('%o is %s', (quantity, shown) => {
    expect(quantityText(quantity, 'ascii', quantity.unit === 'points')).toBe(shown)
  })

  it('has the signs of a page there', () => {
    expect(quantityText(of(6004.18, 'us', [4923.4, 6664.7]), 'fine')).toBe(
      '6\u202f004\u00a0µs (4\u202f923 to\u00a06\u202f665)',
    )
    expect(numberText(-2.9, 'points', 'fine', true)).toBe('\u22122.9')
  })

  it('says so where there is no number', () => {
    expect(quantityText(of(Infinity, 'x'), 'ascii')).toBe('infinitex')
  })

  it('lets no name steer the terminal', () => {
    expect(printable('a\u001b[2J\r\nb\u202ec\u0000')).toBe('a\ufffd[2J b\ufffdc\ufffd')
    expect(printable('حرف\u200cها 手势 👋🏽')).toBe('حرف\u200cها 手势 👋🏽')
  })

  it('leaves out what all names say, unless they would be the same then', () => {
    expect(shortNames(['a, int8, -O2', 'b, int8, -O2'])).toEqual({
      names: ['a', 'b'],
      common: ['int8', '-O2'],
    })
    expect(shortNames(['a, int8'])).toEqual({ names: ['a, int8'], common: [] })
    expect(shortNames(['a', 'a, b'])).toEqual({ names: ['a', 'a, b'], common: [] })
  })
})

describe('the terminal', () => {
  it.each([80, 110, 200])('has no line wider than %i columns, nor than 110', (width) => {
    const lines = plain(testingReport, width).split('\n')
    expect(lines.filter((line) => line.length > Math.min(width, 110))).toEqual([])
  })

  it('shows a row as a block', () => {
    const [block = ''] = /\n 3 {2}Post[^]*?\n\n/.exec(plain(testingReport, 110)) ?? []
    expect(block).toBe(`
 3  Post-training quantisation, int8
  changed  float32 weights and activations to int8; per tensor and per channel; 10 to 400 windows to calibrate
           with
  command  boardless lab --only ptq
                                     before                      after                      change
  dense-10000, float32 to int8
    model                          40 212 B                   11 040 B                       3.64x
    flash                          83 420 B                   53 836 B                       1.55x
    inference     6 004 us (4 923 to 6 665)  535.8 us (439.4 to 594.7)        11.2x (10.4 to 12.1)
    accuracy          96.5 % (93.2 to 97.9)      96.3 % (92.9 to 97.8)  -0.2 points (-1.5 to +0.9)
  convolution-8, float32 to int8
    inference  21 731 us (17 819 to 24 121)  3 914 us (3 209 to 4 345)        5.55x (5.16 to 6.00)
    accuracy          97.5 % (94.8 to 98.5)      97.3 % (94.5 to 98.4)  -0.2 points (-1.5 to +0.9)
  claim    40 kB to 10 kB (issue)
  ours     40 212 B to 11 040 B, 3.64x
  verdict  holds
  claim    1.2 ms to 0.4 ms: 3 times as fast (issue)
  ours     6 004 us to 535.8 us, 11.2x (10.4 to 12.1)
  verdict  depends
  because  on the kernels: with the reference kernels on both sides it is 1.93x, and CMSIS-NN has none for
           float32

`)
  })

  it('says the same with and without colour', () => {
    const coloured = renderLabText(testingReport, testingDesktop, { color: true, width: 100 })
    expect(stripVTControlCharacters(coloured)).toBe(plain(testingReport, 100))
    expect(coloured).toContain('\u001b[31mdoes not hold')
  })

  it('has no escape sequence that is not its own', () => {
    expect(plain(hostileReport, 110).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  })

  it('shows a lab in which nothing is recommended', () => {
    const shown = plain({ ...testingReport, techniques: [], configurations: [], recommendation: null }, 100)
    expect(shown).toMatch(/Recommendation\n {2}none: no configuration is within the limits asked for\n$/)
    expect(shown).not.toContain('Frontier')
  })
})

describe('lab.md', () => {
  const cells = (line: string): number => line.replace(/\\\|/g, '').split('|').length - 2

  it.each([
    ['a lab', testingReport],
    ['one with hostile names', hostileReport],
  ])('has tables whose lines have as many cells as their head: %s', (_, report) => {
    const tables = renderLabMarkdown(report, testingDesktop)
      .split('\n\n')
      .filter((block) => block.startsWith('|'))
    expect(tables.length).toBeGreaterThan(12)
    for (const table of tables) expect(new Set(table.trimEnd().split('\n').map(cells)).size, table).toBe(1)
  })

  it('has every claim, note and table', () => {
    const made = renderLabMarkdown(testingReport, testingDesktop)
    for (const { claims, notes, tables, command, comparisons } of testingReport.techniques) {
      expect(made).toContain(`\`\`\`sh\n${command}\n\`\`\``)
      for (const { because, verdict, claim } of claims) {
        expect(made).toContain(`- **${verdict}**: ${claim}`)
        expect(made).toContain(because)
      }
      for (const note of notes) expect(made).toContain(note.replaceAll('[', '\\['))
      for (const { title } of tables) expect(made).toContain(`### ${title}\n\n`)
      for (const one of comparisons) expect(made).toContain(`| ${one.case} | ${one.metric} |`)
    }
    for (const { name } of testingReport.configurations)
      expect(made).toContain(`| ${name.replace(', mutable, -O2', '').replace(/, mutable|, -O2/g, '')} |`)
  })

  it('has the desktop’s time in row 1, and cases in the order of their row', () => {
    const made = renderLabMarkdown(testingReport, testingDesktop)
    const [, first = ''] = /## 1\. Baseline\n([^]*?)\n## /.exec(made) ?? []
    expect(first).toContain('on the desktop')
    const [technique] = testingReport.techniques.filter(({ comparisons }) => comparisons.length > 0)
    const [one] = technique?.comparisons ?? []
    if (!technique || !one) throw new Error('there are comparisons')
    const other = { ...one, case: 'another', main: true }
    const comparisons = [one, other, { ...one, metric: 'flash', main: false }]
    const report = { ...testingReport, techniques: [{ ...technique, comparisons }] }
    const [, ...lines] =
      /\| case \|[^]*?\n\n/.exec(renderLabMarkdown(report, null))?.[0].trim().split('\n') ?? []
    expect(lines.slice(1).map((line) => line.split(' | ').slice(0, 2).join(' | '))).toEqual([
      `| ${one.case} | ${one.metric}`,
      `| ${one.case} | flash`,
      `| another | ${one.metric}`,
    ])
  })

  it('has code as it can be pasted', () => {
    const [technique] = testingReport.techniques
    if (!technique) throw new Error('there is a row')
    const table = {
      title: 'Code',
      columns: [
        { title: 'model', number: false },
        { title: 'code', number: false },
      ],
      rows: [['net', '#include <a>\nadd(`b`);\n']],
    }
    const made = renderLabMarkdown(
      { ...testingReport, techniques: [{ ...technique, tables: [table] }] },
      null,
    )
    expect(made).toContain('### Code\n\nnet\n\n```cpp\n#include <a>\nadd(`b`);\n```')
  })

  it('takes names as text', () => {
    const made = renderLabMarkdown(hostileReport, null)
    const fenced = made.replace(/(`{3,})(?:sh|cpp)\n[^]*?\n\1/g, '')
    expect(
      fenced.replace('<!-- Generated by `boardless lab`; do not edit. -->', '').replaceAll('<br>', ''),
    ).not.toContain('<')
    expect(fenced).toContain('\\[a\\](javascript:alert(1))')
    expect(made).toContain(printable(hostileName))
  })
})
