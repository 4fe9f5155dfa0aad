import { expect, it } from 'vitest'
import { lastAt } from './last-at.ts'

it('finds what a search from one end to the other does', () => {
  for (const keys of [[], [5], [1, 1, 1], [0, 2, 2, 7, 9], [3, 4, 5, 6]])
    for (let wanted = -1; wanted <= 10; wanted++)
      expect(lastAt(keys.length, (i) => keys[i], wanted)).toBe(keys.findLastIndex((key) => key <= wanted))
})
