import { describe, expect, it } from 'vitest'
import { pin, pinName } from './gpio.ts'
import { createTestBench } from './testing.ts'

const P0 = 0x5000_0000
const P1 = 0x5000_0300
const OUT = 0x504
const OUTSET = 0x508
const OUTCLR = 0x50c
const IN = 0x510
const DIR = 0x514
const DIRSET = 0x518
const DIRCLR = 0x51c
const LATCH = 0x520
const PIN_CNF = (n: number) => 0x700 + 4 * n
const GPIOTE = 0x4000_6000
const PORT_EVENT = GPIOTE + 0x17c

describe('GPIO', () => {
  it('names pins as Nordic does', () => {
    expect(pin('P1.09')).toBe(41)
    expect(pinName(41)).toBe('P1.09')
    for (const bad of ['P1.16', 'P2.00', 'P0.7', 'x']) expect(() => pin(bad)).toThrow(RangeError)
  })

  it('drives outputs through OUT, OUTSET, OUTCLR and DIR, and tells who watches', () => {
    const { chip, write, read } = createTestBench()
    const seen: boolean[] = []
    chip.gpio.watch(pin('P1.09'), (level) => seen.push(level))
    write(P1 + OUTSET, 1 << 9)
    expect(seen).toEqual([])
    write(P1 + DIRSET, 1 << 9)
    write(P1 + OUTCLR, 1 << 9)
    write(P1 + OUT, 0xffff_ffff)
    expect(seen).toEqual([true, false, true])
    expect(read(P1 + OUT)).toBe(0xffff)
    expect(read(P1 + DIR)).toBe(1 << 9)
    expect(read(P1 + PIN_CNF(9))).toBe(3)
    write(P1 + DIRCLR, 1 << 9)
    expect(seen).toEqual([true, false, true, false])
  })

  it('reads a pin only while its input buffer is connected', () => {
    const { chip, write, read } = createTestBench()
    chip.gpio.drive(31, true)
    expect(read(P0 + IN)).toBe(0)
    write(P0 + PIN_CNF(31), 0)
    expect(read(P0 + IN)).toBe(0x8000_0000)
  })

  it('pulls by PIN_CNF, and the board pulls stronger', () => {
    const { chip, write, read } = createTestBench()
    write(P0 + PIN_CNF(3), 3 << 2)
    expect(read(P0 + IN)).toBe(8)
    chip.gpio.pull(3, false)
    expect(read(P0 + IN)).toBe(0)
  })

  it('with an open drain does not drive a one', () => {
    const { chip, write } = createTestBench()
    chip.gpio.pull(4, true)
    write(P0 + PIN_CNF(4), 1 | (6 << 8))
    expect(chip.gpio.level(4)).toBe(false)
    write(P0 + OUTSET, 1 << 4)
    expect(chip.gpio.level(4)).toBe(true)
    chip.gpio.pull(4, false)
    expect(chip.gpio.level(4)).toBe(false)
  })

  it('latches what SENSE waits for and raises the PORT event once', () => {
    const { chip, write, read } = createTestBench()
    chip.gpio.drive(11, false)
    write(P0 + PIN_CNF(11), 2 << 16)
    expect(read(PORT_EVENT)).toBe(0)
    chip.gpio.drive(11, true)
    expect(read(P0 + LATCH)).toBe(1 << 11)
    expect(read(PORT_EVENT)).toBe(1)
    write(PORT_EVENT, 0)
    write(P0 + LATCH, 1 << 11)
    expect(read(P0 + LATCH)).toBe(1 << 11)
    expect(read(PORT_EVENT)).toBe(0)
    chip.gpio.drive(11, false)
    write(P0 + LATCH, 1 << 11)
    expect(read(P0 + LATCH)).toBe(0)
  })
})

