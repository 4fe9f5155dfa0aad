import { expect, it } from 'vitest'
import { stuffedBits, transactionCycles } from './wire.ts'

it('puts in a zero after six ones, CRC and PID included', () => {
  // CRC16 of 0, 1, 2, 3 is 0xEF, 0x7A on the wire (USB-IF, "Cyclic Redundancy Checks in USB"): no six ones in a row.
  expect(stuffedBits(0, Uint8Array.of(0, 1, 2, 3))).toBe(0)
  // DATA0's PID ends in two ones, then come 48: eight, and at most two more in the CRC.
  const ones = stuffedBits(0, Uint8Array.of(255, 255, 255, 255, 255, 255, 0))
  expect(ones - 8).toBeGreaterThanOrEqual(0)
  expect(ones - 8).toBeLessThanOrEqual(2)
})

it('takes the time of 12 Mbit/s: nineteen full packets fit into a frame (USB 2.0, table 5-9)', () => {
  const cycles = transactionCycles(0, new Uint8Array(64))
  expect(Math.floor(64_000 / cycles)).toBe(19)
  // A token, an empty data packet, a handshake, and two turns: 35 + 35 + 19 + 15 bits.
  expect(transactionCycles(1, new Uint8Array())).toBe(Math.ceil((104 * 16) / 3))
})
