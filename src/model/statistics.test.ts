import { expect, it } from 'vitest'
import { degreesOf, proportion, studentT, varianceOfMean } from './statistics.ts'

// Newcombe 1998, Statistics in Medicine 17, 857: Wilson's score method on his four examples.
it.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson interval of %i in %i', (correct, total, lower, upper) => {
  expect(proportion(correct, total).interval95).toEqual([lower, upper])
})

it('never claims certainty from a perfect score', () => {
  expect(proportion(30, 30)).toMatchObject({ value: 1, interval95: [0.8865, 1] })
})

it.each([
  [0, 0],
  [3, 2],
  [-1, 2],
])('refuses %i of %i', (correct, total) => {
  expect(() => proportion(correct, total)).toThrow('no proportion')
})

// Fisher, Yates 1963, Statistical Tables, table III, P = 0.05; 3.5 by R's qt(0.975, 3.5).
it.each([
  [1, 12.706],
  [2, 4.303],
  [3.5, 2.941],
  [5, 2.571],
  [10, 2.228],
  [60, 2.0],
  [1e6, 1.96],
])('97.5th percentile of Student’s t with %d degrees of freedom', (degrees, expected) => {
  expect(studentT(degrees)).toBeCloseTo(expected, 2)
})

it('refuses less than one degree of freedom', () => {
  expect(() => studentT(0)).toThrow('0 degrees')
  expect(() => studentT(NaN)).toThrow('NaN degrees')
})

it('variance of a mean, and degrees of freedom of a sum of two', () => {
  expect(varianceOfMean([1, 2, 3, 4])).toBeCloseTo(5 / 12)
  expect(varianceOfMean([7])).toBe(0)
  // Equal variances of equal samples: as both together (Satterthwaite 1946).
  expect(degreesOf([1, 1].map((variance) => ({ variance, degrees: 9 })))).toBeCloseTo(18)
  expect(
    degreesOf([
      { variance: 2, degrees: 9 },
      { variance: 0, degrees: 1 },
    ]),
  ).toBeCloseTo(9)
})
