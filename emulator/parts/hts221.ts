import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import { PairSensor } from './pair-sensor.ts'
import { SIGNED_16 } from './room-sensor.ts'
import type { RoomSensorOptions } from './room-sensor.ts'
import { hertz } from './sampler.ts'

const WHO_AM_I = 0x0f
const AV_CONF = 0x10
const CTRL_REG1 = 0x20
const CTRL_REG2 = 0x21
const CTRL_REG3 = 0x22
const STATUS = 0x27
const HUMIDITY_OUT_L = 0x28
const TEMP_OUT_L = 0x2a
const CALIBRATION = 0x30

const ACTIVE = 0x80
const ONE_SHOT = 1
const BOOT = 0x80
const TEMPERATURE_READY = 1
const HUMIDITY_READY = 2
const RATES = [undefined, hertz(1), hertz(7), hertz(25, 2)]
const STATES = ['powerDown', '1 Hz', '7 Hz', '12.5 Hz']
/** Of a conversion that was asked for: the period of 12.5 Hz; the data sheet has no figure. */
const ONE_SHOT_CYCLES = 80_000 * CYCLES_PER_MICROSECOND

/** Counts of a percent and of a degree: this part's own calibration, in round figures, at two points of each. */
const COUNTS_PER_PERCENT = 200
const COUNTS_PER_DEGREE = 100
const [LOW_PERCENT, HIGH_PERCENT] = [20, 80]
const [LOW_DEGREES, HIGH_DEGREES] = [10, 40]

const calibration = (): number[] => {
  const word = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff]
  return [
    2 * LOW_PERCENT,
    2 * HIGH_PERCENT,
    (8 * LOW_DEGREES) & 0xff,
    (8 * HIGH_DEGREES) & 0xff,
    0,
    ((8 * LOW_DEGREES) >> 8) | (((8 * HIGH_DEGREES) >> 8) << 2),
    ...word(COUNTS_PER_PERCENT * LOW_PERCENT), // H0_T0_OUT
    ...[0, 0],
    ...word(COUNTS_PER_PERCENT * HIGH_PERCENT), // H1_T0_OUT
    ...word(COUNTS_PER_DEGREE * LOW_DEGREES), // T0_OUT
    ...word(COUNTS_PER_DEGREE * HIGH_DEGREES), // T1_OUT
  ]
}

const [HUMIDITY, TEMPERATURE] = [0, 1] as const

/**
 * HTS221, ST DocID026333: humidity and temperature at 0x5F. Approximated: 1. AV_CONF's averages change nothing, and BDU is
 * storage. 2. The heater heats nothing. 3. DRDY stays still; the pin is not wired on our boards. 4. What
 * a conversion that was asked for draws is not counted.
 */
export class Hts221 extends PairSensor {
  protected readonly bootCycles = 5000 * CYCLES_PER_MICROSECOND

  constructor(options: RoomSensorOptions) {
    super(options, 0x5f)
  }

  protected powerOn(): void {
    this.registers.fill(0)
    this.registers[WHO_AM_I] = 0xbc
    this.registers[AV_CONF] = 0x1b
    this.registers.set(calibration(), CALIBRATION)
    this.#start()
  }

  protected autoIncrements(subAddress: number): boolean {
    return (subAddress & 0x80) !== 0
  }

  protected readRegister(register: number): number {
    if (register === STATUS)
      return (
        (this.isFresh(TEMPERATURE) ? TEMPERATURE_READY : 0) | (this.isFresh(HUMIDITY) ? HUMIDITY_READY : 0)
      )
    if (register === CTRL_REG2 && this.taken > 0) return (this.registers[CTRL_REG2] ?? 0) & ~ONE_SHOT
    if (register < HUMIDITY_OUT_L || register > TEMP_OUT_L + 1) return this.registers[register] ?? 0
    const channel = register < TEMP_OUT_L ? HUMIDITY : TEMPERATURE
    if (register & 1) this.fetch(channel)
    const value =
      channel === HUMIDITY
        ? this.newest('humidity', COUNTS_PER_PERCENT, SIGNED_16)
        : this.newest('temperature', COUNTS_PER_DEGREE, SIGNED_16)
    return (register & 1 ? value >> 8 : value) & 0xff
  }

  protected writeRegister(register: number, value: number): void {
    if (![AV_CONF, CTRL_REG1, CTRL_REG2, CTRL_REG3].includes(register)) return
    this.registers[register] = value
    if (register === CTRL_REG1) this.#start()
    if (register === CTRL_REG2 && (value & BOOT) !== 0) this.registers[CTRL_REG2] = 0
    if (register === CTRL_REG2 && (value & ONE_SHOT) !== 0) this.#convertOnce()
  }

  get #control(): number {
    return this.registers[CTRL_REG1] ?? 0
  }

  #start(): void {
    const rate = (this.#control & ACTIVE) !== 0 ? this.#control & 3 : 0
    this.sampleAt(RATES[rate])
    this.enter(STATES[rate] ?? 'powerDown')
  }

  #convertOnce(): void {
    if ((this.#control & ACTIVE) === 0 || (this.#control & 3) !== 0) return
    this.sampleOnce(hertz(64_000_000, ONE_SHOT_CYCLES))
  }
}
