import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const I2S = 0x4002_5000
const [START, STOP] = [I2S, I2S + 4]
const [RXPTRUPD, STOPPED, TXPTRUPD] = [I2S + 0x104, I2S + 0x108, I2S + 0x114]
const BUFFER = 0x2000_0100

function running(set: Readonly<Record<number, number>> = {}) {
  const bench = createTestBench()
  bench.ram.fill(0x55, 0x100, 0x200)
  const all = { 0x508: 1, 0x538: BUFFER, 0x540: BUFFER + 0x80, 0x550: 8, ...set, 0x500: 1 }
  for (const [at, value] of Object.entries(all)) if (at !== '1280') bench.write(I2S + Number(at), value)
  bench.write(I2S + 0x500, 1)
  bench.write(START, 1)
  return bench
}

describe('I2S', () => {
  // PS 6.11.3: LRCK = MCK / RATIO; 16 bits stereo are one frame a word.
  it.each([
    ['as after reset: 4 MHz / 256', {}, 8 * 256 * 16],
    ['32 MHz / 21 / 96: 15.87 kHz', { 0x514: 0x0c00_0000, 0x518: 3 }, 8 * 96 * 42],
    ['8 bits, stereo: two frames a word', { 0x51c: 0 }, 16 * 256 * 16],
    ['24 bits, stereo: two words a frame', { 0x51c: 2 }, 4 * 256 * 16],
    ['16 bits, left: two frames a word', { 0x528: 1 }, 16 * 256 * 16],
  ])('asks for the next buffers when one is over: %s', (_, set, cycles) => {
    const { read, write, runUntil } = running(set)
    expect([read(RXPTRUPD), read(TXPTRUPD)]).toEqual([1, 1])
    write(RXPTRUPD, 0)
    write(TXPTRUPD, 0)
    expect(runUntil(RXPTRUPD)).toBe(cycles)
    expect(read(TXPTRUPD)).toBe(1)
    write(RXPTRUPD, 0)
    expect(runUntil(RXPTRUPD)).toBe(2 * cycles)
  })

  it('reads silence into the buffer that it began with', () => {
    const { write, run, ram } = running()
    write(I2S + 0x538, BUFFER + 0x40)
    run(8 * 256 * 16)
    expect([...ram.slice(0x100, 0x124)]).toEqual([...Array<number>(32).fill(0), 0x55, 0x55, 0x55, 0x55])
    run(2 * 8 * 256 * 16)
    expect(ram[0x140]).toBe(0)
  })

  it('stops, and says why it waits', () => {
    const { write, read, scheduler } = running()
    write(STOP, 1)
    expect(read(STOPPED)).toBe(1)
    expect(scheduler.nextDue).toBe(Infinity)
    const slave = running({ 0x504: 1 })
    expect(slave.read(RXPTRUPD)).toBe(0)
    expect([...slave.chip.problems.keys()][0]).toContain('started as a slave')
    expect([...running({ 0x510: 0 }).chip.problems.keys()][0]).toContain('MCKEN = 0')
  })
})
