import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'
import type { TestBench } from './testing.ts'

const UARTE0 = 0x4000_2000
const RAM = 0x2000_0000
const ENDTX = UARTE0 + 0x120
const ENDRX = UARTE0 + 0x110

/** BAUDRATE and the "actual rate" that PS 6.33.9 and 6.32.8 give for it. */
const RATES: readonly (readonly [register: number, actual: number])[] = [
  [0x0004f000, 1205],
  [0x0009d000, 2396],
  [0x0013b000, 4808],
  [0x00275000, 9598],
  [0x003af000, 14401],
  [0x003b0000, 14414],
  [0x004ea000, 19208],
  [0x0075c000, 28777],
  [0x0075f000, 28829],
  [0x00800000, 31250],
  [0x009d0000, 38369],
  [0x009d5000, 38462],
  [0x00e50000, 55944],
  [0x00eb0000, 57554],
  [0x00ebf000, 57762],
  [0x013a9000, 76923],
  [0x01d60000, 115108],
  [0x01d7e000, 115942],
  [0x03b00000, 231884],
  [0x04000000, 250000],
  [0x075f7000, 470588],
  [0x07400000, 457143],
  [0x0f000000, 941176],
  [0x10000000, 1000000],
]

const bench = (enable: number, baudRate: number): TestBench => {
  const made = createTestBench()
  made.write(UARTE0 + 0x50c, 35)
  made.write(UARTE0 + 0x524, baudRate)
  made.write(UARTE0 + 0x500, enable)
  return made
}

const text = ({ console }: TestBench): string => String.fromCharCode(...console.map(({ byte }) => byte))

describe('UARTE', () => {
  it.each(RATES)(
    'with BAUDRATE 0x%s sends a frame at the actual rate of the specification',
    (register, actual) => {
      const { chip } = bench(8, register)
      const rate = (10 * 64_000_000) / chip.uartes[0].frameCycles
      expect(Math.abs(rate - actual)).toBeLessThanOrEqual(1)
    },
  )

  it('sends a buffer, each byte taking ten bits of 139 clocks of 16 MHz at 115200', () => {
    const made = bench(8, 0x01d6_0000)
    const { ram, write, read, runUntil, run } = made
    ram.set(new TextEncoder().encode('Hello'))
    write(UARTE0 + 0x544, RAM)
    write(UARTE0 + 0x548, 5)
    run(1000)
    write(UARTE0 + 0x008, 1)
    expect(read(UARTE0 + 0x150)).toBe(1)
    expect(runUntil(ENDTX)).toBe(1000 + 5 * 5560)
    expect(text(made)).toBe('Hello')
    expect(made.console.map(({ cycle }) => cycle)).toEqual([6560, 12120, 17680, 23240, 28800])
    expect(read(UARTE0 + 0x54c)).toBe(5)
  })

  it('counts parity and a second stop bit', () => {
    const { chip, write } = bench(8, 0x1000_0000)
    write(UARTE0 + 0x56c, 0x1e)
    expect(chip.uartes[0].frameCycles).toBe(12 * 64)
  })

  it('refuses to send from flash, reports it and makes no event', () => {
    const { chip, write, read, run } = bench(8, 0x01d6_0000)
    write(UARTE0 + 0x544, 0x1000)
    write(UARTE0 + 0x548, 4)
    write(UARTE0 + 0x008, 1)
    run(1_000_000)
    expect(read(ENDTX)).toBe(0)
    expect(read(UARTE0 + 0x150)).toBe(0)
    expect([...chip.problems.keys()]).toEqual(['UARTE0: EasyDMA outside data RAM: 4 bytes at 0x00001000'])
  })

  it('does nothing while disabled, and shows nothing on a pin that is not connected', () => {
    const made = createTestBench()
    made.write(UARTE0 + 0x544, RAM)
    made.write(UARTE0 + 0x548, 1)
    made.write(UARTE0 + 0x008, 1)
    made.run(1_000_000)
    expect(made.read(ENDTX)).toBe(0)
    made.write(UARTE0 + 0x500, 8)
    made.write(UARTE0 + 0x008, 1)
    made.runUntil(ENDTX)
    expect(made.console).toEqual([])
  })

  it('finishes the byte under way on STOPTX and says how much was sent', () => {
    const made = bench(8, 0x1000_0000)
    const { write, read, run } = made
    write(UARTE0 + 0x544, RAM)
    write(UARTE0 + 0x548, 10)
    write(UARTE0 + 0x008, 1)
    run(640 * 2 + 100)
    write(UARTE0 + 0x00c, 1)
    run(640 * 10)
    expect(made.console.length).toBe(3)
    expect([read(ENDTX), read(UARTE0 + 0x158), read(UARTE0 + 0x54c)]).toEqual([1, 1, 3])
  })

  it('receives what the host types at the baud rate, restarting by shortcut', () => {
    const { chip, ram, write, read, run, runUntil } = bench(8, 0x01d6_0000)
    chip.uartes[0].feed([1, 2, 3])
    run(100_000)
    write(UARTE0 + 0x534, RAM)
    write(UARTE0 + 0x538, 2)
    write(UARTE0 + 0x200, 1 << 5)
    write(UARTE0, 1)
    expect(runUntil(ENDRX)).toBe(100_000 + 2 * 5560)
    expect([...ram.subarray(0, 2)]).toEqual([1, 2])
    expect(read(UARTE0 + 0x53c)).toBe(2)
    run(100_000 + 3 * 5560)
    expect(ram[0]).toBe(3)
  })

  it('ends an unfinished reception on STOPRX and times out four frames later', () => {
    const { chip, write, read, run, runUntil } = bench(8, 0x1000_0000)
    write(UARTE0 + 0x534, RAM)
    write(UARTE0 + 0x538, 8)
    write(UARTE0, 1)
    chip.uartes[0].feed([9])
    run(1000)
    write(UARTE0 + 0x004, 1)
    expect([read(ENDRX), read(UARTE0 + 0x53c)]).toEqual([1, 1])
    expect(runUntil(UARTE0 + 0x144)).toBe(1000 + 4 * 640)
  })

  it('takes a whole file as input at once', () => {
    const { chip, write, read, runUntil } = bench(8, 0x1000_0000)
    chip.uartes[0].feed(Uint8Array.from({ length: 1_000_000 }, (_, n) => n))
    write(UARTE0 + 0x534, RAM)
    write(UARTE0 + 0x538, 4)
    write(UARTE0, 1)
    runUntil(ENDRX)
    expect(read(UARTE0 + 0x53c)).toBe(4)
  })
})

describe('legacy UART', () => {
  it('sends what is written to TXD and receives through RXD', () => {
    const made = bench(4, 0x01d7_e000)
    const { chip, write, read, runUntil, run } = made
    write(UARTE0 + 0x008, 1)
    write(UARTE0 + 0x51c, 0x41)
    expect(runUntil(UARTE0 + 0x11c)).toBe(10 * 138 * 4)
    write(UARTE0 + 0x11c, 0)
    write(UARTE0 + 0x51c, 0x42)
    runUntil(UARTE0 + 0x11c)
    expect(text(made)).toBe('AB')
    write(UARTE0, 1)
    chip.uartes[0].feed([7, 8])
    run(1_000_000)
    expect(read(UARTE0 + 0x108)).toBe(1)
    write(UARTE0 + 0x108, 0)
    expect(read(UARTE0 + 0x518)).toBe(7)
    expect(read(UARTE0 + 0x108)).toBe(1)
    expect(read(UARTE0 + 0x518)).toBe(8)
  })
})
