import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const TIMER0 = 0x4000_8000
const TIMER3 = 0x4001_a000
const START = 0x000
const STOP = 0x004
const COUNT = 0x008
const CLEAR = 0x00c
const CAPTURE = (n: number) => 0x040 + 4 * n
const COMPARE = (n: number) => 0x140 + 4 * n
const SHORTS = 0x200
const MODE = 0x504
const BITMODE = 0x508
const PRESCALER = 0x510
const CC = (n: number) => 0x540 + 4 * n

describe('TIMER', () => {
  it.each([
    [0, 4],
    [4, 64],
    [9, 2048],
  ])('with prescaler %i compares after exactly CC ticks of %i cycles', (prescaler, tick) => {
    const { write, read, run } = createTestBench()
    write(TIMER0 + BITMODE, 3)
    write(TIMER0 + PRESCALER, prescaler)
    write(TIMER0 + CC(0), 1000)
    run(10)
    write(TIMER0 + START, 1)
    run(10 + 1000 * tick - 1)
    expect(read(TIMER0 + COMPARE(0))).toBe(0)
    run(10 + 1000 * tick)
    expect(read(TIMER0 + COMPARE(0))).toBe(1)
  })

  it('captures the count, computed and not ticked', () => {
    const { write, read, run, scheduler } = createTestBench()
    write(TIMER0 + BITMODE, 3)
    write(TIMER0 + START, 1)
    run(64 * 1234 + 63)
    write(TIMER0 + CAPTURE(2), 1)
    expect(read(TIMER0 + CC(2))).toBe(1234)
    expect(scheduler.nextDue).toBeGreaterThan(64 * 1000)
  })

  it.each([
    [1, 8],
    [0, 16],
    [2, 24],
  ])('with BITMODE %i wraps at %i bits', (mode, bits) => {
    const { write, read, run } = createTestBench()
    write(TIMER0 + BITMODE, mode)
    write(TIMER0 + PRESCALER, 0)
    write(TIMER0 + START, 1)
    run(4 * (2 ** bits + 5))
    write(TIMER0 + CAPTURE(0), 1)
    expect(read(TIMER0 + CC(0))).toBe(5)
  })

  it('with COMPARE0_CLEAR has a period of CC ticks', () => {
    const { write, read, run } = createTestBench()
    write(TIMER0 + CC(0), 100)
    write(TIMER0 + SHORTS, 1)
    write(TIMER0 + START, 1)
    for (let period = 1; period <= 5; period++) {
      run(6400 * period - 1)
      expect(read(TIMER0 + COMPARE(0))).toBe(0)
      run(6400 * period)
      expect(read(TIMER0 + COMPARE(0))).toBe(1)
      write(TIMER0 + COMPARE(0), 0)
    }
  })

  it('keeps the grid when the callback runs late', () => {
    const { write, read, scheduler } = createTestBench()
    write(TIMER0 + CC(0), 100)
    write(TIMER0 + SHORTS, 1)
    write(TIMER0 + START, 1)
    scheduler.now = 6400 + 50
    scheduler.runDue()
    expect(scheduler.nextDue).toBe(12800)
    write(TIMER0 + CAPTURE(1), 1)
    expect(read(TIMER0 + CC(1))).toBe(0)
  })

  it('with COMPARE1_STOP stops there, and keeps the count', () => {
    const { write, read, run } = createTestBench()
    write(TIMER0 + CC(1), 7)
    write(TIMER0 + SHORTS, 1 << 9)
    write(TIMER0 + START, 1)
    run(64 * 1000)
    write(TIMER0 + CAPTURE(0), 1)
    expect(read(TIMER0 + CC(0))).toBe(7)
    write(TIMER0 + START, 1)
    run(64 * 1000 + 64 * 3)
    write(TIMER0 + CAPTURE(0), 1)
    expect(read(TIMER0 + CC(0))).toBe(10)
  })

  it('interrupts on the compare event that is enabled', () => {
    const { write, run, lines } = createTestBench()
    write(TIMER0 + CC(0), 5)
    write(TIMER0 + CC(1), 9)
    write(TIMER0 + 0x304, 1 << 17)
    write(TIMER0 + START, 1)
    run(64 * 8)
    expect(lines.has(8)).toBe(false)
    run(64 * 9)
    expect(lines.has(8)).toBe(true)
  })

  it('counts tasks in counter mode', () => {
    const { write, read, run } = createTestBench()
    write(TIMER0 + MODE, 2)
    write(TIMER0 + CC(0), 3)
    write(TIMER0 + COUNT, 1)
    write(TIMER0 + START, 1)
    run(1_000_000)
    for (let i = 0; i < 3; i++) {
      expect(read(TIMER0 + COMPARE(0))).toBe(0)
      write(TIMER0 + COUNT, 1)
    }
    expect(read(TIMER0 + COMPARE(0))).toBe(1)
    write(TIMER0 + CLEAR, 1)
    write(TIMER0 + CAPTURE(1), 1)
    expect(read(TIMER0 + CC(1))).toBe(0)
  })

  it('stands still after STOP', () => {
    const { write, read, run } = createTestBench()
    write(TIMER0 + START, 1)
    run(640)
    write(TIMER0 + STOP, 1)
    run(64_000)
    write(TIMER0 + CAPTURE(0), 1)
    expect(read(TIMER0 + CC(0))).toBe(10)
  })

  it('has six channels on TIMER3 and four on TIMER0', () => {
    const { chip, write, read } = createTestBench()
    write(TIMER3 + CC(5), 9)
    expect(read(TIMER3 + CC(5))).toBe(9)
    expect(chip.unmodelled.size).toBe(0)
    read(TIMER0 + CC(5))
    expect([...chip.unmodelled.keys()]).toEqual(['TIMER0+0x554'])
  })
})
