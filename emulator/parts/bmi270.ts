import type { Cycles } from '../cpu/bus.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { Channel } from '../trace/recording.ts'
import { RegisterSlave } from './register-slave.ts'
import type { RegisterSlaveState } from './register-slave.ts'
import type { RoomSensorOptions } from './room-sensor.ts'
import { hertz } from './sampler.ts'
import type { DataRate } from './sampler.ts'
import { SampledSensor } from './sampled-sensor.ts'
import type { SampledSensorState } from './sampled-sensor.ts'
import { Digitizer } from './sensor-channel.ts'
import type { Clipping, DigitizerState } from './sensor-channel.ts'

const CHIP_ID = 0x00
const STATUS = 0x03
const ACC_X_LSB = 0x0c
const GYR_X_LSB = 0x12
const SENSORTIME_0 = 0x18
const EVENT = 0x1b
const INT_STATUS_1 = 0x1d
const INTERNAL_STATUS = 0x21
const TEMPERATURE_0 = 0x22
const FIFO_DATA = 0x26
const ACC_CONF = 0x40
const ACC_RANGE = 0x41
const GYR_CONF = 0x42
const GYR_RANGE = 0x43
const FIFO_CONFIG_1 = 0x49
const INIT_CTRL = 0x59
const INIT_ADDR_0 = 0x5b
const INIT_ADDR_1 = 0x5c
const INIT_DATA = 0x5e
const PWR_CONF = 0x7c
const PWR_CTRL = 0x7d
const CMD = 0x7e

const CMD_SOFT_RESET = 0xb6
/** Of PWR_CTRL. */
const GYR_EN = 2
const ACC_EN = 4
const ADVANCED_POWER_SAVE = 1
/** FIFO_CONFIG_1: the accelerometer, the gyroscope or the magnetometer is stored. */
const FIFO_SOURCES = 0xe0
/** INTERNAL_STATUS.message. */
const NOT_INITIALISED = 0
const INITIALISED = 1
const FAILED = 2

const CONFIGURATION_BYTES = 8192
/** From supply, and of a soft reset, to the first answer; and what loading the configuration takes at most: BST-BMI270-DS000. */
const BOOT_CYCLES = 2000 * CYCLES_PER_MICROSECOND
const INITIALISE_CYCLES = 20_000 * CYCLES_PER_MICROSECOND
/** SENSORTIME counts 39.0625 us. */
const SENSOR_TIME_CYCLES = 2500

const DEFAULTS = [
  [CHIP_ID, 0x24],
  [ACC_CONF, 0xa8],
  [ACC_RANGE, 0x02],
  [GYR_CONF, 0xa9],
  [0x46, 0x0f],
  [0x47, 0x88],
  [0x48, 0x02],
  [FIFO_CONFIG_1, 0x10],
  [PWR_CONF, 0x03],
] as const
/** ODR: 100 Hz times powers of two, 0.78 Hz to 1.6 kHz (accelerometer), 25 Hz to 3.2 kHz (gyroscope). */
const rateOf = (code: number, least: number, most: number): DataRate | undefined =>
  code < least || code > most
    ? undefined
    : code >= 8
      ? hertz(100 * 2 ** (code - 8))
      : hertz(100, 2 ** (8 - code))
const ACCELERATION_RANGES = [2, 4, 8, 16]
const ROTATION_RANGES = [2000, 1000, 500, 250, 125]

interface Bmi270State extends RegisterSlaveState {
  readonly acceleration: SampledSensorState
  readonly rotation: SampledSensorState
  readonly told: readonly number[]
  readonly digitizer: DigitizerState
  readonly suppliedSince: Cycles | undefined
  readonly pulledUp: boolean
  readonly bootedAt: Cycles
  readonly uploaded: number
  readonly message: number
  readonly initialisedAt: Cycles
}

/**
 * BMI270, Bosch BST-BMI270-DS000: accelerometer and gyroscope at 0x68. It gives data once its configuration of 8192 bytes
 * has been uploaded through INIT_DATA, as the real one does. Approximated:
 * 1. What the configuration says is not looked at, its length is: features (steps, gestures, any motion) do nothing.
 * 2. The FIFO is empty, which is told where it is switched on; interrupt pins stay still, INT_STATUS_1 has data ready.
 * 3. No noise, offset, filter or settling: a sample is the recording's value at that moment, on an exact grid of its rate.
 */
