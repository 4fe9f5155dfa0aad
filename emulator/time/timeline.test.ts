import { describe, expect, it } from 'vitest'
import { LOW_FREQUENCY_CLOCK, RatioClock } from './ratio-clock.ts'
import { Scheduler } from './scheduler.ts'
import { Timeline } from './timeline.ts'

describe('Timeline', () => {
  it('shows a late callback its due cycle, and everyone else the present', () => {
    const scheduler = new Scheduler()
    const time = new Timeline(scheduler)
    const seen: number[] = []
    time.at(100, 'a', () => {
      seen.push(time.now)
      time.after(5, 'b', () => seen.push(time.now))
    })
    scheduler.now = 130
    scheduler.runDue()
    expect(seen).toEqual([100, 105])
    expect(time.now).toBe(130)
  })

  it('comes back to the present after a callback that throws', () => {
    const scheduler = new Scheduler()
    const time = new Timeline(scheduler)
    time.at(10, 'bad', () => {
      throw new Error('bad')
    })
    scheduler.now = 20
    expect(() => scheduler.runDue()).toThrow('bad')
    expect(time.now).toBe(20)
  })
})

describe('RatioClock', () => {
  it('ticks 32 768 times in exactly 64 000 000 cycles', () => {
    expect(LOW_FREQUENCY_CLOCK.cycleOf(32768)).toBe(64_000_000)
    expect(LOW_FREQUENCY_CLOCK.ticksAt(64_000_000)).toBe(32768)
    expect(LOW_FREQUENCY_CLOCK.ticksAt(63_999_999)).toBe(32767)
  })

  it('puts tick n on the first cycle that has n ticks behind it, without drift over years', () => {
    const clocks = [LOW_FREQUENCY_CLOCK, new RatioClock(64_000_000 * 10, 149), new RatioClock(4, 1)]
    for (const clock of clocks) {
      for (const tick of [1, 2, 3, 7, 8, 1000, 123_456_789, 10_000_000_000 / clock.numerator]) {
        const n = Math.ceil(tick)
        const cycle = clock.cycleOf(n)
        expect(clock.ticksAt(cycle)).toBe(n)
        expect(clock.ticksAt(cycle - 1)).toBe(n - 1)
      }
    }
  })
})
