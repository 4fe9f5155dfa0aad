import { describe, expect, it } from 'vitest'
import { Timeline } from '../timeline.ts'
import { UNFOLDED } from '../track.ts'
import { coarseIn, drawingOf } from './drawn.ts'
import type { LevelDrawing } from './level.ts'
import type { LinesDrawing } from './lines.ts'
import type { SpansDrawing } from './spans.ts'
import type { StateDrawing } from './states.ts'

const LEVEL = { id: 'level', name: 'board', group: 'current', unit: 'pA' }
const STATE = { id: 'state', name: 'part', group: 'parts', unit: '', first: 'off', idle: ['off'] }
const SPANS = { id: 'spans', name: 'phases', group: 'phases', unit: '' }
const SMALL = { steps: { recent: 64, buckets: 64 }, spans: { recent: 64, buckets: 64 } }

/** 1000, and 5000 for 1000 of each 10 000 cycles; a state and a span with it. */
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

const draw = (timeline: Timeline, id: string, from: number, to: number, column: number) =>
  drawingOf([{ track: timeline.tracks.get(id)!, from, to }], column)

describe('a level', () => {
  it('has its true changes where they are fewer than columns', () => {
    const drawing = draw(pulses(20), 'level', 195_000, 215_000, 64) as LevelDrawing
    expect([...drawing.begins]).toEqual([195_000, 200_000, 201_000])
    expect([...drawing.ends]).toEqual([200_000, 201_000, 215_000])
    expect([...drawing.average]).toEqual([1000, 5000, 1000])
  })

  it('has columns where changes are more: every peak, and the average by time', () => {
    const drawing = draw(pulses(20), 'level', 0, 2 ** 17, 2 ** 15) as LevelDrawing
    // 3, 3, 3 and 4 pulses of 1000 cycles each, 4000 above, in 32768 cycles: three columns are one piece.
    expect([...drawing.begins]).toEqual([0, 3 * 2 ** 15])
    expect([...drawing.maximum]).toEqual([5000, 5000])
    expect([...drawing.average]).toEqual([3, 4].map((times) => 1000 + (times * 1000 * 4000) / 2 ** 15))
  })

  it('of a far past has whole buckets, together as much as was there', () => {
    const timeline = pulses(2000)
    const drawing = draw(timeline, 'level', 0, timeline.until, 64) as LevelDrawing
    expect(coarseIn(timeline.tracks.get('level')!, 0, 64)).toBeGreaterThan(64)
    expect(Math.max(...drawing.maximum)).toBe(5000)
    const sum = drawing.begins.reduce(
      (total, begin, i) => total + (drawing.ends[i]! - begin) * drawing.average[i]!,
      0,
    )
    const statistics = timeline.statistics('level', 0, timeline.until)
    expect(statistics.kind === 'level' && Number(statistics.sum)).toBeCloseTo(sum, -1)
    drawing.ends.forEach((end, i) => expect(end).toBe(drawing.begins[i + 1] ?? timeline.until))
  })

  it('is put together of what is folded and of what was recorded again', () => {
    const [folded, again] = [pulses(2000), pulses(2000, UNFOLDED)]
    const track = folded.tracks.get('level')!
    const drawing = drawingOf(
      [
        { track, from: 0, to: 10_200_000 },
        { track: again.tracks.get('level')!, from: 10_200_000, to: 10_220_000 },
        { track, from: 10_220_000, to: 20_000_000 },
      ],
      64,
    ) as LevelDrawing
    const first = drawing.begins.indexOf(10_201_000)
    expect(drawing.begins[first + 1]).toBe(10_210_000)
    expect(drawing.minimum[first]).toBe(drawing.maximum[first])
  })
})

