/** A run goes on from a snapshot as if it had never stopped: to the cycle, and to the byte of the report. */
import { describe, expect, it } from 'vitest'
import { continuations, momentsOf, type Nasty } from './moments.ts'
import { few } from './scenarios.ts'

const hard: Readonly<Record<string, readonly Nasty[]>> = {
  busy: [
    'a multiple or divide that is not over',
    'lazy stacking that is due',
    'in a handler',
    'within an IT block',
    'asleep',
    'the flash is busy',
    'EasyDMA that sends',
  ],
  'exceptions 150 1 1 1': ['lazy stacking that is due', 'in a handler'],
  'sleep 8': ['in System OFF', 'with the cache off'],
  gesture: ['asleep', 'a transfer on a two-wire bus'],
}

describe.each(few.map((scenario, n) => ({ ...scenario, n })))('$name', ({ name, make, n }) => {
  it('goes on from each of its moments', async () => {
    const moments = await momentsOf(await make(), { seed: 1 + n, count: 12 })
    expect([...moments.met]).toEqual(expect.arrayContaining([...(hard[name] ?? [])]))
    const wrong = [...continuations(moments, { toEnd: 7, throughBytes: 5, anew: 4 })]
    expect(wrong.length).toBeGreaterThan(12)
    expect(wrong.filter((line) => line !== undefined)).toEqual([])
  })
})
