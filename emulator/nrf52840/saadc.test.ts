import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const SAADC = 0x4000_7000
const START = SAADC
const SAMPLE = SAADC + 0x004
const STOP = SAADC + 0x008
const STARTED = SAADC + 0x100
const END = SAADC + 0x104
const RESULTDONE = SAADC + 0x10c
const STOPPED = SAADC + 0x114
const LIMITH = SAADC + 0x118
const RESOLUTION = SAADC + 0x5f0
const OVERSAMPLE = SAADC + 0x5f4
const SAMPLERATE = SAADC + 0x5f8
const PTR = SAADC + 0x62c
const RAM = 0x2000_0000
const channel = (n: number, register: number) => SAADC + 0x510 + 16 * n + register
const US = 64

const bench = (length = 4) => {
  const made = createTestBench({ supplyVolts: 3 })
  const { write } = made
  write(SAADC + 0x500, 1)
  write(RESOLUTION, 2)
  write(PTR, RAM)
  write(PTR + 4, length)
  const result = (n: number) => new DataView(made.ram.buffer).getInt16(2 * n, true)
  return { ...made, result }
}

describe('SAADC', () => {
  it('measures 0.9 V at gain 1/6 against 0.6 V as 1024 of 12 bits, after tACQ + tCONV', () => {
    const { chip, write, read, runUntil, result } = bench(1)
    chip.analog.set(2, 0.9)
    write(channel(0, 0), 3)
    write(channel(0, 8), 0x2_0000) // 10 us, gain 1/6, internal reference
    write(START, 1)
    expect(read(STARTED)).toBe(1)
    write(SAMPLE, 1)
    expect(read(SAADC + 0x400)).toBe(1)
    expect(runUntil(END)).toBe((10 + 2) * US)
    expect(result(0)).toBe((0.9 / 6 / 0.6) * 4096)
    expect(read(PTR + 8)).toBe(1)
  })

  it.each([
    [0, 3],
    [1, 5],
    [3, 15],
    [5, 40],
  ])('TACQ %i is %i us', (code, us) => {
    const { write, runUntil } = bench(1)
    write(channel(0, 0), 1)
    write(channel(0, 8), code << 16)
    write(START, 1)
    write(SAMPLE, 1)
    expect(runUntil(END)).toBe((us + 2) * US)
  })

  it('scans its channels in order, differential ones with a sign, VDD/4 as reference', () => {
    const { chip, write, run, result } = bench(4)
    chip.analog.set(0, 1)
    chip.analog.set(1, 2.5)
    write(channel(0, 0), 1)
    write(channel(0, 4), 2)
    write(channel(0, 8), 0x10_1000 | (2 << 8)) // differential, VDD/4, gain 1/4
    write(channel(3, 0), 9) // VDD
    write(channel(3, 8), 0x1000 | (2 << 8))
    write(START, 1)
    write(SAMPLE, 1)
    run(1000)
    expect(result(0)).toBe(Math.round(((-1.5 / 4) * 2048) / 0.75))
    expect(result(1)).toBe(4095)
  })

  it('averages when it oversamples, in a burst or by SAMPLE tasks', () => {
    const { chip, write, run, read, runUntil, result } = bench(1)
    chip.analog.set(0, (cycle) => (cycle < 5 * 5 * US ? 0 : 1.8))
    write(channel(0, 0), 1)
    write(channel(0, 8), 1 << 24) // burst, 3 us, gain 1/6
    write(OVERSAMPLE, 3)
    write(START, 1)
    write(SAMPLE, 1)
    expect(runUntil(END)).toBe(8 * 5 * US)
    expect(result(0)).toBe(Math.round((2048 * 4) / 8))
    write(channel(0, 8), 0)
    write(OVERSAMPLE, 1)
    write(START, 1)
    write(END, 0)
    for (let i = 0; i < 2; i++) {
      expect(read(END)).toBe(0)
      write(SAMPLE, 1)
      run(10_000 + 1000 * i)
    }
    expect(read(END)).toBe(1)
  })

  it('samples by its own timer every SAMPLERATE.CC periods of 16 MHz', () => {
    const { write, runUntil } = bench(3)
    write(channel(0, 0), 1)
    write(channel(0, 8), 0)
    write(SAMPLERATE, 0x1000 | 1000)
    write(START, 1)
    write(SAMPLE, 1)
    expect(runUntil(END)).toBe(2 * 1000 * 4 + 5 * US)
  })

  it('fires limit events, stops, and stays running for the ledger until STOP', () => {
    const states: string[] = []
    const power = {
      enter: (part: string, state: string) => {
        if (part === 'SAADC') states.push(state)
      },
      event: () => undefined,
      chipOff: () => undefined,
    }
    const { chip, write, read, run } = createTestBench({ power })
    write(SAADC + 0x500, 1)
    write(PTR, RAM)
    write(PTR + 4, 2)
    chip.analog.set(0, 3)
    write(channel(0, 0), 1)
    write(channel(0, 12), (500 << 16) | 0x8000)
    write(START, 1)
    write(SAMPLE, 1)
    run(10_000)
    expect([read(RESULTDONE), read(LIMITH), read(LIMITH + 4)]).toEqual([1, 1, 0])
    expect(states).toEqual(['idle', 'running'])
    write(STOP, 1)
    expect(read(STOPPED)).toBe(1)
    expect(states).toEqual(['idle', 'running', 'idle'])
  })

  it('refuses a buffer outside RAM and a SAMPLE that comes too early', () => {
    const { chip, write, read, run } = bench(4)
    write(channel(0, 0), 1)
    write(START, 1)
    write(SAMPLE, 1)
    write(SAMPLE, 1)
    run(10_000)
    write(PTR, 0x1000)
    write(STARTED, 0)
    write(START, 1)
    expect(read(STARTED)).toBe(0)
    expect([...chip.problems.keys()]).toEqual([
      'SAADC: SAMPLE before the last scan was over is ignored',
      'SAADC: EasyDMA outside data RAM: 8 bytes at 0x00001000',
    ])
    expect(() => chip.analog.set(8, 1)).toThrow(/AIN8/)
  })
})