export class Bmi270 extends RegisterSlave {
  readonly stateVersion = 1
  /** Not saved: itself. */
  readonly devices: readonly Bmi270[] = [this]
  readonly #options: RoomSensorOptions
  readonly #digitizer: Digitizer
  readonly #acceleration = new SampledSensor(['ax', 'ay', 'az'], ACC_X_LSB)
  readonly #rotation = new SampledSensor(['gx', 'gy', 'gz'], GYR_X_LSB)
  /** The newest sample that INT_STATUS_1 has told of, of acceleration and rotation. */
  #told = [0, 0]
  #suppliedSince: Cycles | undefined
  #pulledUp = false
  #bootedAt: Cycles = 0
  /** Bytes of the configuration that have come in their order. */
  #uploaded = 0
  #message = NOT_INITIALISED
  #initialisedAt: Cycles = 0

  constructor(options: RoomSensorOptions) {
    super([0x68])
    this.#options = options
    this.#digitizer = new Digitizer(options.recording, options.onSample)
    options.power.enter(options.name, 'off', options.clock.now)
  }

  /** Channels whose samples exceeded the full scale that the firmware had chosen. */
  get clipping(): readonly Clipping[] {
    return [...this.#digitizer.clipping.values()]
  }

  override save(): Bmi270State {
    return {
      ...super.save(),
      acceleration: this.#acceleration.save(),
      rotation: this.#rotation.save(),
      told: [...this.#told],
      digitizer: this.#digitizer.save(),
      suppliedSince: this.#suppliedSince,
      pulledUp: this.#pulledUp,
      bootedAt: this.#bootedAt,
      uploaded: this.#uploaded,
      message: this.#message,
      initialisedAt: this.#initialisedAt,
    }
  }

  override restore(state: Bmi270State): void {
    super.restore(state)
    this.#acceleration.restore(state.acceleration)
    this.#rotation.restore(state.rotation)
    this.#told = [...state.told]
    this.#digitizer.restore(state.digitizer)
    this.#suppliedSince = state.suppliedSince
    this.#pulledUp = state.pulledUp
    this.#bootedAt = state.bootedAt
    this.#uploaded = state.uploaded
    this.#message = state.message
    this.#initialisedAt = state.initialisedAt
  }

  /** The supply rail came up or went away; without it all settings are lost. */
  supply(on: boolean): void {
    if (on === (this.#suppliedSince !== undefined)) return
    this.#suppliedSince = on ? this.#now : undefined
    this.#reset()
    if (!on) this.#options.power.enter(this.#options.name, 'off', this.#now)
  }

  /** The bus lines' pull-ups have a supply or not. */
  pullUps(on: boolean): void {
    this.#pulledUp = on
  }

  protected get answers(): boolean {
    return this.#suppliedSince !== undefined && this.#pulledUp && this.#now >= this.#bootedAt
  }

  protected autoIncrements(subAddress: number): boolean {
    return subAddress !== INIT_DATA && subAddress !== FIFO_DATA
  }

  protected readRegister(register: number): number {
    switch (register) {
      case STATUS:
        return (
          0x10 |
          (this.#acceleration.isFresh(this.#now) ? 0x80 : 0) |
          (this.#rotation.isFresh(this.#now) ? 0x40 : 0)
        )
      case EVENT: {
        const event = this.registers[EVENT] ?? 0
        this.registers[EVENT] = 0
        return event
      }
      case INT_STATUS_1:
        return this.#tell()
      case INTERNAL_STATUS:
        return this.#now >= this.#initialisedAt ? this.#message : NOT_INITIALISED
      case TEMPERATURE_0:
      case TEMPERATURE_0 + 1:
        // 23 C is 0, and 1 K 512 of them: 25 C, which is what the board's dies have.
        return register === TEMPERATURE_0 ? 0 : (2 * 512) >> 8
      case FIFO_DATA:
        return 0x80
      default:
        break
    }
    if (register >= SENSORTIME_0 && register < SENSORTIME_0 + 3)
      return Math.floor(this.#now / SENSOR_TIME_CYCLES / 256 ** (register - SENSORTIME_0)) & 0xff
    if (register >= ACC_X_LSB && register < SENSORTIME_0) return this.#dataByte(register)
    return this.registers[register] ?? 0
  }

  protected writeRegister(register: number, value: number): void {
    if (register === CMD) {
      if (value === CMD_SOFT_RESET) this.#reset()
      return
    }
    if (register < ACC_CONF) return
    if (register === INIT_DATA) {
      this.#upload()
      return
    }
    const before = this.registers[register]
    this.registers[register] = value
    if (register === INIT_CTRL) this.#initialise(value)
    if (register === FIFO_CONFIG_1 && (value & FIFO_SOURCES) !== 0)
      this.#options.onUnmodelled?.(`${this.#options.name}.FIFO_CONFIG_1`)
    if (value === before) return
    const [switched, changed] = [(before ?? 0) ^ value, register]
    if (changed === ACC_CONF || (changed === PWR_CTRL && switched & ACC_EN)) this.#startAcceleration()
    if (changed === GYR_CONF || (changed === PWR_CTRL && switched & GYR_EN)) this.#startRotation()
    if ([ACC_CONF, GYR_CONF, PWR_CTRL, PWR_CONF].includes(register)) this.#reportPower()
  }

  get #now(): Cycles {
    return this.#options.clock.now
  }

  #reset(): void {
    this.registers.fill(0)
    for (const [register, value] of DEFAULTS) this.registers[register] = value
    this.registers[EVENT] = 1
    this.#bootedAt = this.#now + BOOT_CYCLES
    this.#uploaded = 0
    this.#message = NOT_INITIALISED
    this.#initialisedAt = 0
    this.#startAcceleration()
    this.#startRotation()
    this.#reportPower()
  }

  /** INIT_ADDR counts words: four bits, then eight. What comes out of order is not the configuration. */
  #upload(): void {
    const words = ((this.registers[INIT_ADDR_1] ?? 0) << 4) | ((this.registers[INIT_ADDR_0] ?? 0) & 0xf)
    const within = this.#uploaded - 2 * words
    if (within >= 0 && within < CONFIGURATION_BYTES) this.#uploaded += 1
  }

  /** INIT_CTRL: 0 prepares, 1 says that it is complete. */
  #initialise(value: number): void {
    if ((value & 1) === 0) {
      this.#uploaded = 0
      return
    }
    const saves = ((this.registers[PWR_CONF] ?? 0) & ADVANCED_POWER_SAVE) !== 0
    this.#message = this.#uploaded >= CONFIGURATION_BYTES && !saves ? INITIALISED : FAILED
    this.#initialisedAt = this.#now + INITIALISE_CYCLES
    this.#startAcceleration()
    this.#startRotation()
  }

  #isOn(bit: number): boolean {
    return this.#message === INITIALISED && ((this.registers[PWR_CTRL] ?? 0) & bit) !== 0
  }

  #startAcceleration(): void {
    const rate = rateOf((this.registers[ACC_CONF] ?? 0) & 0xf, 1, 12)
    this.#acceleration.restart(this.#isOn(ACC_EN) ? rate : undefined, this.#now)
    this.#told[0] = 0
  }

  #startRotation(): void {
    const rate = rateOf((this.registers[GYR_CONF] ?? 0) & 0xf, 6, 13)
    this.#rotation.restart(this.#isOn(GYR_EN) ? rate : undefined, this.#now)
    this.#told[1] = 0
  }

