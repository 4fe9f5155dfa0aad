import { describe, expect, it } from 'vitest'
import { pipelineTiming } from '../timing.ts'
import { entered, hidden, passed, type LineAhead } from './line-ahead.ts'

const timing = { ...pipelineTiming, cacheLineBytes: 16, cacheMissCycles: 6, cacheMissAhead: 6 }

/** Instructions of so many bytes and cycles from an address on, up to the next line: what is hidden of its miss. */
function ahead(
  address: number,
  code: readonly (readonly [bytes: number, cycles: number])[],
): number | undefined {
  let state: LineAhead = entered(address, timing)
  let at = address
  for (const [bytes, cycles] of code) {
    state = passed(state, at, cycles, timing)
    at += bytes
  }
  return hidden(state, at, timing)
}

const repeat = (times: number, bytes: number, cycles: number): (readonly [number, number])[] =>
  Array.from({ length: times }, () => [bytes, cycles] as const)

/**
 * By hand, from Arm KB 103488664: a word a cycle, a buffer of three, a word asked for in one cycle is there in the
 * next. A line entered at cycle 0 has its words at 0, 1, 2 and 3.
 */
describe('how far the prefetch unit is ahead at the end of a line', () => {
  it('not at all where each cycle takes a word', () => {
    expect(ahead(0x100, repeat(4, 4, 1))).toBe(0)
  })

  it('by what loads and divides give it time for', () => {
    expect(ahead(0x100, [...repeat(3, 4, 1), [4, 2]])).toBe(1)
    expect(ahead(0x100, [...repeat(3, 4, 1), [4, 6]])).toBe(5)
  })

  it('three cycles where each cycle takes half a word: it has room once the PC is in the line’s third', () => {
    expect(ahead(0x100, repeat(8, 2, 1))).toBe(3)
  })

  it('from where a branch landed, with fewer words to fetch', () => {
    expect(ahead(0x10c, repeat(2, 2, 1))).toBe(1)
    expect(ahead(0x10e, repeat(1, 2, 1))).toBe(0)
  })

  it('no further than a miss takes, or is said', () => {
    expect(ahead(0x100, [...repeat(3, 4, 1), [4, 12]])).toBe(6)
    const before = passed(entered(0x10c, timing), 0x10c, 12, timing)
    expect(hidden(before, 0x110, { ...timing, cacheMissAhead: 2 })).toBe(2)
    expect(hidden(before, 0x110, { ...timing, cacheMissCycles: 3 })).toBe(3)
  })

  it('has nothing to say within a line', () => {
    expect(ahead(0x100, repeat(3, 4, 1))).toBeUndefined()
  })
})
