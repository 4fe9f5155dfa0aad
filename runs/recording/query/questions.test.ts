import { expect, it } from 'vitest'
import { Timeline } from '../../../emulator/timeline/timeline.ts'
import type { RecordedRun } from '../recorded-run.ts'
import { interrupts, worstLatencies, type Asked } from './questions.ts'

const asked = (): Asked => {
  const timeline = new Timeline()
  const { spans } = timeline.spans({
    id: 'exceptions',
    name: 'exceptions',
    group: '',
    unit: 'cycles of latency',
  })
  const each = [
    ['TIMER1', 100, 200, 12],
    ['RTC1', 300, 900, 18],
    // Nested in the one before.
    ['TIMER1', 400, 450, 77],
    ['TIMER1', 1000, 1300, 6],
  ] as const
  const events = each.flatMap(([name, begin, end, value]) => [
    { at: begin, name, value },
    { at: end, name, value: undefined },
  ])
  const open: number[] = []
  for (const { at, name, value } of events.sort((a, b) => a.at - b.at)) {
    if (value === undefined) spans.end(open.pop()!, at)
    else open.push(spans.begin(name, at, { value }))
  }
  timeline.advance(2000)
  return { run: { timeline } as RecordedRun, stretch: { from: 0, to: 2000 }, detail: undefined, why: '' }
}

it('a handler is one line, whatever it interrupts', () => {
  const { rows } = interrupts(asked())
  expect(rows).toEqual([
    expect.objectContaining({ exception: 'TIMER1', times: 3, shortestCycles: 50, longestCycles: 300 }),
    expect.objectContaining({ exception: 'RTC1', times: 1, worstLatencyCycles: 18 }),
  ])
  expect(rows[0]).toMatchObject({ leastLatencyCycles: 6, meanLatencyCycles: 95 / 3, worstLatencyCycles: 77 })
})

it('of one the worst comes first, with its time', () => {
  expect(worstLatencies(asked(), 'TIMER1', 2).rows).toEqual([
    { beginCycle: 400, latencyCycles: 77, cycles: 50, latencyMicroseconds: 77 / 64 },
    { beginCycle: 100, latencyCycles: 12, cycles: 100, latencyMicroseconds: 12 / 64 },
  ])
  expect(() => worstLatencies(asked(), 'TIMER2', 2)).toThrow(
    'no exception "TIMER2" there. Did you mean TIMER1?',
  )
})
