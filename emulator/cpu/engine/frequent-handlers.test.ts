import { expect, it } from 'vitest'
import { frequentHandlers } from './frequent-handlers.ts'
import { allHandlers } from './handlers.ts'

it('every frequent handler exists', () => {
  const names = new Set(allHandlers().map(({ name }) => name))
  expect([...frequentHandlers].filter((name) => !names.has(name))).toEqual([])
})
