import { describe, expect, it } from 'vitest'
import type { PcmSource } from './pdm.ts'
import { createTestBench } from './testing.ts'

const PDM = 0x4001_d000
const STARTED = PDM + 0x100
const STOPPED = PDM + 0x104
const END = PDM + 0x108
const CLKCTRL = PDM + 0x504
const MODE = PDM + 0x508
const RATIO = PDM + 0x520
const PTR = PDM + 0x560
const RAM = 0x2000_0000

const bench = (source: Partial<PcmSource> = {}) => {
  const made = createTestBench()
  const clocks: (readonly [boolean, number])[] = []
  const microphone: PcmSource = {
    sampleAt: (cycle) => cycle / 4000,
    clock: (running, cycle) => void clocks.push([running, cycle]),
    ...source,
  }
  made.chip.microphones.connect(26, 25, 'left', microphone)
  const { write } = made
  write(PDM + 0x540, 26)
  write(PDM + 0x544, 25)
  write(MODE, 1)
  write(PDM + 0x500, 1)
  write(PTR, RAM)
  write(PTR + 4, 10)
  const samples = (n: number, offset = 0) => [...new Int16Array(made.ram.buffer, offset, n)]
  return { ...made, clocks, samples }
}

describe('PDM', () => {
  it.each([
    [0x0a00_0000, 1, 4000], // 1.280 MHz / 80 = 16 kHz
    [0x0840_0000, 0, 3968], // 1.032 MHz / 64 = 16.129 kHz
    [0x0800_0000, 0, 4096],
    [0x0a80_0000, 1, 3840],
  ])('with PDMCLKCTRL %i and RATIO %i takes a sample every %i cycles', (clock, ratio, cycles) => {
    const { write, runUntil } = bench()
    write(CLKCTRL, clock)
    write(RATIO, ratio)
    write(PDM, 1)
    expect(runUntil(END)).toBe(10 * cycles)
  })

  it('fills buffer after buffer without a gap, PTR taken over at STARTED', () => {
    const { write, read, runUntil, samples } = bench()
    write(CLKCTRL, 0x0a00_0000)
    write(RATIO, 1)
    write(PDM, 1)
    expect(read(STARTED)).toBe(1)
    write(STARTED, 0)
    write(PTR, RAM + 100)
    runUntil(END)
    expect(samples(10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(read(STARTED)).toBe(1)
    write(END, 0)
    expect(runUntil(END)).toBe(80_000)
    expect(samples(3, 100)).toEqual([11, 12, 13])
  })

  it('amplifies by half decibels and clips', () => {
    const { write, runUntil, samples } = bench({ sampleAt: () => 10_000 })
    write(PDM + 0x518, 0x28 + 12) // 6 dB
    write(PDM, 1)
    runUntil(END)
    expect(samples(1)[0]).toBe(Math.round(10_000 * 10 ** (6 / 20)))
    write(PDM + 0x518, 0x50)
    write(END, 0)
    runUntil(END)
    expect(samples(1)[0]).toBe(32767)
  })

  it('interleaves left and right in stereo; an unconnected side is silent', () => {
    const { write, runUntil, samples } = bench({ sampleAt: () => 5 })
    write(MODE, 0)
    write(PDM, 1)
    expect(runUntil(END)).toBe(5 * 3968)
    expect(samples(4)).toEqual([5, 0, 5, 0])
  })

  it('stops at the next sample and stops the clock of the microphone', () => {
    const { write, run, runUntil, clocks, samples } = bench()
    write(PDM, 1)
    run(3968 * 2 + 5)
    write(PDM + 4, 1)
    expect(runUntil(STOPPED)).toBe(3 * 3968)
    expect(clocks).toEqual([
      [true, 0],
      [false, 3 * 3968],
    ])
    expect(samples(4)).toEqual([1, 2, 3, 0])
  })

  it('says when there is no pin, no microphone, or no RAM', () => {
    const { chip, write, read } = bench()
    write(PDM + 0x544, 24)
    write(PDM, 1)
    write(PDM + 0x500, 0)
    write(PDM + 0x540, 0xffff_ffff)
    write(PDM + 0x500, 1)
    write(PTR, 0x3000_0000)
    write(STARTED, 0)
    write(PDM, 1)
    expect(read(STARTED)).toBe(0)
    expect([...chip.problems.keys()]).toEqual([
      'PDM: no microphone on the pins in PSEL: it hears nothing',
      'PDM: started without pins in PSEL.CLK and PSEL.DIN: it hears nothing',
      'PDM: EasyDMA outside data RAM: 20 bytes at 0x30000000',
    ])
  })
})
