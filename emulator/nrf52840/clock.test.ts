import { describe, expect, it } from 'vitest'
import type { ResetReason } from './power.ts'
import { createTestBench } from './testing.ts'

const CLOCK = 0x4000_0000
const HFCLKSTARTED = CLOCK + 0x100
const LFCLKSTARTED = CLOCK + 0x104
const HFCLKSTAT = CLOCK + 0x40c
const LFCLKSTAT = CLOCK + 0x418
const RESETREAS = CLOCK + 0x400
const GPREGRET = CLOCK + 0x51c

describe('CLOCK', () => {
  it('starts HFXO after power-up and debounce of 16 times 16 us, and interrupts', () => {
    const { write, read, runUntil, lines } = createTestBench()
    write(CLOCK + 0x304, 1)
    write(CLOCK, 1)
    expect(read(CLOCK + 0x408)).toBe(1)
    expect(read(HFCLKSTAT) & 1).toBe(0)
    expect(runUntil(HFCLKSTARTED)).toBe((60 + 256) * 64)
    expect(read(HFCLKSTAT)).toBe(0x1_0001)
    expect(lines.has(0)).toBe(true)
    write(CLOCK + 0x004, 1)
    expect(read(HFCLKSTAT) & 1).toBe(0)
  })

  it('starts LFRC in 600 us', () => {
    const { write, read, runUntil } = createTestBench()
    write(CLOCK + 0x008, 1)
    expect(read(LFCLKSTAT)).toBe(0)
    expect(runUntil(LFCLKSTARTED)).toBe(600 * 64)
    expect(read(LFCLKSTAT)).toBe(0x1_0000)
  })

  it('starts LFXO in a quarter of a second, ticking from LFRC meanwhile', () => {
    const { write, read, run, runUntil } = createTestBench()
    write(CLOCK + 0x518, 1)
    write(CLOCK + 0x008, 1)
    expect(read(CLOCK + 0x41c)).toBe(1)
    run(1000 * 64)
    expect(read(LFCLKSTAT)).toBe(0x1_0000)
    expect(runUntil(LFCLKSTARTED)).toBe(16_000_000)
    expect(read(LFCLKSTAT)).toBe(0x1_0001)
  })

  it('goes from LFRC to LFXO without a stop, as Zephyr starts it: ticks run on, LFCLKSTARTED comes again', () => {
    const { write, read, run, runUntil, scheduler } = createTestBench()
    const RTC1 = 0x4001_1000
    write(RTC1, 1)
    write(CLOCK + 0x008, 1)
    runUntil(LFCLKSTARTED)
    write(LFCLKSTARTED, 0)
    write(CLOCK + 0x518, 1)
    write(CLOCK + 0x008, 1)
    const began = scheduler.now
    expect([read(LFCLKSTAT), read(CLOCK + 0x41c)]).toEqual([0x1_0000, 1])
    run(began + 100 * 1954)
    const ticks = read(RTC1 + 0x504)
    expect(ticks).toBeGreaterThan(95)
    expect(runUntil(LFCLKSTARTED)).toBe(began + 16_000_000)
    expect(read(LFCLKSTAT)).toBe(0x1_0001)
    expect(read(RTC1 + 0x504)).toBeGreaterThan(8190)
    write(LFCLKSTARTED, 0)
    write(CLOCK + 0x008, 1)
    run(scheduler.now + 1)
    expect([read(LFCLKSTARTED), read(LFCLKSTAT)]).toEqual([1, 0x1_0001])
  })

  it('does not start what was stopped before it was ready', () => {
    const { write, read, run } = createTestBench()
    write(CLOCK, 1)
    write(CLOCK + 0x008, 1)
    run(100)
    write(CLOCK + 0x004, 1)
    write(CLOCK + 0x00c, 1)
    run(64_000_000)
    expect(read(HFCLKSTARTED)).toBe(0)
    expect(read(LFCLKSTARTED)).toBe(0)
  })
})

describe('POWER', () => {
  it('clears reset reasons by writing ones, and keeps GPREGRET over a soft reset', () => {
    const { chip, write, read } = createTestBench()
    write(GPREGRET, 0x1b1)
    chip.reset('software')
    chip.reset('pin')
    expect(read(RESETREAS)).toBe(5)
    expect(read(GPREGRET)).toBe(0xb1)
    write(RESETREAS, 1)
    expect(read(RESETREAS)).toBe(4)
    chip.reset('powerOn')
    expect(read(RESETREAS)).toBe(0)
    expect(read(GPREGRET)).toBe(0)
  })

  it('says when SYSTEMOFF is asked for', () => {
    let off = 0
    const { write } = createTestBench({ onSystemOff: () => (off += 1) })
    write(CLOCK + 0x500, 0)
    write(CLOCK + 0x500, 1)
    expect(off).toBe(1)
  })

  it('sets and clears RAM sections', () => {
    const { write, read } = createTestBench()
    write(CLOCK + 0x908, 0x3)
    write(CLOCK + 0x904, 0x1_0000)
    expect(read(CLOCK + 0x900)).toBe(0x1_fffc)
  })

  it('sees VBUS only on a board that has it', () => {
    expect(createTestBench().read(CLOCK + 0x438)).toBe(0)
    const { read, run } = createTestBench({ vbus: true })
    run(1)
    expect(read(CLOCK + 0x438)).toBe(3)
    expect(read(CLOCK + 0x11c)).toBe(1)
  })
})

describe('WDT', () => {
  const WDT = 0x4001_0000

  it('asks for a reset two ticks after TIMEOUT unless every channel was reloaded', () => {
    const reasons: ResetReason[] = []
    const { write, read, run, scheduler } = createTestBench({
      onResetRequest: (reason) => reasons.push(reason),
    })
    write(WDT + 0x504, 32767)
    write(WDT + 0x508, 3)
    write(WDT, 1)
    write(WDT + 0x504, 1)
    expect(read(WDT + 0x504)).toBe(32767)
    run(32_000_000)
    write(WDT + 0x600, 0x6e52_4635)
    expect(read(WDT + 0x404)).toBe(2)
    write(WDT + 0x604, 0x6e52_4635)
    run(32_000_000 + 64_000_000 - 1)
    expect(read(WDT + 0x100)).toBe(0)
    run(32_000_000 + 64_000_000)
    expect(read(WDT + 0x100)).toBe(1)
    expect(reasons).toEqual([])
    run(scheduler.nextDue)
    expect(scheduler.now).toBe(96_000_000 + 3907)
    expect(reasons).toEqual(['watchdog'])
  })
})
