import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { StateStatistics } from '../../emulator/timeline/statistics.ts'
import { BOARD } from '../../emulator/timeline/record/currents.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { UNFOLDED } from '../../emulator/timeline/track.ts'
import { seededRandom } from '../../src/model/random.ts'
import { csvStatistics, statisticsOfAll } from './csv-statistics.ts'
import { whole } from './output.ts'
import { viewOf } from './timeline-tracks.ts'
import type { LevelPiece, SpanPiece, StatePiece, TimelineView, Track } from './timeline-view.ts'
import { BOARD_CURRENT, isFolded } from './timeline-view.ts'

const SMALL = { steps: { recent: 16, buckets: 16 }, spans: { recent: 16, buckets: 16 } }
const LEVEL = { id: 'current/board', name: 'board', group: 'current', unit: 'pA' }
const STATE = {
  id: 'processor',
  name: 'processor',
  group: 'processor',
  unit: '',
  first: 'run',
  idle: ['sleep'],
}
const SPANS = { id: 'phases', name: 'phases', group: 'run', unit: 'bytes' }
const START = 5000

/** The same events on timelines that keep much and little. */
function recorded(...limits: (typeof SMALL)[]): Timeline[] {
  return limits.map((limit) => {
    const random = seededRandom(7)
    const timeline = new Timeline(limit, START)
    const [level, state, { spans }] = [timeline.level(LEVEL, 3), timeline.state(STATE), timeline.spans(SPANS)]
    const open: number[] = []
    let cycle = START
    for (let event = 0; event < 600; event++) {
      cycle += Math.floor(random() * 3000)
      const what = Math.floor(random() * 4)
      if (what === 0) level.set(Math.floor(random() * 1e9), cycle)
      if (what === 1) state.enter(['run', 'sleep', 'off'][Math.floor(random() * 3)]!, cycle)
      if (what === 2 && open.length < 3) open.push(spans.begin(`phase ${open.length}`, cycle))
      if (what === 3) spans.end(open.pop() ?? -1, cycle, { value: event, data: { event, bytes: [1, 2] } })
    }
    timeline.advance(cycle + 1000)
    return timeline
  })
}

const [full, folded] = recorded(UNFOLDED, SMALL) as [Timeline, Timeline]
const END = full.until

type Of<Kind extends Track['kind']> = Extract<Track, { kind: Kind }>
const trackOf = <Kind extends Track['kind']>(view: TimelineView, kind: Kind): Of<Kind> =>
  view.tracks.find((track) => track.kind === kind) as Of<Kind>
const levels = (timeline: Timeline, from = START, to = END): LevelPiece[] => [
  ...trackOf(viewOf(timeline, 'x'), 'level').pieces(from, to),
]
const states = (timeline: Timeline, from = START, to = END): StatePiece[] => [
  ...trackOf(viewOf(timeline, 'x'), 'state').pieces(from, to),
]
const spans = (timeline: Timeline) => [...trackOf(viewOf(timeline, 'x'), 'spans').pieces(START, END)]

const touching = (pieces: readonly { begin: number; end: number }[], from: number, to: number): void => {
  expect(pieces[0]?.begin).toBe(from)
  expect(pieces.at(-1)?.end).toBe(to)
  pieces.slice(1).forEach(({ begin }, at) => expect(begin).toBe(pieces[at]?.end))
}

