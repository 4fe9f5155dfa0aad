import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const RAM = 0x2000_0000
const START = 0x010
const STOP = 0x014
const SUSPEND = 0x01c
const RESUME = 0x020
const STOPPED = 0x104
const READY = 0x108
const ENDRX = 0x110
const END = 0x118
const ENDTX = 0x120
const FREQUENCY = 0x524
const RXD = 0x534
const TXD = 0x544
const ORC = 0x5c0
const MBIT = 0x1000_0000
/** Cycles of a byte at 1 Mbit/s. */
const BYTE = 8 * 64

/** A slave that answers with the complement of what it was last sent. */
const bench = (base: number, { tx = 4, rx = 4, frequency = MBIT, enable = 7 } = {}) => {
  const made = createTestBench()
  const { chip, write, ram } = made
  const received: number[] = []
  let last = 0xff
  chip.spi.attach(
    { sck: 3, mosi: 4, miso: 5 },
    {
      selected: () => !chip.gpio.level(6),
      exchange: (byte) => {
        const answer = ~last & 0xff
        received.push(byte)
        last = byte
        return answer
      },
    },
  )
  ram.set([1, 2, 3, 4, 5])
  write(base + 0x508, 3)
  write(base + 0x50c, 4)
  write(base + 0x510, 5)
  write(base + FREQUENCY, frequency)
  write(base + TXD, RAM)
  write(base + TXD + 4, tx)
  write(base + RXD, RAM + 16)
  write(base + RXD + 4, rx)
  write(base + ORC, 0xee)
  write(base + 0x500, enable)
  const answers = (n: number) => [...ram.slice(16, 16 + n)]
  return { ...made, received, answers }
}

describe.each([
  ['SPIM0', 0x4000_3000],
  ['SPIM1', 0x4000_4000],
  ['SPIM2', 0x4002_3000],
  ['SPIM3', 0x4002_f000],
])('%s', (_, base) => {
  it.each([
    [0x0200_0000, 125e3],
    [MBIT, 1e6],
    [0x8000_0000, 8e6],
  ])('with FREQUENCY %i moves a byte in eight bits of %d bit/s', (frequency, rate) => {
    const { write, runUntil } = bench(base, { frequency })
    write(base + START, 1)
    expect(runUntil(base + END)).toBe((4 * 8 * 64e6) / rate)
  })

  it('sends, receives, and pads the shorter side: ENDTX, ENDRX and END in their time', () => {
    const { write, read, runUntil, received, answers } = bench(base, { tx: 2, rx: 4 })
    write(base + START, 1)
    expect(runUntil(base + ENDTX)).toBe(2 * BYTE)
    expect(read(base + END)).toBe(0)
    expect(runUntil(base + ENDRX)).toBe(4 * BYTE)
    expect(read(base + END)).toBe(1)
    expect(received).toEqual([1, 2, 0xee, 0xee])
    expect(answers(4)).toEqual([0, 0xfe, 0xfd, 0x11])
    expect([read(base + TXD + 8), read(base + RXD + 8)]).toEqual([2, 4])
  })

  it('stops and counts what has passed', () => {
    const { write, read, run } = bench(base)
    write(base + START, 1)
    run(2 * BYTE + 10)
    write(base + STOP, 1)
    expect(read(base + STOPPED)).toBe(1)
    expect([read(base + TXD + 8), read(base + RXD + 8), read(base + END)]).toEqual([2, 2, 0])
  })

  it('suspends and resumes', () => {
    const { write, read, run, runUntil } = bench(base)
    write(base + START, 1)
    run(BYTE)
    write(base + SUSPEND, 1)
    run(10 * BYTE)
    expect(read(base + END)).toBe(0)
    write(base + RESUME, 1)
    expect(runUntil(base + END)).toBe(13 * BYTE)
  })

  it('begins anew by END_START, and refuses buffers outside RAM', () => {
    const { chip, write, run, read } = bench(base)
    write(base + 0x200, 1 << 17)
    write(base + START, 1)
    run(4 * BYTE)
    write(base + END, 0)
    run(8 * BYTE)
    expect(read(base + END)).toBe(1)
    write(base + STOP, 1)
    write(base + TXD, 0x100)
    write(base + START, 1)
    expect([...chip.problems.keys()][0]).toMatch(/EasyDMA outside data RAM: 4 bytes at 0x00000100/)
  })
})

describe('SPIM3', () => {
  it('reaches 32 Mbit/s and drives its chip select CSNDUR cycles ahead', () => {
    const base = 0x4002_f000
    const { chip, write, run, read, runUntil } = bench(base, { frequency: 0x1400_0000 })
    write(base + 0x514, 6)
    write(base + 0x564, 20)
    write(base + 0x500, 0)
    write(base + 0x500, 7)
    expect(chip.gpio.level(6)).toBe(true)
    write(base + START, 1)
    expect(chip.gpio.level(6)).toBe(false)
    run(20 + 4 * 16 - 1)
    expect(read(base + END)).toBe(0)
    expect(runUntil(base + END)).toBe(20 + 4 * 16)
    expect(chip.gpio.level(6)).toBe(true)
  })
})

describe.each([
  ['SPI0', 0x4000_3000],
  ['SPI2', 0x4002_3000],
])('legacy %s', (_, base) => {
  it('moves a byte for each TXD, two in flight, READY with each', () => {
    const { write, read, runUntil, run, received } = bench(base, { enable: 1 })
    write(base + 0x51c, 0x55)
    write(base + 0x51c, 0xaa)
    expect(runUntil(base + READY)).toBe(BYTE)
    write(base + READY, 0)
    expect(read(base + 0x518)).toBe(0)
    run(2 * BYTE)
    expect(read(base + READY)).toBe(1)
    expect(read(base + 0x518)).toBe(0xaa)
    expect(received).toEqual([0x55, 0xaa])
  })
})

it('reads ones from a bus where nobody is selected', () => {
  const base = 0x4002_3000
  const { chip, write, runUntil, answers } = bench(base)
  chip.gpio.drive(6, true)
  write(base + START, 1)
  runUntil(base + END)
  expect(answers(4)).toEqual([0xff, 0xff, 0xff, 0xff])
})
