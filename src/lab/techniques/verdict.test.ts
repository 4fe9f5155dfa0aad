import { expect, it } from 'vitest'
import { asWritten } from '../../../runs/verdict.ts'
import type { Quantity } from '../../../runs/lab-report/lab-report.ts'
import { judge } from './verdict.ts'

const times = (value: number, ...interval: readonly number[]): Quantity => ({
  value,
  unit: 'x',
  interval: interval.length === 2 ? [interval[0]!, interval[1]!] : null,
})

const question = { claim: 'twice as fast', source: 'somebody', range: asWritten('2'), on: 'the kernels' }

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
  expect(judge({ ...question, cases: [far], why: 'Because' })).toMatchObject({
    verdict: 'within our interval only',
    because: 'Only the interval reaches what is claimed. Because',
  })
  expect(judge({ ...question, cases: [near, far] })).toMatchObject({
    verdict: 'within our interval only',
    because: 'As claimed: near; only the interval reaches what is claimed: far',
  })
})

it('depends where cases lie on both sides of what is claimed', () => {
  const cases = [
    { name: 'a', ours: times(1.59, 1.56, 1.81) },
    { name: 'b', ours: times(0.19) },
  ]
  expect(judge({ ...question, range: asWritten('1'), cases })).toMatchObject({
    verdict: 'depends',
    because: 'on the kernels. Less: b; more: a',
  })
})

it('a gain must be shown where that is asked', () => {
  const cases = [{ name: 'a', ours: times(1, -1, 3) }]
  expect(judge({ ...question, range: [1, 3], cases }).verdict).toBe('holds')
  expect(judge({ ...question, range: [1, 3], cases, shown: true })).toMatchObject({
    verdict: 'within our interval only',
    because: 'Only the interval reaches what is claimed. A gain whose interval holds zero is not shown',
  })
})
