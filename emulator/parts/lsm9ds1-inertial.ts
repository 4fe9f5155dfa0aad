import { Lsm9ds1Interrupts } from './lsm9ds1-interrupts.ts'
import type { Lsm9ds1InterruptsState } from './lsm9ds1-interrupts.ts'
import { RegisterSlave } from './register-slave.ts'
import type { RegisterSlaveState } from './register-slave.ts'
import { SampleFifo } from './sample-fifo.ts'
import type { SampleFifoState } from './sample-fifo.ts'
import { SampledSensor } from './sampled-sensor.ts'
import type { SampledSensorState } from './sampled-sensor.ts'
import { hertz } from './sampler.ts'
import type { SensorEnvironment } from './sensor-channel.ts'

const WHO_AM_I = 0x0f
const CTRL_REG1_G = 0x10
const CTRL_REG3_G = 0x12
const CTRL_REG3_G_LP_MODE = 1 << 7
const INT_GEN_SRC_XL = 0x26
const OUT_TEMP_L = 0x15
const OUT_TEMP_H = 0x16
const STATUS_REG_1 = 0x17
const OUT_X_L_G = 0x18
const OUT_Z_H_G = 0x1d
const CTRL_REG4 = 0x1e
const CTRL_REG5_XL = 0x1f
const CTRL_REG6_XL = 0x20
const CTRL_REG8 = 0x22
const CTRL_REG9 = 0x23
const STATUS_REG_2 = 0x27
const OUT_X_L_XL = 0x28
const OUT_Z_H_XL = 0x2d
const FIFO_CTRL = 0x2e
const FIFO_SRC = 0x2f
const READ_ONLY = new Set([
  WHO_AM_I,
  0x14,
  OUT_TEMP_L,
  OUT_TEMP_H,
  STATUS_REG_1,
  INT_GEN_SRC_XL,
  STATUS_REG_2,
  FIFO_SRC,
])

const CTRL_REG8_BOOT = 1 << 7
const CTRL_REG8_BDU = 1 << 6
const CTRL_REG8_IF_ADD_INC = 1 << 2
const CTRL_REG8_BLE = 1 << 1
const CTRL_REG8_SW_RESET = 1 << 0
const CTRL_REG9_SLEEP_G = 1 << 6
const CTRL_REG9_FIFO_EN = 1 << 1
const CTRL_REG9_STOP_ON_FTH = 1 << 0
const FIFO_DEPTH = 32
const FIFO_MODE_STOP_WHEN_FULL = 1
const FIFO_MODES_CONTINUOUS = [3, 6]

/** Registers that are not zero after reset (DocID025715, table 21). */
const DEFAULTS = [
  [WHO_AM_I, 0x68],
  [CTRL_REG4, 0x38],
  [CTRL_REG5_XL, 0x38],
  [CTRL_REG8, CTRL_REG8_IF_ADD_INC],
] as const
/** ODR_G of CTRL_REG1_G (table 46), ODR_XL of CTRL_REG6_XL (table 68). */
const GYROSCOPE_RATES = [
  undefined,
  hertz(149, 10),
  hertz(119, 2),
  hertz(119),
  hertz(238),
  hertz(476),
  hertz(952),
]
/** LP_mode lowers the current up to this data rate (table 46). */
const FASTEST_LOW_POWER = 119
const ACCELEROMETER_RATES = [undefined, hertz(10), hertz(50), hertz(119), hertz(238), hertz(476), hertz(952)]
/** FS_G and FS_XL: unit per LSB (table 3, sensor characteristics) and full scale, in dps and g. */
const GYROSCOPE_SCALES = [
  { perLsb: 0.00875, fullScale: 245 },
  { perLsb: 0.0175, fullScale: 500 },
  { perLsb: 0.07, fullScale: Infinity },
  { perLsb: 0.07, fullScale: 2000 },
] as const
const ACCELEROMETER_SCALES = [
  { perLsb: 0.000061, fullScale: 2 },
  { perLsb: 0.000732, fullScale: 16 },
  { perLsb: 0.000122, fullScale: 4 },
  { perLsb: 0.000244, fullScale: 8 },
] as const
/** OUT_TEMP: 16 LSB a degree, zero at 25 degrees Celsius (table 5). */
const TEMPERATURE_PER_DEGREE = 16
const TEMPERATURE_ZERO = 25

export interface Lsm9ds1InertialState extends RegisterSlaveState {
  readonly gyroscope: SampledSensorState
  readonly accelerometer: SampledSensorState
  readonly fifo: SampleFifoState
  readonly temperatureSeen: number
  readonly interrupts: Lsm9ds1InterruptsState
}

/**
 * The accelerometer and gyroscope die. Approximated:
 * 1. With the gyroscope on the accelerometer follows its data rate, whatever ODR_XL says.
 * 2. FIFO: bypass, FIFO and continuous; the two triggered modes behave as the one they begin in. A slot leaves when
 *    OUT_Z_H_XL is read; burst reads do not wrap around from it.
 * 3. The temperature is as fresh as the newest sample of either sensor.
 */
