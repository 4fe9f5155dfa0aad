/** A bit of 12 Mbit/s in cycles of 64 MHz. */
const CYCLES_PER_BIT = 16 / 3
/** SYNC, PID, address, endpoint, CRC5, end of packet: USB 2.0, 8.4.1. */
const TOKEN_BITS = 8 + 8 + 7 + 4 + 5 + 3
const HANDSHAKE_BITS = 8 + 8 + 3
/** Of a data packet beside its bytes. */
const DATA_BITS = 8 + 8 + 16 + 3
/** From one packet to the answer: 7.1.18.1 allows so much. */
const TURN_BITS = 7.5
/** After so many ones a zero is put in: 7.1.9. */
const STUFF_AFTER = 6
const CRC16 = 0xa001
/** PIDs as they are sent, low bit first. */
const DATA_PID = { 0: 0xc3, 1: 0x4b } as const

/** Cycles of a transaction: a token, data one way, and a handshake the other. */
export const transactionCycles = (toggle: 0 | 1, data: Uint8Array): number =>
  Math.ceil(
    CYCLES_PER_BIT *
      (TOKEN_BITS + DATA_BITS + 8 * data.length + stuffedBits(toggle, data) + HANDSHAKE_BITS + 2 * TURN_BITS),
  )

/** Bits that stuffing adds to a data packet. */
export function stuffedBits(toggle: 0 | 1, data: Uint8Array): number {
  let ones = 0
  let added = 0
  const send = (byte: number): void => {
    for (let bit = 0; bit < 8; bit++) {
      ones = (byte >> bit) & 1 ? ones + 1 : 0
      if (ones === STUFF_AFTER) {
        added += 1
        ones = 0
      }
    }
  }
  let crc = 0xffff
  send(DATA_PID[toggle])
  for (const byte of data) {
    send(byte)
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ CRC16 : crc >> 1
  }
  const last = ~crc & 0xffff
  send(last & 0xff)
  send(last >> 8)
  return added
}
