import { describe, expect, it } from 'vitest'
import type { Quantity } from '../lab-report.ts'
import { about, finding, judge, verdictOf } from './verdict.ts'

const times = (value: number, ...interval: readonly number[]): Quantity => ({
  value,
  unit: 'x',
  interval: interval.length === 2 ? [interval[0]!, interval[1]!] : null,
})

describe('a case', () => {
  it.each([
    [times(3), 'as claimed'],
    [times(4), 'as claimed'],
    [times(4.01), 'more'],
    [times(1.9, 1.5, 2), 'as claimed'],
    [times(1.9, 1.5, 1.99), 'less'],
    [times(5, 4.5, 6), 'more'],
    [times(5, 1, 9), 'as claimed'],
  ])('%j is %s, of 2 to 4', (ours, expected) => {
    expect(finding(ours, [2, 4])).toBe(expected)
  })
})

it('a claim holds in all cases, in none, or depends; without a case it does not hold', () => {
  expect(verdictOf(['as claimed', 'as claimed'])).toBe('holds')
  expect(verdictOf(['as claimed', 'less'])).toBe('depends')
  expect(verdictOf(['more', 'less'])).toBe('does not hold')
  expect(verdictOf([])).toBe('does not hold')
})

const question = { claim: 'twice as fast', source: 'somebody', range: about(2), on: 'the kernels' }

it('names what it depends on', () => {
  const cases = [
    { name: 'a', ours: times(2) },
    { name: 'b', ours: times(1.2, 1.1, 1.3) },
    { name: 'c', ours: times(7) },
  ]
  expect(judge({ ...question, cases, why: 'Because' })).toEqual({
    claim: 'twice as fast',
    source: 'somebody',
    ours: 'a 2.00x; b 1.20x (1.10 to 1.30); c 7.00x',
    verdict: 'depends',
    because: 'on the kernels. As claimed: a; less: b; more: c. Because',
  })
  expect(judge({ ...question, cases: cases.slice(0, 1) })).toMatchObject({ verdict: 'holds', because: '' })
  expect(
    judge({ ...question, cases: cases.slice(2), words: { less: 'slower', more: 'faster' } }),
  ).toMatchObject({ verdict: 'does not hold', because: 'faster' })
})

it('says so where all cases miss it alike', () => {
  const cases = ['a', 'b'].map((name) => ({ name, ours: times(9) }))
  expect(judge({ ...question, cases })).toMatchObject({
    verdict: 'does not hold',
    because: 'more in all cases',
  })
})

it('says the range of many cases, and names the first of them', () => {
  const cases = Array.from({ length: 9 }, (_, index) => ({ name: `n${index}`, ours: times(1 + index) }))
  const { ours, because } = judge({ ...question, cases })
  expect(ours).toBe('from 1.00x (n0) to 9.00x (n8), 9 cases')
  expect(because).toBe('on the kernels. As claimed: n1; less: n0; more: n2, n3, n4, n5, n6 and 2 more')
})

it('says where the interval alone reaches what is claimed', () => {
  const [near, far] = [
    { name: 'near', ours: times(2) },
    { name: 'far', ours: times(1.2, 0.9, 1.9) },
  ]
  expect(judge({ ...question, cases: [far] })).toMatchObject({
    verdict: 'holds',
    because: 'Only the interval reaches what is claimed',
  })
  expect(judge({ ...question, cases: [near, far] })).toMatchObject({
    verdict: 'holds',
    because: 'Only the interval reaches what is claimed: far',
  })
})

it('a gain must be shown where that is asked', () => {
  const cases = [{ name: 'a', ours: times(1, -1, 3) }]
  expect(judge({ ...question, range: [1, 3], cases }).verdict).toBe('holds')
  expect(judge({ ...question, range: [1, 3], cases, shown: true }).verdict).toBe('does not hold')
})
