import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'

const NRF_2MBIT = 1
const BLE_2MBIT = 4
const BLE_LR_125KBIT = 5
const BLE_LR_500KBIT = 6
const IEEE_802_15_4 = 15

export interface PacketConfiguration {
  readonly mode: number
  readonly pcnf0: number
  readonly pcnf1: number
  readonly crc: number
}

/** Cycles from START of a transmission to each event. */
export interface PacketTimes {
  readonly address: number
  readonly payload: number
  readonly end: number
}

/** Bytes of S0, LENGTH and S1 in RAM, bits of them on the air, and where LENGTH is. */
const header = (pcnf0: number): { bits: number; lengthOffset: number; lengthBits: number } => {
  const lengthBits = pcnf0 & 0xf
  const s0Bytes = (pcnf0 >>> 8) & 1
  const s1Bits = (pcnf0 >>> 16) & 0xf
  return { bits: 8 * s0Bytes + lengthBits + s1Bits, lengthOffset: s0Bytes, lengthBits }
}

/** The packet of PS 6.18.2 as bits on the air. @param byteAt byte of the packet in RAM */
export const packetTimes = (
  { mode, pcnf0, pcnf1, crc }: PacketConfiguration,
  byteAt: (offset: number) => number,
): PacketTimes => {
  const { bits: headerBits, lengthOffset, lengthBits } = header(pcnf0)
  const dynamic = lengthBits === 0 ? 0 : byteAt(lengthOffset) & (2 ** Math.min(lengthBits, 8) - 1)
  const crcBytes = crc & 3
  const crcCounted = (pcnf0 & (1 << 26)) !== 0 ? crcBytes : 0
  const longest = pcnf1 & 0xff
  const payloadBytes = Math.max(0, Math.min(dynamic - crcCounted, longest)) + ((pcnf1 >>> 8) & 0xff)
  const addressBits = 8 * (((pcnf1 >>> 16) & 7) + 1)
  const after = headerBits + 8 * payloadBytes
  const us = CYCLES_PER_MICROSECOND
  if (mode === BLE_LR_125KBIT || mode === BLE_LR_500KBIT) {
    const symbols = mode === BLE_LR_125KBIT ? 8 : 2
    // Preamble 80 us, access address 256, coding indicator 16 and TERM1 24; TERM2 three bits.
    const address = (80 + 256) * us
    const payload = address + (16 + 24 + symbols * after) * us
    return { address, payload, end: payload + symbols * (8 * crcBytes + 3) * us }
  }
  if (mode === IEEE_802_15_4) {
    // Four bytes of preamble and the start of frame at 32 us a byte; LENGTH counts the CRC.
    const address = 5 * 32 * us
    const payload = address + 4 * after * us
    return { address, payload, end: payload + 32 * crcBytes * us }
  }
  const fast = mode === NRF_2MBIT || mode === BLE_2MBIT
  const bit = fast ? us / 2 : us
  const preamble = (pcnf0 >>> 24) & 3
  const preambleBits = mode === BLE_2MBIT || preamble === 1 ? 16 : 8
  const address = (preambleBits + addressBits) * bit
  const payload = address + after * bit
  return { address, payload, end: payload + 8 * crcBytes * bit }
}
