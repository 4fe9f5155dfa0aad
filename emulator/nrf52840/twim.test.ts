import { describe, expect, it } from 'vitest'
import type { I2cDevice } from './i2c-bus.ts'
import { createTestBench } from './testing.ts'
import type { TestBench } from './testing.ts'

const TWIM0 = 0x4000_3000
const RAM = 0x2000_0000
const STARTRX = TWIM0
const STARTTX = TWIM0 + 0x008
const STOP = TWIM0 + 0x014
const STOPPED = TWIM0 + 0x104
const ERROR = TWIM0 + 0x124
const SUSPENDED = TWIM0 + 0x148
const LASTRX = TWIM0 + 0x15c
const LASTTX = TWIM0 + 0x160
const SHORTS = TWIM0 + 0x200
const ERRORSRC = TWIM0 + 0x4c4
/** Nine bits at 400 kbps; half a bit of STOP set-up. */
const BYTE = 9 * 160
const STOP_TIME = 80

class Eeprom implements I2cDevice {
  readonly addresses = [0x6b]
  readonly log: string[] = []
  acknowledgedBytes = Infinity
  #next = 0
  start(_address: number, direction: 'read' | 'write'): boolean {
    this.log.push(direction)
    return true
  }
  writeByte(value: number): boolean {
    this.log.push(`w${value}`)
    return this.acknowledgedBytes-- > 0
  }
  readByte(): number {
    this.#next += 1
    this.log.push(`r${this.#next}`)
    return this.#next
  }
  stop(): void {
    this.log.push('stop')
  }
}

const bench = (enable = 6, sda = 14): TestBench & { device: Eeprom } => {
  const made = createTestBench()
  const device = new Eeprom()
  made.chip.i2c.bus(15, 14).attach(device)
  const { write } = made
  write(TWIM0 + 0x508, 15)
  write(TWIM0 + 0x50c, sda)
  write(TWIM0 + 0x524, 0x0640_0000)
  write(TWIM0 + 0x588, 0x6b)
  write(TWIM0 + 0x534, RAM + 16)
  write(TWIM0 + 0x544, RAM)
  write(TWIM0 + 0x500, enable)
  return { ...made, device }
}

