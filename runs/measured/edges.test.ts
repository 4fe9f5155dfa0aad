import { describe, expect, it } from 'vitest'
import type { StateTrack, TimelineView } from '../export/timeline-view.ts'
import { parseAnchor } from './anchor.ts'
import { matchEdges } from './edges.ts'

const MS = 64_000

function wire(id: string, rises: readonly number[]): StateTrack {
  const info = { id, name: id.split('/').at(-1)!, group: 'pins', unit: '' }
  return {
    kind: 'state',
    info,
    *pieces(from, to) {
      let begin = from
      for (const rise of rises) {
        yield { begin, end: rise, states: [{ state: 'low', cycles: rise - begin }] }
        yield { begin: rise, end: rise + MS, states: [{ state: 'high', cycles: MS }] }
        begin = rise + MS
      }
      yield { begin, end: to, states: [{ state: 'low', cycles: to - begin }] }
    },
  }
}

const view = (...tracks: readonly StateTrack[]): TimelineView => ({
  title: '',
  from: 0,
  to: 10_000 * MS,
  tracks,
})

describe('edges of a pin and of a digital channel', () => {
  const rises = [100, 230, 900, 1700, 1850].map((ms) => ms * MS)
  it('give offset and clock', () => {
    // The probe began 200 ms after the run, and its clock is 1 % slow.
    const seen = rises.slice(1).map((at) => (at - 200 * MS) / 1.01)
    const found = matchEdges(
      view(wire('pin/P0.01', [5 * MS, 8 * MS]), wire('pin/P0.22', rises)),
      [wire('D0', []), wire('D3', seen)],
      5000 * MS,
    )!
    expect(found).toMatchObject({ pin: 'P0.22', channel: 'D3', edges: 4 })
    expect(found.offset).toBeCloseTo(200 * MS, 3)
    expect(found.scale).toBeCloseTo(1.01, 9)
  })

  it('that are others match nowhere', () => {
    const others = [10, 500, 3000, 3100].map((ms) => ms * MS)
    expect(
      matchEdges(view(wire('pin/P0.22', rises)), [wire('D0', others)], 5000 * MS)?.edges ?? 0,
    ).toBeLessThan(3)
    expect(matchEdges(view(wire('pin/P0.22', rises)), [], 5000 * MS)).toBeUndefined()
  })
})

describe('how to align', () => {
  it('is said by a word', () => {
    expect(parseAnchor('auto')).toEqual({ by: 'auto' })
    expect(parseAnchor('marker:here')).toEqual({ by: 'marker', name: 'here' })
    expect(parseAnchor('console: ready \\d')).toEqual({ by: 'console', pattern: /ready \d/ })
  })
  it.each(['', 'atuo', 'marker', 'console:(', 'start:3', 'edge:'])('%j is refused in one line', (text) => {
    expect(() => parseAnchor(text)).toThrow(/^[^\n]+$/)
  })
})
