import { describe, expect, it } from 'vitest'
import type { Drawing } from '../../../../emulator/timeline/drawn/drawn.ts'
import { clamped, columnOf, cycleAt, fitted, holds, panned, pixelAt, windowAround, zoomed } from './camera.ts'
import { edgeNear, findAt, nextEdge } from './lookup.ts'
import { NOTHING_ARRANGED, rowsOf } from './rows.ts'
import { exactly, moment } from './text.ts'
import { levelTicks, ticksIn } from './ticks.ts'
import { parseInstant } from '../../../../runs/recording/instant.ts'

const DAY = { from: 0, to: 86_400 * 64_000_000 }

describe('the camera', () => {
  it('keeps the cycle under the pointer where it is, from a day to a cycle', () => {
    let camera = fitted(DAY, 1000)
    const fixed = Math.round(cycleAt(camera, 333))
    let worst = 0
    while (camera.perPixel > 1 / 64) {
      const before = pixelAt(camera, fixed)
      camera = zoomed(camera, before, 0.83, DAY, 1000)
      worst = Math.max(worst, Math.abs(pixelAt(camera, fixed) - before))
    }
    expect(camera.perPixel).toBe(1 / 64)
    expect(worst).toBeLessThan(0.1)
  })

  it('draws an hour away what is a cycle wide where it is, to a twentieth of a pixel', () => {
    const hour = 3600 * 64_000_000
    const camera = { from: hour - 8, perPixel: 1 / 64 }
    for (let cycle = hour - 8; cycle < hour + 8; cycle++)
      expect(Math.abs(pixelAt(camera, cycle) - (cycle - hour + 8) * 64)).toBeLessThan(0.05)
  })

  it('never leaves the run, and never goes further out than all of it', () => {
    const camera = clamped({ from: -1e15, perPixel: 1e12 }, DAY, 1000)
    expect(camera).toEqual(fitted(DAY, 1000))
    const right = panned({ from: 0, perPixel: 1000 }, 1e12, DAY, 1000)
    expect(cycleAt(right, 1000)).toBeCloseTo(DAY.to + 0.015 * 1000 * 1000, 3)
  })

  it('loads three times what is in view, at the same places while it pans', () => {
    const view = { from: 1_000_000, to: 1_100_000 }
    const loaded = windowAround(view, DAY)
    expect(loaded.to - loaded.from).toBeGreaterThanOrEqual(300_000)
    expect(windowAround({ from: 1_000_100, to: 1_100_100 }, DAY)).toEqual(loaded)
    expect(holds({ ...loaded, column: 64 }, view, DAY, columnOf(100))).toBe(true)
    expect(holds({ ...loaded, column: 64 }, view, DAY, columnOf(50))).toBe(false)
    expect(holds({ ...loaded, column: 64 }, { from: 1_400_000, to: 1_500_000 }, DAY, 64)).toBe(false)
  })
})

describe('the ruler', () => {
  it.each([
    [0, 64_000_000 * 30, 6_400_000 * 10, ['0 s', '1 s', '2 s'], ''],
    [64_000_000, 64_064_000, 6400, ['+0 µs', '+100 µs'], '1 s'],
    [636_400_000, 636_550_000, 12_800, ['+800 µs', '+1000 µs'], '9.943 s'],
    [0, 86_400 * 64_000_000, 3600 * 64_000_000 * 1.5, ['0:00 min', '2:00:00 h'], ''],
  ])('from %i to %i', (from, to, least, labels, base) => {
    const ticks = ticksIn(from, to, least)
    expect(ticks.base).toBe(base)
    for (const [i, label] of labels.entries()) expect(ticks.ticks[i]?.label).toBe(label)
    for (const [i, { cycle }] of ticks.ticks.entries())
      if (i > 0) expect(cycle - ticks.ticks[i - 1]!.cycle).toBeGreaterThanOrEqual(least * 0.999)
  })

  it('marks cycles where they can be seen', () => {
    const { ticks, base } = ticksIn(636_495_872, 636_495_880, 1)
    expect(base).toBe('cycle 636 495 000')
    expect(ticks.map(({ cycle }) => cycle)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => 636_495_872 + i))
  })

  it('has round levels', () => {
    expect(levelTicks(12e9, 4)).toEqual([0, 5e9, 10e9])
  })
})

describe('rows', () => {
  const info = (id: string, group: string, kind: 'level' | 'state' | 'spans' | 'marks' = 'state') => ({
    id,
    name: id,
    group,
    unit: '',
    kind,
  })
  const tracks = [
    info('current/board', 'current', 'level'),
    info('pin/A', 'pins'),
    info('pin/B', 'pins'),
    info('processor', 'processor'),
    info('cache', 'processor'),
  ].map((one) => ({ run: 'r', info: one }))
  const keys = (rows: ReturnType<typeof rowsOf>) => rows.rows.map(({ key }) => key)

  it('have the board on top, then groups, none of them over another', () => {
    const rows = rowsOf(tracks, NOTHING_ARRANGED, () => 1)
    expect(rows.pinned.map(({ key }) => key)).toEqual(['r:current/board'])
    expect(keys(rows)).toEqual(['r:processor', 'r:processor', 'r:cache', 'r:pins', 'r:pin/A', 'r:pin/B'])
    rows.rows.forEach(({ top }, i) => {
      const before = rows.rows[i - 1]
      if (before) expect(top).toBeGreaterThanOrEqual(before.top + before.height)
    })
  })

  it('are hidden, closed, pinned and moved', () => {
    const rows = rowsOf(
      tracks,
      {
        ...NOTHING_ARRANGED,
        hidden: ['cache'],
        closed: ['processor'],
        pinned: [],
        moved: [['pin/B', 'pin/A']],
      },
      () => 1,
    )
    expect(rows.pinned).toEqual([])
    expect(keys(rows)).toEqual(['r:current/board', 'r:processor', 'r:pins', 'r:pin/B', 'r:pin/A'])
  })
})

describe('what is at a place', () => {
  const level: Drawing = {
    kind: 'level',
    begins: Float64Array.of(0, 100, 200, 300),
    ends: Float64Array.of(100, 200, 300, 400),
    minimum: Float64Array.of(1, 5, 1, 3),
    average: Float64Array.of(1, 5, 2, 3),
    maximum: Float64Array.of(1, 5, 9, 3),
  }

  it('is its piece', () => {
    expect(findAt(level, 150, 1, 0)).toEqual({
      kind: 'level',
      begin: 100,
      end: 200,
      minimum: 5,
      average: 5,
      maximum: 5,
    })
    expect(findAt(level, 400, 1, 0)).toBeUndefined()
  })

  it('snaps to what truly changes, not to where a column ends', () => {
    expect(edgeNear(level, 97, 5)).toBe(100)
    expect(edgeNear(level, 203, 5)).toBeUndefined()
    expect(nextEdge(level, 10, 1)).toBe(100)
    expect(nextEdge(level, 100, 1)).toBeUndefined()
    expect(nextEdge(level, 350, -1)).toBe(100)
  })
})

describe('times', () => {
  it('are typed back to the cycle', () => {
    for (const cycle of [0, 1, 636_495_872, 86_399 * 64_000_000 + 12_345])
      expect(parseInstant(exactly(cycle), DAY.to)).toBe(cycle)
    expect(moment(636_495_872, 1)).toBe('9.945\u202f248\u202f00 s')
  })
})
