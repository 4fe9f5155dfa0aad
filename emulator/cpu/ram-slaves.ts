import type { Address } from './bus.ts'
import { CODE_RAM_BASE, RAM_BASE, RAM_BYTES } from './layout.ts'

/** AHB slaves 0 to 7 have two sections of 4 kB each, slave 8 six of 32 kB; nRF52840 PS, Memory. */
export const SMALL_SLAVES = 8
export const SMALL_SLAVE_SHIFT = 13

/** The AHB slave that answers at an address of RAM, under either of its names; undefined elsewhere. */
export function ramSlave(address: Address): number | undefined {
  for (const base of [RAM_BASE, CODE_RAM_BASE]) {
    const offset = address - base
    if (offset >= 0 && offset < RAM_BYTES) return Math.min(offset >>> SMALL_SLAVE_SHIFT, SMALL_SLAVES)
  }
  return undefined
}
