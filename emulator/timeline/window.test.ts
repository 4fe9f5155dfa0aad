import { describe, expect, it } from 'vitest'
import { Timeline } from './timeline.ts'
import { windowOf } from './window.ts'
import type { LevelWindow, SpanWindow, StateWindow } from './window.ts'

const LEVEL = { id: 'level', name: 'board', group: 'current', unit: 'pA' }
const STATE = { id: 'state', name: 'part', group: 'parts', unit: '', first: 'off', idle: ['off'] }
const SPANS = { id: 'spans', name: 'phases', group: 'phases', unit: '' }
const SMALL = { steps: { recent: 64, buckets: 64 }, spans: { recent: 64, buckets: 64 } }

/** A level of 1000, for 1000 of each 10 000 cycles of 5000. */
const pulses = (count: number, limits = SMALL): Timeline => {
  const timeline = new Timeline(limits)
  const [level, state, spans] = [timeline.level(LEVEL, 1000), timeline.state(STATE), timeline.spans(SPANS)]
  for (let i = 1; i <= count; i++) {
    level.set(5000, i * 10_000)
    state.enter('on', i * 10_000)
    const span = spans.spans.begin(i % 2 === 0 ? 'even' : 'odd', i * 10_000)
    level.set(1000, i * 10_000 + 1000)
    state.enter('off', i * 10_000 + 1000)
    spans.spans.end(span, i * 10_000 + 1000)
  }
  timeline.advance((count + 1) * 10_000)
  return timeline
}

const draw = (timeline: Timeline, id: string, from: number, to: number, pixels: number) =>
  windowOf(timeline.tracks.get(id)!, { from, to, pixels })

describe('a window', () => {
  it('of what is kept one by one has the true minimum, maximum, average and changes', () => {
    const window = draw(pulses(20), 'level', 200_000, 210_000, 10) as LevelWindow
    expect([...window.maximum]).toEqual([5000, ...Array.from({ length: 9 }, () => 1000)])
    expect([...window.average]).toEqual([...window.maximum])
    expect([...window.changes!.cycles]).toEqual([200_000, 201_000])
    const whole = draw(pulses(20), 'level', 195_000, 205_000, 1) as LevelWindow
    expect([whole.minimum[0], whole.maximum[0], whole.average[0]]).toEqual([1000, 5000, 1400])
  })

  it('of what is folded keeps every peak, and an average between minimum and maximum', () => {
    const timeline = pulses(5000)
    for (const pixels of [7, 100, 1000]) {
      const window = draw(timeline, 'level', 0, 50_000_000, pixels) as LevelWindow
      expect(window.foldedBefore).toBeGreaterThan(49_000_000)
      expect(window.maximum.every((value) => value === 5000)).toBe(true)
      expect(
        window.average.every((value, i) => value >= window.minimum[i]! && value <= window.maximum[i]!),
      ).toBe(true)
      // 1000 of 10 000 cycles: 1400 on the average, and a bucket has about eighty of them.
      expect(window.average.slice(1).every((value) => Math.abs(value - 1400) < 20)).toBe(true)
      expect(window.changes).toBeUndefined()
    }
  })

  it('has the state that a pixel is in longest, and its share', () => {
    const window = draw(pulses(5000), 'state', 0, 50_000_000, 50) as StateWindow
    expect(window.states[window.longest[10]!]).toBe('off')
    expect(window.share[10]).toBeCloseTo(0.9, 2)
    const near = draw(pulses(20), 'state', 200_000, 201_000, 4) as StateWindow
    expect([...near.longest].map((state) => near.states[state])).toEqual(['on', 'on', 'on', 'on'])
  })

  it('has spans one by one where they fit, and else what covers each pixel and how many end in it', () => {
    const near = draw(pulses(20), 'spans', 195_000, 215_000, 100) as SpanWindow
    expect(near.spans.map(({ begin, end }) => [begin, end])).toEqual([[200_000, 201_000]])
    const far = draw(pulses(5000), 'spans', 0, 40_000_000, 40) as SpanWindow
    expect(far.spans).toEqual([])
    const [lane] = far.lanes
    expect(lane?.share[20]).toBeCloseTo(0.1, 2)
    expect(lane?.count[20]).toBeGreaterThan(90)
    expect(['even', 'odd']).toContain(far.names[lane!.name[20]!]!.name)
  })

  it('of nothing is refused', () => {
    expect(() => draw(pulses(1), 'level', 5, 5, 10)).toThrow(RangeError)
    expect(() => draw(pulses(1), 'level', 5, 6, 0)).toThrow(RangeError)
  })
})
