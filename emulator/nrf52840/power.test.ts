import { describe, expect, it } from 'vitest'
import { ChargeLedger } from '../power/ledger.ts'
import { summarize } from '../power/summary.ts'
import type { ResetReason } from './power.ts'
import { createTestBench } from './testing.ts'

const POWER = 0x4000_0000
const POFWARN = POWER + 0x108
const RESETREAS = POWER + 0x400
const SYSTEMOFF = POWER + 0x500
const POFCON = POWER + 0x510
const GPREGRET = POWER + 0x51c
const RAM8_POWERCLR = POWER + 0x900 + 8 * 16 + 8
const RAM0_POWERSET = POWER + 0x904
const P0 = 0x5000_0000
const LPCOMP = 0x4001_3000
const SECOND = 64_000_000

/** A machine that comes back from each reset the chip asks for. */
const bench = () => {
  const ledger = new ChargeLedger()
  const asked: ResetReason[] = []
  let off = 0
  const made = createTestBench({
    power: ledger,
    onSystemOff: () => (off += 1),
    onResetRequest: (reason) => {
      asked.push(reason)
      made.chip.reset(reason)
    },
  })
  const current = () => summarize(ledger, made.scheduler.now).changes.at(-1)?.microamps
  return { ...made, ledger, asked, timesOff: () => off, current }
}

describe('System OFF', () => {
  it('halts everything, and GPIO SENSE brings the chip back through a reset', () => {
    const { chip, write, read, run, asked, timesOff, ledger } = bench()
    write(P0 + 0x700 + 4 * 11, (3 << 2) | (3 << 16)) // pull-up, sense low
    write(0x4000_8000, 1)
    write(GPREGRET, 0x5a)
    run(1000)
    write(SYSTEMOFF, 1)
    expect(chip.isOff).toBe(true)
    expect(timesOff()).toBe(1)
    run(SECOND)
    const timer = ledger.parts.get('TIMER0')
    expect(timer?.state).toBeUndefined()
    expect(asked).toEqual([])
    chip.gpio.drive(11, false)
    expect(asked).toEqual(['systemOff'])
    expect(chip.isOff).toBe(false)
    expect(read(RESETREAS)).toBe(1 << 16)
    expect(read(GPREGRET)).toBe(0x5a)
    expect(read(P0 + 0x520)).toBe(1 << 11) // LATCH tells the pin
    expect(read(P0 + 0x700 + 4 * 11)).toBe(2)
  })

  it('wakes at once when DETECT is up already', () => {
    const { chip, write, asked } = bench()
    chip.gpio.drive(4, true)
    write(P0 + 0x700 + 4 * 4, 2 << 16)
    write(SYSTEMOFF, 1)
    expect(asked).toEqual(['systemOff'])
  })

  it('wakes through LPCOMP', () => {
    const { chip, write, read, run, asked } = bench()
    write(LPCOMP + 0x500, 1)
    write(LPCOMP + 0x520, 1)
    write(LPCOMP, 1)
    run(20_000)
    write(SYSTEMOFF, 1)
    chip.analog.set(0, 2.9)
    expect(asked).toEqual(['lpcomp'])
    expect(read(RESETREAS)).toBe(1 << 17)
  })

  it('draws 0.40 uA, 1.86 uA with all RAM kept, and loses RAM that is not kept', () => {
    const { write, run, current, ram } = bench()
    ram.fill(7)
    write(RAM0_POWERSET, 0b11 << 16) // both sections of RAM0: 8 kB of 256
    run(10)
    write(SYSTEMOFF, 1)
    expect(current()).toBeCloseTo(0.4 + (1.46 * 8) / 256, 4)
    expect([ram[0], ram[8191], ram[8192], ram[262_143]]).toEqual([7, 7, 0xff, 0xff])
    const whole = bench()
    for (let i = 0; i < 9; i++) whole.write(RAM0_POWERSET + 16 * i, 0xffff_0000)
    whole.write(SYSTEMOFF, 1)
    expect(whole.current()).toBeCloseTo(1.86, 4)
  })
})

describe('POWER', () => {
  it('reports 2.35 uA of sleep, 0.18 less for each 32 kB switched off', () => {
    const { write, current, ram } = bench()
    expect(current()).toBeCloseTo(2.35, 4)
    ram.fill(1)
    write(RAM8_POWERCLR, 0b10_0000)
    expect(current()).toBeCloseTo(2.35 - (1.46 * 32) / 256, 4)
    expect([ram[0x1_0000 + 5 * 0x8000 - 1], ram[0x1_0000 + 5 * 0x8000]]).toEqual([1, 0xff])
  })

  it('warns when VDD falls below POFCON, once', () => {
    const { chip, write, read } = bench()
    write(POFCON, (11 << 1) | 1) // 2.4 V
    chip.clock.supply(2.5)
    expect(read(POFWARN)).toBe(0)
    chip.clock.supply(2.3)
    expect(read(POFWARN)).toBe(1)
    write(POFWARN, 0)
    chip.clock.supply(2.2)
    expect(read(POFWARN)).toBe(0)
    chip.clock.supply(3)
    chip.clock.supply(2)
    expect(read(POFWARN)).toBe(1)
  })

  it('fires SLEEPENTER and SLEEPEXIT when the processor says so', () => {
    const { chip, read } = bench()
    chip.clock.sleepEnter()
    expect([read(POWER + 0x114), read(POWER + 0x118)]).toEqual([1, 0])
    chip.clock.sleepExit()
    expect(read(POWER + 0x118)).toBe(1)
  })

  it('lets the ledger see a receiver left on, HFXO left running and constant latency', () => {
    const { write, current, run } = bench()
    write(POWER + 0x578, 1)
    write(0x4000_2500, 4) // legacy UART
    write(0x4000_2000, 1) // STARTRX
    expect(current()).toBeCloseTo(418 + 55, 3)
    write(0x4000_2500, 0)
    write(POWER, 1)
    run(100_000)
    expect(current()).toBeCloseTo(2.35 + 228, 3)
    write(POWER + 4, 1)
    write(POWER + 0x078, 1)
    expect(current()).toBeCloseTo(590, 3)
    write(POWER + 0x07c, 1)
    expect(current()).toBeCloseTo(2.35, 3)
  })
})

describe('flash busy', () => {
  it('asks for a stall of 41 us for a word and 85 ms for a page', () => {
    const stalls: number[] = []
    const { chip, write } = createTestBench({ onFlashBusy: (until) => void stalls.push(until) })
    write(0x4001_e504, 1)
    chip.bus.write(0x8_0000, 4, 0)
    write(0x4001_e504, 2)
    write(0x4001_e508, 0x8_0000)
    expect(stalls).toEqual([41 * 64, (41 + 85_000) * 64])
  })
})