export class Lsm9ds1Inertial extends RegisterSlave {
  readonly #environment: SensorEnvironment
  readonly #gyroscope = new SampledSensor(['gx', 'gy', 'gz'], OUT_X_L_G)
  readonly #accelerometer = new SampledSensor(['ax', 'ay', 'az'], OUT_X_L_XL)
  readonly #fifo = new SampleFifo(this.#accelerometer.grid)
  #temperatureSeen = 0
  readonly #interrupts: Lsm9ds1Interrupts

  constructor(environment: SensorEnvironment) {
    super([0x6b])
    this.#environment = environment
    this.#interrupts = new Lsm9ds1Interrupts(environment, {
      register: (address) => this.registers[address] ?? 0,
      nextSample: () => {
        const { grid } = this.#accelerometer
        return grid.running ? grid.cycleOf(grid.count(this.#now) + 1) : undefined
      },
      acceleration: () => [0, 1, 2].map((axis) => this.#counts(this.#accelerometer, axis, false)),
      freshAcceleration: () => this.#accelerometer.isFresh(this.#now),
      freshRotation: () => this.#gyroscope.isFresh(this.#now),
      fifoReached: () => (this.#fifoSource() & 0x80) !== 0,
      fifoOverrun: () => (this.#fifoSource() & 0x40) !== 0,
    })
    this.#setDefaults()
  }

  powerOnReset(supplied: boolean): void {
    this.#setDefaults()
    this.#environment.power.enter('LSM9DS1 inertial', supplied ? 'powerDown' : 'off', this.#now)
  }

  override save(): Lsm9ds1InertialState {
    return {
      ...super.save(),
      gyroscope: this.#gyroscope.save(),
      accelerometer: this.#accelerometer.save(),
      fifo: this.#fifo.save(),
      temperatureSeen: this.#temperatureSeen,
      interrupts: this.#interrupts.save(),
    }
  }

  override restore(state: Lsm9ds1InertialState): void {
    super.restore(state)
    this.#gyroscope.restore(state.gyroscope)
    this.#accelerometer.restore(state.accelerometer)
    this.#fifo.restore(state.fifo)
    this.#temperatureSeen = state.temperatureSeen
    this.#interrupts.restore(state.interrupts)
  }

  protected get answers(): boolean {
    return this.#environment.answers()
  }

  protected autoIncrements(): boolean {
    return this.#flag(CTRL_REG8, CTRL_REG8_IF_ADD_INC)
  }

  protected readRegister(register: number): number {
    if (register >= OUT_X_L_G && register <= OUT_Z_H_G) return this.#output(this.#gyroscope, register)
    if (register >= OUT_X_L_XL && register <= OUT_Z_H_XL) return this.#output(this.#accelerometer, register)
    if (register === OUT_TEMP_L || register === OUT_TEMP_H) return this.#temperature(register)
    if (register === STATUS_REG_1 || register === STATUS_REG_2) return this.#status()
    if (register === FIFO_SRC) return this.#fifoSource()
    if (register === INT_GEN_SRC_XL) return this.#interrupts.takeSource()
    return this.registers[register] ?? 0
  }

  protected writeRegister(register: number, value: number): void {
    if (READ_ONLY.has(register) || (register >= OUT_X_L_G && register <= OUT_Z_H_G)) return
    if (register >= OUT_X_L_XL && register <= OUT_Z_H_XL) return
    const previous = this.registers[register] ?? 0
    this.registers[register] = value
    if (register === CTRL_REG8) this.#control(value)
    else if (register === FIFO_CTRL || register === CTRL_REG9) this.#restartFifo()
    else if (register === CTRL_REG1_G || register === CTRL_REG6_XL) this.#changeRate(register, previous >> 5)
    if (register === CTRL_REG9 || register === CTRL_REG3_G) this.#reportPower()
    this.#interrupts.changed(register)
  }

  get #now(): number {
    return this.#environment.clock.now
  }

  #flag(register: number, mask: number): boolean {
    return ((this.registers[register] ?? 0) & mask) !== 0
  }

  #setDefaults(): void {
    this.registers.fill(0)
    for (const [register, value] of DEFAULTS) this.registers[register] = value
    this.#gyroscope.restart(undefined, this.#now)
    this.#accelerometer.restart(undefined, this.#now)
    this.#restartFifo()
    this.#interrupts.reset()
  }