describe('GPIOTE', () => {
  const config = (mode: number, number: number, polarity: number, init = 0) =>
    mode | (number << 8) | (polarity << 16) | (init << 20)

  it.each([
    [1, [1, 0]],
    [2, [0, 1]],
    [3, [1, 1]],
  ])('with polarity %i sees the edges it should', (polarity, edges) => {
    const { chip, write, read } = createTestBench()
    write(GPIOTE + 0x510, config(1, 41, polarity))
    for (const [i, level] of [true, false].entries()) {
      chip.gpio.drive(41, level)
      expect(read(GPIOTE + 0x100)).toBe(edges[i])
      write(GPIOTE + 0x100, 0)
    }
  })

  it('takes the pin over for tasks and gives it back', () => {
    const { chip, write } = createTestBench()
    write(GPIOTE + 0x514, config(3, 6, 3, 1))
    expect(chip.gpio.level(6)).toBe(true)
    write(GPIOTE + 0x004, 1)
    expect(chip.gpio.level(6)).toBe(false)
    write(GPIOTE + 0x034, 1)
    expect(chip.gpio.level(6)).toBe(true)
    write(GPIOTE + 0x064, 1)
    expect(chip.gpio.level(6)).toBe(false)
    write(GPIOTE + 0x034, 1)
    write(GPIOTE + 0x514, 0)
    expect(chip.gpio.level(6)).toBe(false)
  })
})

describe('PPI', () => {
  const PPI = 0x4001_f000
  const EGU0 = 0x4001_4000
  const TIMER0 = 0x4000_8000

  it('connects an event to a task and a fork, while the channel is enabled', () => {
    const { write, read } = createTestBench()
    write(PPI + 0x510, EGU0 + 0x100)
    write(PPI + 0x514, EGU0 + 0x004)
    write(PPI + 0x910, EGU0 + 0x008)
    write(EGU0, 1)
    expect(read(EGU0 + 0x104)).toBe(0)
    write(PPI + 0x504, 1)
    write(EGU0, 1)
    expect([read(EGU0 + 0x104), read(EGU0 + 0x108)]).toEqual([1, 1])
  })

  it('switches groups of channels by task', () => {
    const { write, read } = createTestBench()
    write(PPI + 0x808, 0b101)
    write(PPI + 0x010, 1)
    expect(read(PPI + 0x500)).toBe(0b101)
    write(PPI + 0x014, 1)
    expect(read(PPI + 0x500)).toBe(0)
  })

  it('captures a late event at the cycle at which it was due', () => {
    const { write, read, scheduler } = createTestBench()
    write(PPI + 0x510, TIMER0 + 0x140)
    write(PPI + 0x514, 0x4000_9040)
    write(PPI + 0x504, 1)
    for (const base of [TIMER0, 0x4000_9000]) {
      write(base + 0x508, 3)
      write(base + 0x510, 0)
    }
    write(TIMER0 + 0x540, 100)
    write(TIMER0, 1)
    write(0x4000_9000, 1)
    scheduler.now = 4 * 100 + 37
    scheduler.runDue()
    expect(read(0x4000_9540)).toBe(100)
  })

  it('has RTC0 COMPARE[0] start TIMER0 on channel 31', () => {
    const { write, read, run } = createTestBench()
    write(PPI + 0x504, 0x8000_0000)
    write(0x4000_0008, 1)
    run(600 * 64)
    write(0x4000_b540, 10)
    write(0x4000_b344, 1 << 16)
    write(0x4000_b000, 1)
    run(600 * 64 + Math.ceil((10 * 15625) / 8) + 64 * 5)
    write(TIMER0 + 0x044, 1)
    expect(read(TIMER0 + 0x544)).toBe(5)
  })

  it('breaks off a loop and reports it', () => {
    const { chip, write } = createTestBench()
    write(PPI + 0x510, EGU0 + 0x100)
    write(PPI + 0x514, EGU0)
    write(PPI + 0x504, 1)
    write(EGU0, 1)
    expect([...chip.problems.keys()]).toEqual(['PPI: events and tasks form a loop with no end; broken off'])
  })
})
