import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const PAGE = 0x4001_3000
const READY = PAGE + 0x100
const DOWN = PAGE + 0x104
const UP = PAGE + 0x108
const CROSS = PAGE + 0x10c
const US = 64

const bench = (enable: number) => {
  const made = createTestBench({ supplyVolts: 3.2 })
  const { write, read } = made
  write(PAGE + 0x500, enable)
  write(PAGE + 0x504, 1)
  const events = () => {
    const values = [READY, DOWN, UP, CROSS].map((address) => read(address))
    for (const address of [READY, DOWN, UP, CROSS]) write(address, 0)
    return values
  }
  return { ...made, events }
}

describe('LPCOMP', () => {
  it('is ready after 140 us and compares with eighths and sixteenths of VDD', () => {
    const { chip, write, run, events, runUntil } = bench(1)
    chip.analog.set(1, 1.5)
    write(PAGE + 0x508, 3) // 4/8: 1.6 V
    write(PAGE, 1)
    expect(runUntil(READY)).toBe(140 * US)
    expect(events()).toEqual([1, 0, 0, 0])
    chip.analog.set(1, 1.65)
    expect(events()).toEqual([0, 0, 1, 1])
    chip.analog.set(1, 1.7)
    expect(events()).toEqual([0, 0, 0, 0])
    chip.analog.set(1, 1.5)
    expect(events()).toEqual([0, 1, 0, 1])
    write(PAGE + 0x508, 11) // 7/16: 1.4 V
    expect(events()).toEqual([0, 0, 1, 1])
    write(PAGE + 0x004, 1)
    chip.analog.set(1, 0)
    run(100_000)
    expect(events()).toEqual([0, 0, 0, 0])
  })

  it('has 50 mV of hysteresis when told to, and samples its result', () => {
    const { chip, write, read, runUntil, events } = bench(1)
    chip.analog.set(1, 1)
    write(PAGE + 0x508, 3)
    write(PAGE + 0x538, 1)
    write(PAGE + 0x200, 1)
    write(PAGE, 1)
    runUntil(READY)
    events()
    chip.analog.set(1, 1.62)
    expect(events()).toEqual([0, 0, 0, 0])
    chip.analog.set(1, 1.63)
    chip.analog.set(1, 1.58)
    expect(events()).toEqual([0, 0, 1, 1])
    write(PAGE + 0x008, 1)
    expect(read(PAGE + 0x400)).toBe(1)
  })

  it('interrupts, and takes the external reference', () => {
    const { chip, write, lines, runUntil } = bench(1)
    write(PAGE + 0x508, 7)
    write(PAGE + 0x50c, 0)
    chip.analog.set(0, 0.5)
    write(PAGE + 0x304, 1 << 2)
    write(PAGE, 1)
    runUntil(READY)
    chip.analog.set(1, 0.6)
    expect(lines.has(19)).toBe(true)
  })
})

describe('COMP', () => {
  it('has two thresholds in sixty-fourths of its reference', () => {
    const { chip, write, runUntil, events } = bench(2)
    write(PAGE + 0x508, 0) // 1.2 V
    write(PAGE + 0x530, (31 << 8) | 15) // up above 0.6 V, down below 0.3 V
    write(PAGE, 1)
    runUntil(READY)
    events()
    chip.analog.set(1, 0.59)
    expect(events()).toEqual([0, 0, 0, 0])
    chip.analog.set(1, 0.61)
    expect(events()).toEqual([0, 0, 1, 1])
    chip.analog.set(1, 0.31)
    expect(events()).toEqual([0, 0, 0, 0])
    chip.analog.set(1, 0.29)
    expect(events()).toEqual([0, 1, 0, 1])
  })
})
