import type { Reading } from './readings.ts'
import type { Address, Cycles } from '../cpu/bus.ts'

/** What probes see of the processor. Nothing here changes what the firmware does or how long it takes. */
export interface ProbeTarget {
  /** Calls back before the instruction at `address` executes. Several callbacks may share an address. */
  addProbe(address: Address, callback: () => void): void
  removeProbe(address: Address, callback: () => void): void
  readRegister(index: number): number
  readonly now: Cycles
  /** What has been counted; undefined where nothing is. */
  reading?(): Reading | undefined
  readMemory(address: Address, length: number): Uint8Array
}

/** A piece of code: from `start` up to, not including, `end`. */
export interface CodeRange {
  readonly start: Address
  readonly end: Address
}

export const SP = 13
export const LR = 14