describe('a timeline as exports read it', () => {
  it('has a level in pieces that touch, with the charge of the timeline and within its extremes', () => {
    const { sum } = full.statistics('current/board', START, END) as { sum: bigint }
    for (const timeline of [full, folded]) {
      const pieces = levels(timeline)
      touching(pieces, START, END)
      const charge = pieces.reduce((total, { begin, end, average }) => total + average * (end - begin), 0)
      expect(charge / Number(sum)).toBeCloseTo(1, 12)
    }
    expect(levels(full).some(isFolded)).toBe(false)
    const exact = levels(full)
    const inPart = levels(folded).filter(isFolded)
    expect(inPart.length).toBeGreaterThan(5)
    for (const { begin, end, minimum, maximum, average } of inPart) {
      const there = exact
        .filter((piece) => piece.end > begin && piece.begin < end)
        .map(({ average: value }) => value)
      expect([minimum, maximum]).toEqual([Math.min(...there), Math.max(...there)])
      expect(average).toBeGreaterThanOrEqual(minimum)
      expect(average).toBeLessThanOrEqual(maximum)
    }
  })

  it('has tracks in an order to be shown in, the board before its parts', () => {
    const timeline = new Timeline()
    const level = (id: string, name: string, group: string) => timeline.level({ id, name, group, unit: 'pA' })
    level('state/x', 'x', 'something new')
    level('current/UARTE0', 'UARTE0', 'current of the chip')
    timeline.state(STATE)
    level(BOARD.id, BOARD.name, BOARD.group)
    const names = viewOf(timeline, 'x').tracks.map(({ info }) => info.name)
    expect(names).toEqual(['board', 'processor', 'UARTE0', 'x'])
    expect(BOARD_CURRENT).toBe(BOARD.id)
  })

  it('has any stretch of it', () => {
    for (const timeline of [full, folded])
      for (const [from, to] of [
        [START, START + 1],
        [START + 777, END - 333],
        [END - 50, END],
      ] as const) {
        touching(levels(timeline, from, to), from, to)
        touching(states(timeline, from, to), from, to)
      }
    const all = levels(full)
    const value = (cycle: number): number | undefined =>
      all.find(({ begin, end }) => begin <= cycle && cycle < end)?.average
    for (const { begin, end, average } of levels(full, START + 777, END - 333))
      expect([value(begin), value(end - 1)]).toEqual([average, average])
  })

  it('has the cycles of each state', () => {
    const { states: expected } = full.statistics('processor', START, END) as StateStatistics
    for (const timeline of [full, folded]) {
      const found = new Map<string, number>()
      for (const { begin, end, states: held } of states(timeline)) {
        expect(held.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(end - begin)
        for (const { state, cycles } of held) found.set(state, (found.get(state) ?? 0) + cycles)
      }
      expect(Object.fromEntries(found)).toEqual(
        Object.fromEntries(expected.map(({ state, cycles }) => [state, cycles])),
      )
    }
  })

  it('has every span, or how many there were, by begin', () => {
    const isSpan = (piece: { kind: string }): piece is SpanPiece => piece.kind === 'span'
    const every = spans(full).filter(isSpan)
    const open = every.filter(({ end }) => end === END).length
    const pieces = spans(folded)
    const kept = pieces.filter(isSpan)
    expect(kept.length).toBeGreaterThan(0)
    expect(every).toEqual(expect.arrayContaining(kept))
    const count = pieces.reduce((sum, piece) => sum + (piece.kind === 'folded' ? piece.count : 0), 0)
    expect(count + kept.length).toBe(every.length)
    expect(open).toBeLessThan(4)
    const begins = pieces.map(({ begin }) => begin)
    expect(begins).toEqual([...begins].sort((a, b) => a - b))
    expect(every.find(({ data }) => data !== undefined)?.data).toMatchObject({ bytes: '[1,2]' })
  })

  it('has statistics as a table, of the stretch that is known exactly', () => {
    const csv = whole(csvStatistics(statisticsOfAll(full, { volts: 3 })))
    const rows: Record<string, string>[] = parse(Buffer.from(csv), { columns: true })
    const cell = (title: string): number => Number(rows[0]?.[title])
    const { sum, average } = full.statistics('current/board', START, END) as { sum: bigint; average: number }
    expect(cell('charge (uC)')).toBe(Number(sum) / 64e12)
    expect(cell('energy (uJ)')).toBeCloseTo((3 * Number(sum)) / 64e12, 9)
    expect(cell('average')).toBeCloseTo(average / 1e6, 9)
    expect(cell('of (cycles)')).toBe(END - START)
    expect(new Set(rows.map((row) => `${row['kind']} ${row['unit']}`))).toEqual(
      new Set(['level uA', 'state ', 'spans cycles']),
    )
    const within = statisticsOfAll(folded, { from: START + 1, to: END })
    expect(within.map(({ to }) => to)).toEqual([END, END, END])
    for (const { from, statistics, info } of within) {
      expect(from).toBeGreaterThan(START)
      expect(statistics).toEqual(full.statistics(info.id, from, END))
    }
  })
})
