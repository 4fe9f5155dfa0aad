import type { BoardDescription } from './board.ts'

/**
 * Arduino Nano 33 BLE Sense, revision 1 (ABX00031), schematic and variant pins. Approximated:
 * 1. The LPS22HB, HTS221, APDS9960 and the PDM microphone are not there: their addresses are not acknowledged.
 * 2. None of the LSM9DS1's interrupt lines reaches the microcontroller, as on the real board.
 */
export const NANO_33_BLE_SENSE: BoardDescription = {
  name: 'Arduino Nano 33 BLE Sense',
  chip: 'nRF52840',
  supplyVolts: 3.3,
  console: { tx: 'P1.03', rx: 'P1.10' },
  parts: [
    { kind: 'led', name: 'LED power', pin: 'P1.09', activeLow: false },
    { kind: 'led', name: 'LED builtin', pin: 'P0.13', activeLow: false },
    { kind: 'led', name: 'LED red', pin: 'P0.24', activeLow: true },
    { kind: 'led', name: 'LED green', pin: 'P0.16', activeLow: true },
    { kind: 'led', name: 'LED blue', pin: 'P0.06', activeLow: true },
    {
      kind: 'lsm9ds1',
      name: 'LSM9DS1',
      scl: 'P0.15',
      sda: 'P0.14',
      supplyPin: 'P0.22',
      pullUpPin: 'P1.00',
    },
  ],
}
