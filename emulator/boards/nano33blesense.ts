import { estimate } from '../power/rows.ts'
import { ARDUINO_BOOTLOADER } from './arduino-bootloader.ts'
import type { BoardDescription } from './board.ts'

/** Wire1: its sensors are supplied by P0.22, its pull-ups by P1.00. */
export const INTERNAL_BUS = {
  scl: 'P0.15',
  sda: 'P0.14',
  supplyPin: 'P0.22',
  pullUpPin: 'P1.00',
} as const

/**
 * Arduino Nano 33 BLE Sense, revision 1 (ABX00031), schematic and variant pins. Approximated:
 * 1. ATECC608A does not acknowledge its address; it draws what it draws when nobody wakes it.
 * 2. None of the LSM9DS1's interrupt lines reaches the microcontroller, as on the real board (Arduino forum 639869).
 */
export const NANO_33_BLE_SENSE: BoardDescription = {
  name: 'Arduino Nano 33 BLE Sense',
  chip: 'nRF52840',
  supplyVolts: 3.3,
  console: { tx: 'P1.03', rx: 'P1.10' },
  usb: 'host',
  bootloader: ARDUINO_BOOTLOADER,
  parts: [
    { kind: 'led', name: 'LED power', pin: 'P1.09', activeLow: false },
    { kind: 'led', name: 'LED builtin', pin: 'P0.13', activeLow: false },
    { kind: 'led', name: 'LED red', pin: 'P0.24', activeLow: true },
    { kind: 'led', name: 'LED green', pin: 'P0.16', activeLow: true },
    { kind: 'led', name: 'LED blue', pin: 'P0.06', activeLow: true },
    {
      kind: 'lsm9ds1',
      name: 'LSM9DS1',
      ...INTERNAL_BUS,
    },
    {
      kind: 'microphone',
      name: 'Microphone',
      clock: 'P0.26',
      data: 'P0.25',
      side: 'left',
      supplyPin: 'P0.17',
    },
    { kind: 'constant', name: 'Regulator', state: 'MPM3610, idle' },
    { kind: 'lps22hb', name: 'LPS22HB', ...INTERNAL_BUS },
    { kind: 'hts221', name: 'HTS221', ...INTERNAL_BUS },
    { kind: 'apds9960', name: 'APDS-9960', ...INTERNAL_BUS },
    { kind: 'constant', name: 'ATECC608A', state: 'asleep' },
  ],
  feeds: [
    {
      name: 'pin +3V3, the bridge SJ3 to the MPM3610 cut',
      volts: 3.3,
      conversion: { kind: 'direct' },
      source: 'Arduino ABX00031 data sheet, power tree; Arduino forum 659190',
      evidence: 'published',
    },
    {
      name: 'USB or VIN at 5 V, through the MPM3610',
      volts: 5,
      conversion: { kind: 'switching', efficiency: 0.75, range: [0.65, 0.9] },
      regulator: 'Regulator',
      source:
        'Arduino ABX00031 data sheet: at least 65 % at minimum load, more than 85 % at 12 V; between: estimate',
      evidence: 'estimate',
    },
  ],
  currents: {
    'LED power': {
      group: 'board',
      regulated: false,
      states: {
        on: estimate(1500, [500, 4000], 'green, from 3.3 V', 'the series resistor was not confirmed'),
      },
    },
  },
}