describe('a state', () => {
  it('has its true changes, or the share that it is busy', () => {
    const exact = draw(pulses(20), 'state', 195_000, 215_000, 64) as StateDrawing
    expect([...exact.begins]).toEqual([195_000, 200_000, 201_000])
    expect([...exact.state].map((state) => exact.states[state])).toEqual(['off', 'on', 'off'])
    expect([...exact.whole]).toEqual([1, 1, 1])
    const columns = draw(pulses(20), 'state', 0, 2 ** 17, 2 ** 15) as StateDrawing
    expect(columns.busy[0]).toBeCloseTo(3000 / 2 ** 15)
    expect(columns.states[columns.state[0]!]).toBe('on')
    expect(columns.whole[0]).toBe(0)
  })
})

describe('spans', () => {
  it('are there one by one, and before that by bucket with exact counts', () => {
    const timeline = pulses(2000)
    const drawing = draw(timeline, 'spans', 0, timeline.until, 64) as SpansDrawing
    expect(drawing.begins.at(-1)).toBe(20_000_000)
    const folded = drawing.folded.count.reduce((sum, count) => sum + count, 0)
    expect(folded + drawing.begins.length).toBe(2000)
  })

  it('too many to be drawn are folded by column', () => {
    const timeline = pulses(10_000, UNFOLDED)
    const drawing = draw(timeline, 'spans', 0, timeline.until, 2 ** 17) as SpansDrawing
    expect(drawing.begins.length).toBe(0)
    expect(drawing.folded.count.reduce((sum, count) => sum + count, 0)).toBe(10_000)
    // Column 1 is 131072 to 262144: begins at 140 000 to 260 000, 13 of 1000 cycles.
    expect(drawing.folded.count[1]).toBe(13)
    expect(drawing.folded.share[1]).toBeCloseTo(13_000 / 2 ** 17)
  })

  it('nested ones have their depths, and one that is open ends with the stretch', () => {
    const timeline = new Timeline()
    const { spans } = timeline.spans(SPANS)
    spans.begin('outer', 100)
    const inner = spans.begin('inner', 200)
    spans.end(inner, 300)
    timeline.advance(1000)
    const drawing = draw(timeline, 'spans', 0, 1000, 1) as SpansDrawing
    expect([...drawing.depth]).toEqual([0, 1])
    expect([...drawing.ends]).toEqual([1000, 300])
    expect(drawing.depths).toBe(2)
  })
})

describe('samples', () => {
  const info = { id: 'samples/x', name: 'x', group: 'sensors', unit: 'counts', decoded: 'samples' } as const
  const sampled = (count: number, limits = SMALL): Timeline => {
    const timeline = new Timeline(limits)
    const { spans } = timeline.marks(info)
    spans.name('ax', 0, { channel: 'ax', sensitivity: 0.5 })
    for (let i = 0; i < count; i++) spans.mark('ax', 1000 * i, { value: i % 10 })
    timeline.advance(1000 * count)
    return timeline
  }

  it('are lines in their unit, by column where they are close', () => {
    const exact = draw(sampled(20), 'samples/x', 0, 20_000, 64) as LinesDrawing
    expect(exact.lines[0]?.name).toBe('ax')
    expect([...exact.lines[0]!.average].slice(0, 3)).toEqual([0, 0.5, 1])
    const columns = draw(sampled(20), 'samples/x', 0, 20_000, 8192) as LinesDrawing
    // Samples 0 to 8 are in the first 8192 cycles.
    expect(columns.lines[0]!.minimum[0]).toBe(0)
    expect(columns.lines[0]!.maximum[0]).toBe(4)
    expect(columns.lines[0]!.average[0]).toBeCloseTo(2)
  })

  it('hold from before the stretch', () => {
    const { lines } = draw(sampled(20), 'samples/x', 3500, 20_000, 64) as LinesDrawing
    expect([...lines[0]!.begins].slice(0, 2)).toEqual([3500, 4000])
    expect([...lines[0]!.average].slice(0, 2)).toEqual([1.5, 2])
  })

  it('of a far past have minimum and maximum of each bucket', () => {
    const timeline = sampled(5000)
    const { lines } = draw(timeline, 'samples/x', 0, timeline.until, 64) as LinesDrawing
    expect(Math.max(...lines[0]!.maximum)).toBe(4.5)
    expect(Math.min(...lines[0]!.minimum)).toBe(0)
  })
})
