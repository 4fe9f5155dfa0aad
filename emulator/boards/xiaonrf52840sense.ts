import { ADAFRUIT_BOOTLOADER } from './adafruit-bootloader.ts'
import type { BoardDescription } from './board.ts'

/**
 * Seeed XIAO nRF52840 Sense, schematic and variant pins. Approximated: 1. The charger and the battery
 * divider draw nothing. 2. The pull-ups hang on the sensor's switched supply.
 */
export const XIAO_NRF52840_SENSE: BoardDescription = {
  name: 'Seeed XIAO nRF52840 Sense',
  chip: 'nRF52840',
  supplyVolts: 3.3,
  console: { tx: 'P1.11', rx: 'P1.12' },
  usb: 'host',
  bootloader: ADAFRUIT_BOOTLOADER,
  feeds: [
    {
      name: 'battery pads, through the linear regulator',
      volts: 3.7,
      conversion: { kind: 'linear' },
      regulator: 'Regulator',
      source:
        'schematic; Seeed forum 274333: 5.6 uA asleep from a battery, 5.4 mA at VIN, where the charger draws',
      evidence: 'measured',
    },
    {
      name: 'pin 3V3',
      volts: 3.3,
      conversion: { kind: 'direct' },
      source: 'schematic',
      evidence: 'published',
    },
  ],
  parts: [
    { kind: 'led', name: 'LED red', pin: 'P0.26', activeLow: true },
    { kind: 'led', name: 'LED green', pin: 'P0.30', activeLow: true },
    { kind: 'led', name: 'LED blue', pin: 'P0.06', activeLow: true },
    {
      kind: 'lsm6ds3',
      name: 'LSM6DS3TR-C',
      scl: 'P0.27',
      sda: 'P0.07',
      supplyPin: 'P1.08',
      pullUpPin: 'P1.08',
      int1: 'P0.11',
    },
    {
      kind: 'microphone',
      name: 'Microphone',
      clock: 'P1.00',
      data: 'P0.16',
      side: 'left',
      supplyPin: 'P1.10',
    },
    { kind: 'constant', name: 'Regulator', state: 'XC6210, idle' },
    {
      kind: 'flash',
      name: 'QSPI flash',
      flash: 'P25Q16H',
      sck: 'P0.21',
      csn: 'P0.25',
      io0: 'P0.20',
      io1: 'P0.24',
    },
  ],
}
