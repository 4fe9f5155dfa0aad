import type { BoardDescription } from './board.ts'
import { INTERNAL_BUS, NANO_33_BLE_SENSE } from './nano33blesense.ts'

/** Of revision 1, what revision 2 has not. */
const REPLACED = ['LSM9DS1', 'HTS221', 'ATECC608A']

/**
 * Arduino Nano 33 BLE Sense Rev2 (ABX00069), data sheet and variant pins: as revision 1, with BMI270 and BMM150 for the
 * LSM9DS1, HS3003 for the HTS221, and without ATECC608A. Approximated: 1. The interrupt pins of BMI270 and APDS-9960 stay
 * still. 2. Regulator and lights are those of revision 1.
 */
export const NANO_33_BLE_SENSE_REV2: BoardDescription = {
  ...NANO_33_BLE_SENSE,
  name: 'Arduino Nano 33 BLE Sense Rev2',
  parts: [
    ...NANO_33_BLE_SENSE.parts.filter(({ name }) => !REPLACED.includes(name)),
    { kind: 'bmi270', name: 'BMI270', ...INTERNAL_BUS },
    { kind: 'bmm150', name: 'BMM150', ...INTERNAL_BUS },
    { kind: 'hs3003', name: 'HS3003', ...INTERNAL_BUS },
  ],
}
