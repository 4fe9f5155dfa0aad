import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import { PairSensor } from './pair-sensor.ts'
import { SIGNED_16 } from './room-sensor.ts'
import type { RoomSensorOptions } from './room-sensor.ts'
import { hertz } from './sampler.ts'

const WHO_AM_I = 0x0f
const CTRL_REG1 = 0x10
const CTRL_REG2 = 0x11
const CTRL_REG3 = 0x12
const FIFO_CTRL = 0x14
const RES_CONF = 0x1a
const STATUS = 0x27
const PRESS_OUT_XL = 0x28
const PRESS_OUT_H = 0x2a
const TEMP_OUT_L = 0x2b
const TEMP_OUT_H = 0x2c
/** Settings that do nothing here. */
const STORED = [0x0b, 0x0c, 0x0d, CTRL_REG3, FIFO_CTRL, 0x15, 0x16, 0x17, 0x18, 0x19]

const INCREMENTS = 0x10
const SOFTWARE_RESET = 4
const ONE_SHOT = 1
const LOW_CURRENT = 1
const PRESSURE_READY = 1
const TEMPERATURE_READY = 2
const RATES = [undefined, hertz(1), hertz(10), hertz(25), hertz(50), hertz(75)]
/** Of a conversion that was asked for: the period of 75 Hz; the data sheet has no figure. */
const ONE_SHOT_RATE = hertz(75)
const COUNTS_PER_HECTOPASCAL = 4096
const COUNTS_PER_DEGREE = 100
const SIGNED_24 = [-(2 ** 23), 2 ** 23 - 1] as const

const [PRESSURE, TEMPERATURE] = [0, 1] as const

/**
 * LPS22HB, ST DocID027083: pressure and temperature at 0x5C (SA0 low). Approximated: 1. FIFO, interrupt, reference and
 * offset are storage, which is told where FIFO_CTRL is written. 2. The low-pass filter and BDU change nothing.
 * 3. What a conversion that was asked for draws is not counted.
 */
export class Lps22hb extends PairSensor {
  protected readonly bootCycles = 2200 * CYCLES_PER_MICROSECOND

  constructor(options: RoomSensorOptions) {
    super(options, 0x5c)
  }

  protected powerOn(): void {
    this.registers.fill(0)
    this.registers[WHO_AM_I] = 0xb1
    this.registers[CTRL_REG2] = INCREMENTS
    this.#start()
  }

  protected autoIncrements(): boolean {
    return ((this.registers[CTRL_REG2] ?? 0) & INCREMENTS) !== 0
  }

  protected readRegister(register: number): number {
    if (register === STATUS)
      return (
        (this.isFresh(PRESSURE) ? PRESSURE_READY : 0) | (this.isFresh(TEMPERATURE) ? TEMPERATURE_READY : 0)
      )
    if (register === CTRL_REG2 && this.taken > 0) return (this.registers[CTRL_REG2] ?? 0) & ~ONE_SHOT
    if (register < PRESS_OUT_XL || register > TEMP_OUT_H) return this.registers[register] ?? 0
    if (register === PRESS_OUT_H) this.fetch(PRESSURE)
    if (register === TEMP_OUT_H) this.fetch(TEMPERATURE)
    return register < TEMP_OUT_L
      ? (this.newest('pressure', COUNTS_PER_HECTOPASCAL, SIGNED_24) >> (8 * (register - PRESS_OUT_XL))) & 0xff
      : (this.newest('temperature', COUNTS_PER_DEGREE, SIGNED_16) >> (8 * (register - TEMP_OUT_L))) & 0xff
  }

  protected writeRegister(register: number, value: number): void {
    if (register === CTRL_REG2 && (value & SOFTWARE_RESET) !== 0) {
      this.powerOn()
      return
    }
    if (![CTRL_REG1, CTRL_REG2, RES_CONF, ...STORED].includes(register)) return
    this.registers[register] = value
    if (register === FIFO_CTRL && value !== 0) this.unmodelled('FIFO_CTRL')
    if (register === CTRL_REG1 || register === RES_CONF) this.#start()
    if (register === CTRL_REG2 && (value & ONE_SHOT) !== 0) this.#convertOnce()
  }

  get #rate(): number {
    return ((this.registers[CTRL_REG1] ?? 0) >> 4) & 7
  }

  #start(): void {
    const rate = RATES[this.#rate]
    this.sampleAt(rate)
    const mode = ((this.registers[RES_CONF] ?? 0) & LOW_CURRENT) !== 0 ? 'low current' : 'low noise'
    this.enter(rate ? `${mode} ${rate.numerator} Hz` : 'powerDown')
  }

  #convertOnce(): void {
    if (this.#rate === 0) this.sampleOnce(ONE_SHOT_RATE)
  }
}
