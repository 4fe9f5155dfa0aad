import { describe, expect, it } from 'vitest'
import { HighPass } from './high-pass.ts'

describe('HighPass', () => {
  it('is at rest on what does not change, whatever it is', () => {
    const filter = new HighPass(50)
    expect([1, 1, 1].map((value) => filter.next(value))).toEqual([0, 0, 0])
  })

  it('lets a step through and forgets it as an RC element does', () => {
    const filter = new HighPass(50)
    filter.next(0)
    const decay = 1 / (1 + (2 * Math.PI) / 50)
    ;[1, 2, 3].forEach((n) => expect(filter.next(1)).toBeCloseTo(decay ** n, 12))
  })

  it('passes 0.707 of a sine at its cut-off frequency', () => {
    const filter = new HighPass(400)
    const sine = Array.from({ length: 8000 }, (_, n) => filter.next(Math.sin((2 * Math.PI * n) / 400)))
    expect(Math.max(...sine.slice(4000))).toBeCloseTo(Math.SQRT1_2, 2)
  })
})