describe('TWIM', () => {
  it('writes a register address and reads six bytes in (1 + 1) + (1 + 6) bytes of nine bits at 400 kbps', () => {
    const { write, read, ram, runUntil, device } = bench()
    ram[0] = 0x28
    write(TWIM0 + 0x548, 1)
    write(TWIM0 + 0x538, 6)
    write(SHORTS, (1 << 7) | (1 << 12))
    write(STARTTX, 1)
    expect(runUntil(STOPPED)).toBe(9 * BYTE + STOP_TIME)
    expect(device.log).toEqual(['write', 'w40', 'read', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'stop'])
    expect([...ram.subarray(16, 22)]).toEqual([1, 2, 3, 4, 5, 6])
    expect([read(TWIM0 + 0x53c), read(TWIM0 + 0x54c), read(ERROR)]).toEqual([6, 1, 0])
  })

  it.each([
    [0x0198_0000, 640],
    [0x0400_0000, 256],
    [0x0640_0000, 160],
    [0x0668_0000, 160],
  ])('at FREQUENCY 0x%s takes %i cycles a bit', (frequency, bit) => {
    const { write, runUntil } = bench()
    write(TWIM0 + 0x524, frequency)
    write(TWIM0 + 0x548, 3)
    write(SHORTS, 1 << 9)
    write(STARTTX, 1)
    expect(runUntil(STOPPED)).toBe(4 * 9 * bit + bit / 2)
  })

  it('announces the last byte as it begins', () => {
    const { write, runUntil } = bench()
    write(TWIM0 + 0x548, 3)
    write(STARTTX, 1)
    expect(runUntil(LASTTX)).toBe(3 * BYTE)
    write(STOP, 1)
    expect(runUntil(STOPPED)).toBe(4 * BYTE + STOP_TIME)
    write(TWIM0 + 0x538, 2)
    const begun = 4 * BYTE + STOP_TIME
    write(STARTRX, 1)
    expect(runUntil(LASTRX)).toBe(begun + 2 * BYTE)
  })

  it('holds the bus after the last byte until it is told what to do', () => {
    const { write, read, run, runUntil } = bench()
    write(TWIM0 + 0x548, 1)
    write(STARTTX, 1)
    run(100 * BYTE)
    expect(read(STOPPED)).toBe(0)
    write(STOP, 1)
    expect(runUntil(STOPPED)).toBe(100 * BYTE + STOP_TIME)
  })

  it('suspends after the last byte by shortcut and goes on after RESUME', () => {
    const { write, runUntil, device } = bench()
    write(TWIM0 + 0x548, 1)
    write(SHORTS, 1 << 8)
    write(STARTTX, 1)
    expect(runUntil(SUSPENDED)).toBe(2 * BYTE)
    write(SHORTS, 1 << 9)
    write(STARTTX, 1)
    write(TWIM0 + 0x020, 1)
    expect(runUntil(STOPPED)).toBe(4 * BYTE + STOP_TIME)
    expect(device.log).toEqual(['write', 'w0', 'write', 'w0', 'stop'])
  })

  it.each([
    ['nobody at the address', { address: 0x50, sda: 14 }],
    ['pins that are not the bus', { address: 0x6b, sda: 13 }],
  ])('reports an address NACK for %s and waits for STOP', (_, { address, sda }) => {
    const { write, read, run, runUntil } = bench(6, sda)
    write(TWIM0 + 0x588, address)
    write(TWIM0 + 0x548, 1)
    write(SHORTS, 1 << 9)
    write(STARTTX, 1)
    expect(runUntil(ERROR)).toBe(BYTE)
    expect(read(ERRORSRC)).toBe(2)
    run(100 * BYTE)
    expect(read(STOPPED)).toBe(0)
    write(STOP, 1)
    expect(runUntil(STOPPED)).toBe(100 * BYTE + STOP_TIME)
    write(ERRORSRC, 2)
    expect(read(ERRORSRC)).toBe(0)
  })

  it('reports a data NACK', () => {
    const { write, read, runUntil, device } = bench()
    device.acknowledgedBytes = 1
    write(TWIM0 + 0x548, 5)
    write(STARTTX, 1)
    expect(runUntil(ERROR)).toBe(3 * BYTE)
    expect([read(ERRORSRC), read(TWIM0 + 0x54c)]).toEqual([4, 2])
  })

  it('reads into flash never', () => {
    const { chip, write, run, device } = bench()
    write(TWIM0 + 0x534, 0x100)
    write(TWIM0 + 0x538, 6)
    write(STARTRX, 1)
    run(100 * BYTE)
    expect(device.log).toEqual([])
    expect([...chip.problems.keys()]).toEqual(['TWIM0: EasyDMA outside data RAM: 6 bytes at 0x00000100'])
  })

  it('names the SPI slave that firmware asks for instead', () => {
    const { chip } = bench(2)
    expect([...chip.unmodelled.keys()]).toEqual(['SPIS0.ENABLE'])
  })
})

describe('legacy TWI', () => {
  it('writes a byte and reads two, with BB shortcuts as the drivers set them', () => {
    const { write, read, runUntil, device } = bench(5)
    const TXDSENT = TWIM0 + 0x11c
    const RXDREADY = TWIM0 + 0x108
    write(STARTTX, 1)
    write(TWIM0 + 0x51c, 0x28)
    expect(runUntil(TXDSENT)).toBe(2 * BYTE)
    write(SHORTS, 1)
    write(STARTRX, 1)
    expect(runUntil(RXDREADY)).toBe(4 * BYTE)
    write(RXDREADY, 0)
    write(SHORTS, 2)
    expect(read(TWIM0 + 0x518)).toBe(1)
    write(TWIM0 + 0x020, 1)
    expect(runUntil(RXDREADY)).toBe(5 * BYTE)
    expect(read(TWIM0 + 0x518)).toBe(2)
    expect(runUntil(STOPPED)).toBe(5 * BYTE + STOP_TIME)
    expect(device.log).toEqual(['write', 'w40', 'read', 'r1', 'r2', 'stop'])
  })

  it('reports an address NACK', () => {
    const { write, read, runUntil } = bench(5)
    write(TWIM0 + 0x588, 0x11)
    write(STARTTX, 1)
    write(TWIM0 + 0x51c, 1)
    runUntil(ERROR)
    expect(read(ERRORSRC)).toBe(2)
    write(STOP, 1)
    runUntil(STOPPED)
  })
})
