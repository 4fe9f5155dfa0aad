import type { PartCurrents, StateCurrent } from './coefficients.ts'
import { estimate, row } from './rows.ts'

const board = (states: Readonly<Record<string, StateCurrent>>): PartCurrents => ({
  group: 'board',
  regulated: false,
  states,
})

const LSM9DS1 = 'LSM9DS1 data sheet DocID025715 Rev 3'
const LSM9DS1_POOR = `${LSM9DS1}, electrical characteristics; row not confirmed`
const LSM6DS3 =
  'LSM6DS3TR-C data sheet DocID030071, mechanical and electrical characteristics; row not confirmed'
const BMI270 = 'BMI270 data sheet BST-BMI270-DS000, electrical characteristics; row not confirmed'
const BMM150 = 'BMM150 data sheet BST-BMM150-DS001, current consumption; row not confirmed'
const HS3003 = 'Renesas HS300x data sheet, electrical characteristics; row not confirmed'
const APDS9960 = 'APDS-9960 data sheet AV02-4191EN'

/** By the rates of CTRL_REG1. */
const lps22hb = (mode: string, microamps: readonly number[]): Readonly<Record<string, StateCurrent>> =>
  Object.fromEntries(
    [1, 10, 25, 50, 75].map((rate, i) => {
      const typical = microamps[i] ?? 0
      const source = 'LPS22HB data sheet DocID027083: 12 and 3 uA at 1 Hz, times the rate; row not confirmed'
      return [`${mode} ${rate} Hz`, estimate(typical, [typical / 3, 2 * typical], `ODR ${rate} Hz`, source)]
    }),
  )

