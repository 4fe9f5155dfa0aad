import type { Address } from '../cpu/bus.ts'

/**
 * Registers without a name that Nordic's own code writes to work round an anomaly of silicon, which the emulator does not
 * have: nrfx, mdk/system_nrf52.c (12 to 217) and drivers/src/nrfx_usbd.c (166 to 199).
 */
const ANOMALIES = new Map<Address, number>([
  [0x4001_3540, 12],
  [0x4007_c074, 16],
  [0x4000_053c, 31],
  [0x4000_05a0, 37],
  [0x4000_5610, 57],
  [0x4000_5614, 57],
  [0x4000_5618, 57],
  [0x4000_5688, 57],
  [0x4000_568c, 98],
  [0x4000_0ee4, 115],
  [0x4000_173c, 182],
  [0x4002_7800, 166],
  [0x4002_7804, 166],
  [0x4006_ec00, 171],
  [0x4006_ec14, 171],
  [0x4006_ed14, 187],
  [0x4002_7c1c, 199],
])

/** A word to 0x40036FFF, byte by byte: mbed, USBPhyHw::_reset, clears an event whose number it has wrong. */
const MISDIRECTED: ReadonlySet<Address> = new Set([0x4003_6fff, 0x4003_7000, 0x4003_7001, 0x4003_7002])

/** `works round anomaly 16`; undefined for a register that does something. */
export function anomalyAt(address: Address): string | undefined {
  if (MISDIRECTED.has(address)) return 'is where mbed clears events of USBD, and nothing is'
  const number = ANOMALIES.get(address)
  return number === undefined ? undefined : `works round anomaly ${number}`
}
