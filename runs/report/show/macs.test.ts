import { describe, expect, it } from 'vitest'
import { macsCell, macsText } from './macs.ts'

describe('macsText', () => {
  const custom = { operator: 'CUSTOM:Foo', count: 2, why: 'a custom operator' }
  it.each([
    [9648, [], '9 648 MACs'],
    [0, [], '0 MACs'],
    [9648, [custom], 'at least 9 648 MACs (not counted: 2 x CUSTOM:Foo, a custom operator)'],
    [
      0,
      [custom, { operator: 'WHILE', count: 1, why: 'runs other subgraphs' }],
      'MACs not counted: 2 x CUSTOM:Foo, a custom operator; WHILE, runs other subgraphs',
    ],
  ])('%i, without %j', (macs, macsNotCounted, text) => expect(macsText({ macs, macsNotCounted })).toBe(text))
})

it('a cell is empty only where there are none', () => {
  expect(macsCell({ macs: 48, macsNotCounted: null })).toBe('48')
  expect(macsCell({ macs: 0, macsNotCounted: null })).toBe('')
  expect(macsCell({ macs: null, macsNotCounted: 'a custom operator' })).toBe('not counted')
})