  #control(value: number): void {
    if ((value & CTRL_REG8_SW_RESET) !== 0) {
      this.#setDefaults()
      this.#environment.power.enter('LSM9DS1 inertial', 'powerDown', this.#now)
    } else if ((value & CTRL_REG8_BOOT) !== 0) {
      this.registers[CTRL_REG8] = value & ~CTRL_REG8_BOOT
    }
  }

  #changeRate(register: number, previousRate: number): void {
    const gyroscope = GYROSCOPE_RATES[(this.registers[CTRL_REG1_G] ?? 0) >> 5]
    const accelerometer = gyroscope ?? ACCELEROMETER_RATES[(this.registers[CTRL_REG6_XL] ?? 0) >> 5]
    if ((this.registers[register] ?? 0) >> 5 === previousRate) return
    if (register === CTRL_REG1_G) this.#gyroscope.restart(gyroscope, this.#now)
    if (register === CTRL_REG1_G || gyroscope === undefined)
      this.#accelerometer.restart(accelerometer, this.#now)
    this.#restartFifo()
    this.#interrupts.changed()
    this.#reportPower()
  }

  get #powerState(): string {
    const gyroscope = GYROSCOPE_RATES[(this.registers[CTRL_REG1_G] ?? 0) >> 5]
    if (gyroscope === undefined) return this.#accelerometer.grid.running ? 'accelerometer' : 'powerDown'
    if (this.#flag(CTRL_REG9, CTRL_REG9_SLEEP_G)) return 'gyroscope asleep'
    const rate = gyroscope.numerator / gyroscope.denominator
    const low = this.#flag(CTRL_REG3_G, CTRL_REG3_G_LP_MODE) && rate <= FASTEST_LOW_POWER
    return low ? `gyroscope low power ${rate} Hz` : 'gyroscope'
  }

  #reportPower(): void {
    this.#environment.power.enter('LSM9DS1 inertial', this.#powerState, this.#now)
  }

  #output(sensor: SampledSensor, register: number): number {
    const offset = register - sensor.firstRegister
    const high = (offset & 1) !== (this.#flag(CTRL_REG8, CTRL_REG8_BLE) ? 1 : 0)
    const second = (offset & 1) === 1
    const word = second && sensor.held !== undefined ? sensor.held : this.#counts(sensor, offset >> 1)
    sensor.held = !second && this.#flag(CTRL_REG8, CTRL_REG8_BDU) ? word : undefined
    if (second) sensor.seen = sensor.grid.count(this.#now)
    if (register === OUT_Z_H_XL && this.#fifoOn) this.#fifo.shift()
    if (second) this.#interrupts.update()
    return (high ? word >> 8 : word) & 0xff
  }

  /** @param queued what the firmware reads next, else the newest sample */
  #counts(sensor: SampledSensor, axis: number, queued = true): number {
    const sample = sensor.grid.count(this.#now)
    const cycle = queued && this.#fifoOn ? this.#oldest() : sensor.grid.cycleOf(sample)
    const channel = sensor.channels[axis]
    if (!sensor.grid.running || sample === 0 || cycle === undefined || channel === undefined) return 0
    const isGyroscope = sensor === this.#gyroscope
    const setting = ((this.registers[isGyroscope ? CTRL_REG1_G : CTRL_REG6_XL] ?? 0) >> 3) & 3
    const scale = (isGyroscope ? GYROSCOPE_SCALES : ACCELEROMETER_SCALES)[setting] ?? ACCELEROMETER_SCALES[0]
    return this.#environment.digitizer.counts(channel, scale.perLsb, scale.fullScale, cycle)
  }

  #status(): number {
    const samples = Math.max(this.#accelerometer.grid.count(this.#now), this.#gyroscope.grid.count(this.#now))
    return (
      (this.#accelerometer.isFresh(this.#now) ? 1 : 0) |
      (this.#gyroscope.isFresh(this.#now) ? 2 : 0) |
      (samples > this.#temperatureSeen ? 4 : 0) |
      (this.#interrupts.active ? 0x40 : 0)
    )
  }

  #temperature(register: number): number {
    const degrees = this.#environment.temperature(this.#now) - TEMPERATURE_ZERO
    const word = Math.round(TEMPERATURE_PER_DEGREE * degrees)
    if (register === OUT_TEMP_H) {
      this.#temperatureSeen = Math.max(
        this.#accelerometer.grid.count(this.#now),
        this.#gyroscope.grid.count(this.#now),
      )
    }
    return (register === OUT_TEMP_H ? word >> 8 : word) & 0xff
  }

  get #fifoMode(): number {
    return (this.registers[FIFO_CTRL] ?? 0) >> 5
  }

  get #fifoOn(): boolean {
    const mode = this.#fifoMode
    const collects = mode === FIFO_MODE_STOP_WHEN_FULL || FIFO_MODES_CONTINUOUS.includes(mode)
    return collects && this.#flag(CTRL_REG9, CTRL_REG9_FIFO_EN)
  }

  #restartFifo(): void {
    this.#fifo.restart(this.#now)
  }

  #fillFifo(): void {
    const threshold = (this.registers[FIFO_CTRL] ?? 0) & 0x1f
    const depth = this.#flag(CTRL_REG9, CTRL_REG9_STOP_ON_FTH) ? threshold : FIFO_DEPTH
    this.#fifo.fill(this.#now, depth, this.#fifoMode === FIFO_MODE_STOP_WHEN_FULL)
  }

  #oldest(): number | undefined {
    this.#fillFifo()
    return this.#fifo.oldest
  }

  #fifoSource(): number {
    if (!this.#fifoOn) return 0
    this.#fillFifo()
    const threshold = (this.registers[FIFO_CTRL] ?? 0) & 0x1f
    const reached = this.#fifo.length >= threshold
    return (reached ? 0x80 : 0) | (this.#fifo.overrun ? 0x40 : 0) | this.#fifo.length
  }
}