  /** Data ready of each, once a sample. */
  #tell(): number {
    const counts = [this.#acceleration, this.#rotation].map(({ grid }) => grid.count(this.#now))
    const bits = [0x80, 0x40].filter((_, i) => (counts[i] ?? 0) > (this.#told[i] ?? 0))
    this.#told = counts
    return bits.reduce((sum, bit) => sum | bit, 0)
  }

  #dataByte(register: number): number {
    const isAcceleration = register < GYR_X_LSB
    const sensor = isAcceleration ? this.#acceleration : this.#rotation
    const sample = sensor.grid.count(this.#now)
    sensor.seen = sample
    if (sample === 0) return 0
    const offset = register - sensor.firstRegister
    const fullScale = isAcceleration
      ? (ACCELERATION_RANGES[(this.registers[ACC_RANGE] ?? 0) & 3] ?? 8)
      : (ROTATION_RANGES[(this.registers[GYR_RANGE] ?? 0) & 7] ?? 2000)
    const channel: Channel = sensor.channels[offset >> 1] ?? 'ax'
    const counts = this.#digitizer.counts(channel, fullScale / 32768, fullScale, sensor.grid.cycleOf(sample))
    return (offset & 1 ? counts >> 8 : counts) & 0xff
  }

  #reportPower(): void {
    const control = this.registers[PWR_CTRL] ?? 0
    const [gyroscope, accelerometer] = [(control & GYR_EN) !== 0, (control & ACC_EN) !== 0]
    const saves = ((this.registers[PWR_CONF] ?? 0) & ADVANCED_POWER_SAVE) !== 0
    const filtered = ((this.registers[ACC_CONF] ?? 0) & 0x80) !== 0
    const state = gyroscope
      ? accelerometer
        ? 'both'
        : 'gyroscope'
      : accelerometer
        ? `accelerometer ${filtered ? 'performance' : 'low power'}`
        : saves
          ? 'suspended'
          : 'configuring'
    this.#options.power.enter(this.#options.name, state, this.#now)
  }
}
