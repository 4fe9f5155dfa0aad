import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'
import type { TestBench } from './testing.ts'

const RTC0 = 0x4000_b000
const RTC1 = 0x4001_1000
const START = 0x000
const STOP = 0x004
const CLEAR = 0x008
const TRIGOVRFLW = 0x00c
const TICK = 0x100
const OVRFLW = 0x104
const COMPARE = (n: number) => 0x140 + 4 * n
const EVTENSET = 0x344
const COUNTER = 0x504
const PRESCALER = 0x508
const CC = (n: number) => 0x540 + 4 * n

/** LFRC start-up, the anchor of the 32 768 Hz grid in these tests. */
const ANCHOR = 600 * 64
/** First cycle of LFCLK tick n: 15625 / 8 cycles each. */
const tick = (n: number): number => ANCHOR + Math.ceil((n * 15625) / 8)

const benchWithClock = (): TestBench => {
  const bench = createTestBench()
  bench.write(0x4000_0008, 1)
  bench.run(ANCHOR)
  return bench
}

describe('RTC', () => {
  it('does not count without LFCLK', () => {
    const { write, read, run } = createTestBench()
    write(RTC1 + START, 1)
    run(64_000_000)
    expect(read(RTC1 + COUNTER)).toBe(0)
  })

  it('increments first 15 to 46 us after START (PS 6.22.8)', () => {
    for (const offset of [0, 1, 500, 975, 976, 1500, 1952]) {
      const { write, read, run } = benchWithClock()
      const started = tick(10) + offset
      run(started)
      write(RTC1 + START, 1)
      const first = offset <= 975 ? tick(11) : tick(12)
      run(first - 1)
      expect(read(RTC1 + COUNTER)).toBe(0)
      run(first)
      expect(read(RTC1 + COUNTER)).toBe(1)
      const delay = (first - started) / 64
      expect(delay).toBeGreaterThan(15)
      expect(delay).toBeLessThan(46)
    }
  })

  it('compares on the exact tick', () => {
    const { write, read, run } = benchWithClock()
    write(RTC1 + CC(0), 1000)
    write(RTC1 + EVTENSET, 1 << 16)
    write(RTC1 + START, 1)
    run(tick(1000) - 1)
    expect(read(RTC1 + COUNTER)).toBe(999)
    expect(read(RTC1 + COMPARE(0))).toBe(0)
    run(tick(1000))
    expect(read(RTC1 + COUNTER)).toBe(1000)
    expect(read(RTC1 + COMPARE(0))).toBe(1)
  })

  it('counts 32 768 ticks in a second, without drift', () => {
    const { write, read, run } = benchWithClock()
    write(RTC1 + START, 1)
    run(ANCHOR + 100 * 64_000_000)
    expect(read(RTC1 + COUNTER)).toBe(100 * 32768)
    run(ANCHOR + 100 * 64_000_000 + 1953)
    expect(read(RTC1 + COUNTER)).toBe(100 * 32768)
    run(ANCHOR + 100 * 64_000_000 + 1954)
    expect(read(RTC1 + COUNTER)).toBe(100 * 32768 + 1)
  })

  it('divides by PRESCALER + 1 and refuses a new one while running', () => {
    const { write, read, run } = benchWithClock()
    write(RTC1 + PRESCALER, 327)
    write(RTC1 + START, 1)
    run(tick(10))
    write(RTC1 + PRESCALER, 0)
    expect(read(RTC1 + PRESCALER)).toBe(327)
    run(tick(328 * 100) - 1)
    expect(read(RTC1 + COUNTER)).toBe(99)
    run(tick(328 * 100))
    expect(read(RTC1 + COUNTER)).toBe(100)
  })

  it('makes no event that is enabled nowhere, and routes to the interrupt with INTEN alone', () => {
    const { write, read, run, lines } = benchWithClock()
    write(RTC1 + CC(0), 5)
    write(RTC1 + CC(1), 6)
    write(RTC1 + 0x304, 1 << 17)
    write(RTC1 + START, 1)
    run(tick(20))
    expect(read(RTC1 + COMPARE(0))).toBe(0)
    expect(read(RTC1 + COMPARE(1))).toBe(1)
    expect(lines.has(17)).toBe(true)
  })

  it('ticks when asked', () => {
    const { write, read, run } = benchWithClock()
    write(RTC1 + EVTENSET, 1)
    write(RTC1 + START, 1)
    for (const n of [1, 2, 3]) {
      run(tick(n) - 1)
      expect(read(RTC1 + TICK)).toBe(0)
      run(tick(n))
      expect(read(RTC1 + TICK)).toBe(1)
      write(RTC1 + TICK, 0)
    }
  })

  it('overflows sixteen ticks after TRIGOVRFLW has set 0xFFFFF0', () => {
    const { write, read, run } = benchWithClock()
    write(RTC1 + EVTENSET, 2)
    write(RTC1 + START, 1)
    run(tick(4))
    write(RTC1 + TRIGOVRFLW, 1)
    run(tick(5))
    expect(read(RTC1 + COUNTER)).toBe(0xff_fff0)
    run(tick(21) - 1)
    expect(read(RTC1 + OVRFLW)).toBe(0)
    run(tick(21))
    expect(read(RTC1 + OVRFLW)).toBe(1)
    expect(read(RTC1 + COUNTER)).toBe(0)
  })

  it('matches COUNTER + 2 always, COUNTER + 1 only when written early in the tick, COUNTER a turn later', () => {
    const cases = [
      { ahead: 2, offset: 1900, matches: true },
      { ahead: 1, offset: 100, matches: true },
      { ahead: 1, offset: 1900, matches: false },
      { ahead: 0, offset: 100, matches: false },
    ]
    for (const { ahead, offset, matches } of cases) {
      const { write, read, run } = benchWithClock()
      write(RTC1 + EVTENSET, 1 << 16)
      write(RTC1 + START, 1)
      run(tick(100) + offset)
      write(RTC1 + CC(0), 100 + ahead)
      run(tick(200))
      expect(read(RTC1 + COMPARE(0))).toBe(Number(matches))
    }
  })

  it('does not compare when CLEAR makes COUNTER equal CC = 0', () => {
    const { write, read, run } = benchWithClock()
    write(RTC1 + EVTENSET, 1 << 16)
    write(RTC1 + START, 1)
    run(tick(100))
    write(RTC1 + CLEAR, 1)
    run(tick(101))
    expect(read(RTC1 + COUNTER)).toBe(0)
    run(tick(102))
    expect(read(RTC1 + COUNTER)).toBe(1)
    expect(read(RTC1 + COMPARE(0))).toBe(0)
  })

  it('keeps the count after STOP and goes on from it', () => {
    const { write, read, run } = benchWithClock()
    write(RTC1 + START, 1)
    run(tick(10))
    write(RTC1 + STOP, 1)
    run(tick(100))
    expect(read(RTC1 + COUNTER)).toBe(11)
    write(RTC1 + START, 1)
    run(tick(101))
    expect(read(RTC1 + COUNTER)).toBe(12)
  })

  it('has three compare channels on RTC0', () => {
    const { chip, write, read } = createTestBench()
    write(RTC0 + CC(2), 7)
    expect(read(RTC0 + CC(2))).toBe(7)
    expect(chip.unmodelled.size).toBe(0)
    read(RTC0 + CC(3))
    expect([...chip.unmodelled.keys()]).toEqual(['RTC0+0x54c'])
  })
})
