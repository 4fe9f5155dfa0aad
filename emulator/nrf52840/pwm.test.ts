import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const PWM0 = 0x4001_c000
const STOP = PWM0 + 0x004
const SEQSTART = (n: number) => PWM0 + 0x008 + 4 * n
const NEXTSTEP = PWM0 + 0x010
const STOPPED = PWM0 + 0x104
const SEQSTARTED = (n: number) => PWM0 + 0x108 + 4 * n
const SEQEND = (n: number) => PWM0 + 0x110 + 4 * n
const PERIODEND = PWM0 + 0x118
const LOOPSDONE = PWM0 + 0x11c
const SHORTS = PWM0 + 0x200
const INTENSET = PWM0 + 0x304
const TOP = PWM0 + 0x508
const DECODER = PWM0 + 0x510
const LOOP = PWM0 + 0x514
const SEQ = (n: number) => PWM0 + 0x520 + 0x20 * n
const RAM = 0x2000_0000

const bench = (values: number[], { refresh = 0, endDelay = 0, top = 100 } = {}) => {
  const made = createTestBench()
  const { write, ram, chip } = made
  const shares: number[] = []
  chip.gpio.watchOutput(13, (_, share) => void shares.push(share))
  new Uint16Array(ram.buffer).set(values)
  write(PWM0 + 0x560, 13)
  write(PWM0 + 0x500, 1)
  write(TOP, top)
  for (const n of [0, 1]) {
    write(SEQ(n), RAM)
    write(SEQ(n) + 4, values.length)
    write(SEQ(n) + 8, refresh)
    write(SEQ(n) + 12, endDelay)
  }
  return { ...made, shares }
}

describe('PWM', () => {
  it('plays each value for REFRESH + 1 periods of COUNTERTOP at 16 MHz, then ENDDELAY', () => {
    const { write, runUntil, read } = bench([10, 20, 30], { refresh: 2, endDelay: 4 })
    write(SEQSTART(0), 1)
    expect(read(SEQSTARTED(0))).toBe(1)
    expect(runUntil(SEQEND(0))).toBe((3 * 3 + 4) * 100 * 4)
  })

  it('doubles the period up and down and divides the clock by the prescaler', () => {
    const { write, runUntil } = bench([10])
    write(PWM0 + 0x504, 1)
    write(PWM0 + 0x50c, 3)
    write(SEQSTART(0), 1)
    expect(runUntil(SEQEND(0))).toBe(100 * 4 * 2 * 8)
  })

  it('tells a pin its share: bit 15 turns the polarity', () => {
    const { write, run, shares } = bench([25, 0x8000 | 25, 0x8000, 0])
    write(SEQSTART(0), 1)
    run(4000)
    expect(shares).toEqual([0, 0.75, 0.25, 0, 1])
  })

  it('loads grouped, individual and wave form values', () => {
    const { write, run, shares } = bench([0x8000, 0, 0, 0, 0x8000 | 50, 0, 0, 200])
    write(DECODER, 3)
    write(SEQ(0), RAM + 8)
    write(SEQ(0) + 4, 4)
    write(SEQSTART(0), 1)
    run(100)
    expect(shares.at(-1)).toBe(0.25)
  })

  it('takes turns between the sequences LOOP times', () => {
    const { write, read, runUntil } = bench([10, 20])
    write(LOOP, 3)
    write(SEQSTART(0), 1)
    expect(runUntil(LOOPSDONE)).toBe(3 * 2 * 2 * 400)
    expect(read(SEQEND(1))).toBe(1)
  })

  it('stops by shortcut at the end of the sequence and gives the pin back', () => {
    const { write, runUntil, chip } = bench([0x8000 | 100])
    write(SHORTS, 1)
    write(SEQSTART(0), 1)
    expect(chip.gpio.level(13)).toBe(true)
    expect(runUntil(STOPPED)).toBe(400)
    expect(chip.gpio.level(13)).toBe(false)
  })

  it('goes on at the last value until STOP, which waits for the end of the period', () => {
    const { write, run, runUntil, shares } = bench([50])
    write(SEQSTART(0), 1)
    run(1000)
    expect(shares.at(-1)).toBe(0.5)
    write(STOP, 1)
    expect(runUntil(STOPPED)).toBe(1200)
    expect(shares.at(-1)).toBe(0)
  })

  it('fires PWMPERIODEND each period when somebody listens, and waits for NEXTSTEP when told to', () => {
    const { write, read, run } = bench([10, 20], { refresh: 5 })
    write(INTENSET, 1 << 6)
    write(SEQSTART(0), 1)
    for (const period of [1, 2, 3]) {
      run(400 * period)
      expect(read(PERIODEND)).toBe(1)
      write(PERIODEND, 0)
    }
    const other = bench([10, 20])
    other.write(DECODER, 0x100)
    other.write(SEQSTART(0), 1)
    other.run(100_000)
    expect(other.read(SEQEND(0))).toBe(0)
    other.write(NEXTSTEP, 1)
    expect(other.runUntil(SEQEND(0))).toBe(100_400)
  })
})
