import type { Address } from '../cpu/bus.ts'

/** Told of a two-wire master's bytes. */
export interface TwoWireListener {
  /** A start or repeated start: the address byte begins. */
  start(master: string, address: number, direction: 'read' | 'write'): void
  /** The address byte is over. */
  addressed(master: string, acknowledged: boolean): void
  /** A data byte is over. */
  byte(master: string, value: number, acknowledged: boolean): void
  /** STOP is over, or the master was switched off. */
  stop(master: string): void
}

/** Told of a SPI master's bytes; the legacy SPI has no begin and no end. */
export interface SpiListener {
  begin(master: string): void
  exchange(master: string, out: number, answer: number): void
  end(master: string): void
}

/** Told of bytes that have left or reached a UART; `frameCycles` is what each took on the wire. */
export interface UartListener {
  sent(uart: string, byte: number, frameCycles: number): void
  received(uart: string, byte: number, frameCycles: number): void
}

/** Told of what has gone over USB, and was acknowledged. */
export interface UsbListener {
  packet(kind: 'SETUP' | 'IN' | 'OUT', endpoint: number, bytes: Uint8Array): void
  /** The host reset the bus. */
  busReset(): void
}

/** Told of what EasyDMA reads and writes. */
export type EasyDmaListener = (address: Address, bytes: number, direction: 'read' | 'write') => void

/** Told of a sample that the firmware fetches: counts of a sensitivity, and the cycle at which the sensor took it. */
export type SampleListener = (
  sensor: string,
  channel: string,
  counts: number,
  sensitivity: number,
  takenCycle: number,
) => void

/**
 * Who is told of what happens in and around the chip, when it happens by the chip's `time`. Nothing is done for a
 * listener that is not there, and none changes what happens.
 */
export interface ChipListeners {
  twoWire?: TwoWireListener | undefined
  spi?: SpiListener | undefined
  uart?: UartListener | undefined
  usb?: UsbListener | undefined
  dma?: EasyDmaListener | undefined
  sample?: SampleListener | undefined
}
