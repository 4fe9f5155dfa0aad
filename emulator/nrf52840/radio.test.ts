import { describe, expect, it } from 'vitest'
import { packetTimes } from './radio-packet.ts'
import { createTestBench } from './testing.ts'

const RADIO = 0x4000_1000
const TXEN = RADIO
const RXEN = RADIO + 0x004
const DISABLE = RADIO + 0x010
const READY = RADIO + 0x100
const ADDRESS = RADIO + 0x104
const END = RADIO + 0x10c
const DISABLED = RADIO + 0x110
const BCMATCH = RADIO + 0x128
const SHORTS = RADIO + 0x200
const STATE = RADIO + 0x550
const US = 64
const RAM = 0x2000_0000

/** Advertising packet: S0 1 byte, LENGTH 8 bits, 3 bytes of base address, CRC 3 bytes. */
const bench = (length: number, mode = 3) => {
  const states: string[] = []
  const power = {
    enter: (part: string, state: string) => {
      if (part === 'RADIO') states.push(state)
    },
    event: () => undefined,
    chipOff: () => undefined,
  }
  const made = createTestBench({ power })
  const { write, ram, run } = made
  write(0x4000_0000, 1)
  run(100_000)
  ram.set([0x42, length])
  write(RADIO + 0x504, RAM)
  write(RADIO + 0x510, mode)
  write(RADIO + 0x514, 8 | (1 << 8))
  write(RADIO + 0x518, 37 | (3 << 16))
  write(RADIO + 0x534, 3)
  return { ...made, states }
}

describe('RADIO', () => {
  it('sends a Bluetooth advertisement: 140 us ramp-up, 8 us a byte, 6 us to disable', () => {
    const { chip, write, read, runUntil, states } = bench(37)
    write(SHORTS, 0b11)
    write(TXEN, 1)
    expect(read(STATE)).toBe(9)
    expect(runUntil(READY)).toBe(100_000 + 140 * US)
    expect(read(STATE)).toBe(11)
    const begin = 100_000 + 140 * US
    expect(runUntil(ADDRESS)).toBe(begin + (1 + 4) * 8 * US)
    expect(runUntil(END)).toBe(begin + (1 + 4 + 2 + 37 + 3) * 8 * US)
    expect(runUntil(DISABLED)).toBe(begin + 376 * US + 6 * US)
    expect(states).toEqual(['rampUp', 'idle', 'transmit 0 dBm', 'idle', 'off'])
    expect(chip.problems.size).toBe(0)
  })

  it('ramps up in 40 us when told to, and halves the bit at 2 Mbit/s', () => {
    const { write, runUntil } = bench(10, 4)
    write(RADIO + 0x650, 1)
    write(SHORTS, 0b11)
    write(TXEN, 1)
    expect(runUntil(READY)).toBe(100_000 + 40 * US)
    const bits = 16 + 32 + 16 + 80 + 24
    expect(runUntil(END)).toBe(100_000 + (40 + bits / 2) * US)
    expect(runUntil(DISABLED)).toBe(100_000 + (40 + bits / 2 + 4) * US)
  })

  it('listens until it is disabled: nobody is on the air', () => {
    const { write, read, run, runUntil, states } = bench(0)
    write(SHORTS, 1)
    write(RXEN, 1)
    runUntil(READY)
    run(64_000_000)
    expect([read(STATE), read(ADDRESS)]).toEqual([3, 0])
    write(DISABLE, 1)
    expect(runUntil(DISABLED)).toBe(64_000_000)
    expect(states).toEqual(['rampUp', 'idle', 'receive', 'off'])
  })

  it('knows its output powers, and counts bits from ADDRESS', () => {
    const { write, runUntil, states } = bench(4)
    write(RADIO + 0x50c, 0xf4)
    write(RADIO + 0x560, 16)
    write(SHORTS, 1 | (1 << 6))
    write(TXEN, 1)
    const address = runUntil(ADDRESS)
    expect(runUntil(BCMATCH)).toBe(address + 16 * US)
    expect(states.at(-1)).toBe('transmit -12 dBm')
  })

  it('is warned about without HFXO, and goes through pre-programmed PPI channels', () => {
    const { chip, write, run, read } = createTestBench()
    write(0x4001_f504, 1 << 20) // TIMER0 COMPARE[0] -> TXEN
    write(0x4000_8540, 10)
    write(0x4000_8000, 1)
    run(640)
    expect(read(STATE)).toBe(9)
    expect([...chip.problems.keys()]).toEqual([
      'RADIO: enabled while HFXO does not run; no peer would hear it',
    ])
    write(RADIO + 0xffc, 0)
    expect(read(STATE)).toBe(0)
  })

  it('knows lengths on the air of IEEE 802.15.4 and of the long range modes', () => {
    // 127 bytes with CRC: 6 bytes of header, 32 us a byte.
    const ieee = { mode: 15, pcnf0: 8 | (1 << 26), pcnf1: 127, crc: 2 | (2 << 8) }
    expect(packetTimes(ieee, () => 127).end).toBe((6 + 127) * 32 * US)
    // Bluetooth core specification: an empty packet of coded S = 8 takes 720 us, of S = 2 462.
    const coded = { pcnf0: 8 | (1 << 8), pcnf1: 255 | (3 << 16), crc: 3 }
    expect(packetTimes({ ...coded, mode: 5 }, () => 0).end).toBe(720 * US)
    expect(packetTimes({ ...coded, mode: 6 }, () => 0).end).toBe(462 * US)
  })
})
