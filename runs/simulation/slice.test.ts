import { expect, it } from 'vitest'
import { Slice } from './slice.ts'

it('is longer where it was over soon, shorter where it took long, as it is in between', () => {
  const slice = new Slice(50)
  slice.took(10, 1_000_000)
  expect(slice.cycles).toBe(2_000_000)
  slice.took(60, 2_000_000)
  expect(slice.cycles).toBe(2_000_000)
  slice.took(200, 2_000_000)
  expect(slice.cycles).toBe(1_000_000)
})

it('is not longer where something else ended it', () => {
  const slice = new Slice(50)
  slice.took(1, 999_999)
  expect(slice.cycles).toBe(1_000_000)
})

it('is halved beyond 32 bits too, and never nothing', () => {
  const slice = new Slice(50, 2 ** 40)
  slice.took(200, 2 ** 40)
  expect(slice.cycles).toBe(2 ** 39)
  for (let i = 0; i < 60; i++) slice.took(200, slice.cycles)
  expect(slice.cycles).toBe(10_000)
})
