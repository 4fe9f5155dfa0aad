import { expect, it } from 'vitest'
import { proportion } from './statistics.ts'

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