/** What is soldered around the chip. Boards add their own rows for what depends on their resistors. */
export const PART_CURRENTS: Readonly<Record<string, PartCurrents>> = {
  'LSM9DS1 inertial': board({
    powerDown: estimate(6, [2, 15], 'accelerometer and gyroscope off', LSM9DS1_POOR),
    accelerometer: estimate(
      330,
      [200, 600],
      'gyroscope off',
      `${LSM9DS1_POOR}; 600 uA with the magnetometer`,
    ),
    gyroscope: row(4000, 0.15, 'published', 'both running, normal mode', `${LSM9DS1}: about 4 mA`),
    'gyroscope asleep': estimate(1000, [330, 2500], 'SLEEP_G: drive on, no output', LSM9DS1_POOR),
    'gyroscope low power 14.9 Hz': row(1900, 0.15, 'published', 'LP_mode', `${LSM9DS1}: down to 1.9 mA`),
    'gyroscope low power 59.5 Hz': estimate(2400, [2000, 2900], 'LP_mode', LSM9DS1_POOR),
    'gyroscope low power 119 Hz': estimate(3100, [2600, 3600], 'LP_mode', LSM9DS1_POOR),
  }),
  'LSM9DS1 magnetometer': board({
    powerDown: estimate(1, [0.5, 3], 'idle', LSM9DS1_POOR),
    'low power': estimate(40, [20, 80], 'OM 0', LSM9DS1_POOR),
    medium: estimate(90, [50, 150], 'OM 1', LSM9DS1_POOR),
    high: estimate(150, [100, 250], 'OM 2', LSM9DS1_POOR),
    'ultra-high': estimate(270, [200, 400], 'OM 3', LSM9DS1_POOR),
  }),
  'LSM6DS3TR-C': board({
    powerDown: estimate(3, [1.5, 6], 'both off', LSM6DS3),
    'accelerometer low power 1.6 Hz': estimate(4.5, [3, 8], 'ODR 1.6 Hz', LSM6DS3),
    'accelerometer low power 12.5 Hz': estimate(9, [6, 15], 'XL_HM_MODE', LSM6DS3),
    'accelerometer low power 26 Hz': estimate(14, [9, 22], 'XL_HM_MODE', LSM6DS3),
    'accelerometer low power 52 Hz': estimate(25, [15, 40], 'XL_HM_MODE', LSM6DS3),
    'accelerometer normal': estimate(85, [45, 130], '104 and 208 Hz', LSM6DS3),
    'accelerometer high performance': estimate(160, [120, 240], 'XL_HM_MODE = 0, any rate', LSM6DS3),
    'both low power': estimate(290, [240, 400], 'up to 52 Hz', LSM6DS3),
    'both normal': estimate(450, [400, 600], '104 and 208 Hz', LSM6DS3),
    'both high performance': estimate(900, [800, 1100], 'any rate', LSM6DS3),
    'gyroscope asleep': estimate(300, [150, 500], 'SLEEP_G', LSM6DS3),
  }),
  Microphone: board({
    on: row(650, 0.3, 'measured', 'MP34DT05 clocked at 1 MHz', 'DevZone 105386: the microphone alone 650 uA'),
    sleep: estimate(5, [1, 25], 'supplied, no clock', 'MP34DT05 data sheet, power-down; not confirmed'),
  }),
  LED: board({ on: estimate(2000, [500, 5000], 'any light', 'the board gives no resistor') }),
  Regulator: board({
    'MPM3610, idle': estimate(
      240,
      [180, 400],
      'on, no load, not switching',
      'MPM3610 data sheet, quiescent current; not confirmed',
    ),
    'XC6210, idle': estimate(
      2,
      [1, 4],
      'on, no load',
      'Seeed forum 271841: 2.4 uA measured with the chip in System OFF',
    ),
  }),
  I2C: board({
    transfer: estimate(
      700,
      [200, 1500],
      'pull-ups; SCL and SDA low half of the time',
      'two resistors of 4.7 kOhm at 3.3 V; the values on the boards were not confirmed',
    ),
  }),
  BMI270: board({
    suspended: estimate(3.5, [2, 8], 'nothing on, advanced power save', BMI270),
    configuring: estimate(120, [30, 250], 'nothing on, no power save', BMI270),
    'accelerometer low power': estimate(30, [4, 210], 'acc_filter_perf = 0, any rate', BMI270),
    'accelerometer performance': estimate(210, [150, 300], 'acc_filter_perf = 1', BMI270),
    gyroscope: estimate(600, [400, 900], 'accelerometer off', BMI270),
    both: estimate(685, [500, 970], 'both running', `${BMI270}: 685 uA in its summary`),
  }),
  BMM150: board({
    suspended: estimate(1, [0.5, 3], 'POWER = 0', BMM150),
    asleep: estimate(3, [1, 6], 'powered, sleep mode', BMM150),
    measuring: estimate(
      500,
      [170, 4900],
      'normal mode, from its low-power to its high-accuracy preset',
      BMM150,
    ),
  }),
  HS3003: board({
    asleep: estimate(0.6, [0.1, 2], 'not asked', HS3003),
    measuring: estimate(750, [200, 1500], 'measuring', HS3003),
  }),
  LPS22HB: board({
    powerDown: estimate(1, [0.5, 3], 'no rate set', 'LPS22HB data sheet DocID027083: down to 3 uA running'),
    ...lps22hb('low noise', [12, 120, 300, 600, 900]),
    ...lps22hb('low current', [3, 30, 75, 150, 225]),
  }),
  HTS221: board({
    powerDown: estimate(
      0.5,
      [0.2, 2],
      'PD = 0, or no rate set',
      'HTS221 data sheet DocID026333: 2 uA running at 1 Hz',
    ),
    '1 Hz': row(2, 0.5, 'published', 'few averages', 'HTS221 data sheet DocID026333: 2 uA at 1 Hz'),
    '7 Hz': estimate(14, [7, 150], '7 Hz', 'HTS221 data sheet DocID026333: 2 uA at 1 Hz, times the rate'),
    '12.5 Hz': estimate(
      25,
      [12, 300],
      '12.5 Hz',
      'HTS221 data sheet DocID026333: 2 uA at 1 Hz, times the rate',
    ),
  }),
  'APDS-9960': board({
    asleep: estimate(2, [0.5, 10], 'PON = 0', `${APDS9960}, sleep mode; row not confirmed`),
    idle: estimate(38, [20, 80], 'PON alone', `${APDS9960}, wait state; row not confirmed`),
    light: estimate(200, [100, 300], 'AEN', `${APDS9960}, active ALS state; row not confirmed`),
    proximity: estimate(
      790,
      [300, 6000],
      'PEN or GEN; with the pulses of its own light',
      `${APDS9960}, proximity; row not confirmed`,
    ),
  }),
  ATECC608A: board({
    asleep: estimate(
      0.15,
      [0.03, 2],
      'never woken',
      'ATECC608A data sheet, sleep current; row not confirmed',
    ),
  }),
  'QSPI flash': board({
    standby: estimate(15, [5, 40], 'not put into deep power-down', 'data-sheet standby current'),
    'deep power-down': estimate(1, [0.1, 5], 'command 0xB9', 'data sheet'),
    programming: estimate(4000, [1500, 10_000], 'a page or a status register', 'no row confirmed'),
    erasing: estimate(4000, [1500, 10_000], 'a block', 'no row confirmed'),
  }),
}
