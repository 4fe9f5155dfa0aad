import type { Cycles } from '../cpu/bus.ts'

/** 12 Mbit/s: a bit takes 16/3 cycles of 64 MHz. */
export const CYCLES_PER_FRAME = 64_000

export type Handshake = 'ack' | 'nak' | 'stall'

/** What a device sends in answer to an IN token. */
export interface UsbData {
  readonly toggle: 0 | 1
  readonly bytes: Uint8Array
}

/** Start-of-frame packets: one at `since`, with that number, and one every millisecond from then on. */
export interface Frames {
  readonly since: Cycles
  readonly number: number
}

/**
 * A full-speed device as its host sees it. Each call happens when the packet in question is over on the wire; undefined:
 * nobody answers. Isochronous endpoints are number 8 of IN and OUT.
 */
export interface UsbDevice {
  /** D+ is pulled up: somebody is there. */
  readonly isPulledUp: boolean
  /** The host drives SE0, and ends whatever was under way. */
  busReset(): void
  /** Start-of-frame packets begin or end; without them for 3 ms it is suspended. */
  frames(frames: Frames | undefined): void
  /** The host drives K: what was suspended is to come back. */
  resume(): void
  setup(address: number, packet: Uint8Array): 'ack' | undefined
  /** Whether a token for this endpoint would now be answered with anything but NAK. */
  isReady(endpoint: number, direction: 'in' | 'out'): boolean
  in(address: number, endpoint: number): UsbData | 'nak' | 'stall' | undefined
  /** The host has acknowledged what `in` gave. */
  acknowledged(endpoint: number): void
  out(address: number, endpoint: number, data: UsbData): Handshake | undefined
}

/** What is at the other end of the cable. */
export interface UsbHostPort {
  /** The device's end, before anything else happens; again where a chip takes the place of another. */
  connect(device: UsbDevice): void
  /** The pull-up was switched. */
  pullUp(on: boolean): void
  /** What was not ready may be: it is worth asking again. */
  ready(): void
  /** A suspended device asks to be resumed. */
  wakeUp(): void
}

/** A cable with power and nobody at its end. */
export const NO_USB_HOST: UsbHostPort = {
  connect: () => undefined,
  pullUp: () => undefined,
  ready: () => undefined,
  wakeUp: () => undefined,
}
