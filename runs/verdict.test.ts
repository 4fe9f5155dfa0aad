import { describe, expect, it } from 'vitest'
import { asWritten, finding, kilobytes, verdictOf, type Ours } from './verdict.ts'

const ours = (value: number, ...interval: readonly number[]): Ours => ({
  value,
  interval: interval.length === 2 ? [interval[0]!, interval[1]!] : null,
})

it.each([
  [ours(2), 'as claimed'],
  [ours(4), 'as claimed'],
  [ours(3, 1, 9), 'as claimed'],
  [ours(4.01), 'more'],
  [ours(5, 4.5, 6), 'more'],
  [ours(1.9, 1.5, 1.99), 'less'],
  [ours(1.9, 1.5, 2), 'within our interval only'],
  [ours(5, 1, 9), 'within our interval only'],
])('%j is %s, of 2 to 4', (of, expected) => {
  expect(finding(of, [2, 4])).toBe(expected)
})

it('a wider interval never makes a claim hold', () => {
  expect(finding(ours(13.67, 9.96, 21.8), asWritten('22'))).toBe('within our interval only')
  expect(finding(ours(13.67, 9.96, 21.4), asWritten('22'))).toBe('less')
  expect(finding(ours(13.67, 0, 1000), asWritten('22'))).toBe('within our interval only')
})

it.each([
  ['holds', ['as claimed', 'as claimed']],
  ['within our interval only', ['as claimed', 'within our interval only']],
  ['within our interval only', ['within our interval only']],
  ['depends', ['as claimed', 'less']],
  ['depends', ['within our interval only', 'more']],
  ['depends', ['less', 'more']],
  ['does not hold', ['more', 'more']],
  ['does not hold', []],
] as const)('%s: %j', (expected, findings) => {
  expect(verdictOf(findings)).toBe(expected)
})

describe('a figure alone', () => {
  it.each([
    ['1.2', 1, 1.15, 1.25],
    ['0.4', 1000, 350, 450],
    ['22', 1, 21.5, 22.5],
    ['4', 1, 3.5, 4.5],
    ['1.00', 1, 0.995, 1.005],
  ])('%s is what rounds to it', (figure, unit, least, most) => {
    const [lowest, highest] = asWritten(figure, unit)
    expect([lowest, highest]).toEqual([expect.closeTo(least, 9), expect.closeTo(most, 9)])
  })

  it('is one', () => expect(() => asWritten('about 4')).toThrow('no figure: about 4'))
})

it('kilobytes are either', () => expect(kilobytes(39.5, 40.5)).toEqual([39_500, 41_472]))
