import type { Cycles } from '../cpu/bus.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { Alarm, SavedAlarm } from '../time/alarm.ts'
import type { Timeline } from '../time/timeline.ts'
import type { Motion } from '../trace/recording.ts'
import { RegisterSlave } from './register-slave.ts'
import type { RegisterSlaveState } from './register-slave.ts'
import { SampledSensor } from './sampled-sensor.ts'
import type { SampledSensorState } from './sampled-sensor.ts'
import { hertz } from './sampler.ts'
import type { DataRate } from './sampler.ts'
import { Digitizer } from './sensor-channel.ts'
import type { Clipping, DigitizerState, SampleTold, SensorClock } from './sensor-channel.ts'

const R = {
  FIFO_CTRL5: 0x0a, INT1_CTRL: 0x0d, INT2_CTRL: 0x0e, WHO_AM_I: 0x0f, CTRL1_XL: 0x10, CTRL2_G: 0x11, CTRL3_C: 0x12,
  CTRL4_C: 0x13, CTRL6_C: 0x15, CTRL7_G: 0x16, CTRL9_XL: 0x18, WAKE_UP_SRC: 0x1b, STATUS_REG: 0x1e, OUT_TEMP_L: 0x20,
  OUTX_L_G: 0x22, OUTX_L_XL: 0x28, OUTZ_H_XL: 0x2d, TAP_CFG: 0x58, WAKE_UP_THS: 0x5b, WAKE_UP_DUR: 0x5c, MD1_CFG: 0x5e,
  MD2_CFG: 0x5f,
} as const // prettier-ignore
const READ_ONLY_FROM = 0x19
const READ_ONLY_TO = 0x3f
const CTRL3_SW_RESET = 1 << 0
const CTRL3_IF_INC = 1 << 2
const CTRL3_H_LACTIVE = 1 << 5
const CTRL3_BDU = 1 << 6
const CTRL4_SLEEP = 1 << 6
const CTRL6_XL_HM_MODE = 1 << 4
const CTRL7_G_HM_MODE = 1 << 7
const TAP_CFG_LIR = 1 << 0
const TAP_CFG_INTERRUPTS_ENABLE = 1 << 7
const MD_WAKE_UP = 1 << 5

/** ODR_XL and ODR_G (tables 52 and 55); 0xB is 1.6 Hz, accelerometer only. */
const RATES = [
  undefined,
  hertz(25, 2),
  hertz(26),
  hertz(52),
  hertz(104),
  hertz(208),
  hertz(416),
  hertz(833),
  hertz(1660),
  hertz(3330),
  hertz(6660),
]
const SLOWEST = hertz(8, 5)
const ACCELEROMETER_SCALES = [
  { perLsb: 0.000061, fullScale: 2 },
  { perLsb: 0.000488, fullScale: 16 },
  { perLsb: 0.000122, fullScale: 4 },
  { perLsb: 0.000244, fullScale: 8 },
]
const GYROSCOPE_SCALES = [
  { perLsb: 0.00875, fullScale: 245 },
  { perLsb: 0.0175, fullScale: 500 },
  { perLsb: 0.035, fullScale: 1000 },
  { perLsb: 0.07, fullScale: 2000 },
]
const GYROSCOPE_125 = { perLsb: 0.004375, fullScale: 125 }
const TEMPERATURE_PER_DEGREE = 256
/** WAKE_UP_THS counts in sixty-fourths of full scale. */
const WAKE_UP_STEPS = 64
/** Supply to first acknowledged address: 15 ms (DocID030071, boot time). */
const BOOT_TIME_CYCLES = 960_000

interface Lsm6ds3State extends RegisterSlaveState {
  readonly digitizer: DigitizerState
  readonly gyroscope: SampledSensorState
  readonly accelerometer: SampledSensorState
  readonly suppliedSince: Cycles | undefined
  readonly pulledUp: boolean
  readonly previous: readonly number[] | undefined
  readonly wakeUp: number
  readonly wakeUpHeld: number
  readonly levels: readonly boolean[]
  readonly next: SavedAlarm | null
  readonly isOfAccelerometer: boolean
}

export interface Lsm6ds3Options {
  readonly name?: string
  readonly clock: SensorClock
  readonly recording: Motion | undefined
  readonly power: PowerLedger
  readonly schedule?: Pick<Timeline, 'alarm'>
  readonly onInterrupt?: (pin: 1 | 2, level: boolean) => void
  readonly onSample?: SampleTold
  /** Firmware asked for something that this part has and the model has not. */
  readonly onUnmodelled?: (what: string) => void
  readonly temperature?: (cycle: Cycles) => number
}

/**
 * LSM6DS3TR-C, ST DocID030071 Rev 3: accelerometer and gyroscope at 0x6A (SA0 low). Approximated:
 * 1. No noise, offset, filter, self-test or settling. 2. FIFO, taps, free fall, tilt, steps, 6D and the sensor hub are
 *    not modelled; switching them on is reported. 3. Wake-up compares half the difference of two samples (the slope
 *    filter) with the threshold; WAKE_DUR counts samples. 4. Samples fall on an exact grid from when the rate is set.
 */
export class Lsm6ds3 extends RegisterSlave {
  readonly stateVersion = 2
  /** Not saved: itself. */
  readonly devices = [this]
  readonly #options: Lsm6ds3Options
  readonly #name: string
  readonly #digitizer: Digitizer
  readonly #gyroscope = new SampledSensor(['gx', 'gy', 'gz'], R.OUTX_L_G)
  readonly #accelerometer = new SampledSensor(['ax', 'ay', 'az'], R.OUTX_L_XL)
  #suppliedSince: Cycles | undefined
  #pulledUp = false
  #previous: readonly number[] | undefined
  #wakeUp = 0
  #wakeUpHeld = 0
  #levels = [false, false]
  readonly #next: Alarm | undefined
  /** Whether the sample that `#next` waits for is the accelerometer's. */
  #isOfAccelerometer = false

  constructor(options: Lsm6ds3Options) {
    super([0x6a])
    this.#options = options
    this.#name = options.name ?? 'LSM6DS3TR-C'
    this.#digitizer = new Digitizer(options.recording, options.onSample)
    this.#next = options.schedule?.alarm('LSM6DS3TR-C sample', () => {
      if (this.#isOfAccelerometer) this.#detectWakeUp()
      this.#updatePins()
      this.#watch()
    })
    this.#setDefaults()
  }

  override save(): Lsm6ds3State {
    return {
      ...super.save(),
      digitizer: this.#digitizer.save(),
      gyroscope: this.#gyroscope.save(),
      accelerometer: this.#accelerometer.save(),
      suppliedSince: this.#suppliedSince,
      pulledUp: this.#pulledUp,
      previous: this.#previous,
      wakeUp: this.#wakeUp,
      wakeUpHeld: this.#wakeUpHeld,
      levels: [...this.#levels],
      next: this.#next?.save() ?? null,
      isOfAccelerometer: this.#isOfAccelerometer,
    }
  }

  /** Pins are not told: who is at their other end has saved their level. */
  override restore(state: Lsm6ds3State): void {
    super.restore(state)
    this.#digitizer.restore(state.digitizer)
    this.#gyroscope.restore(state.gyroscope)
    this.#accelerometer.restore(state.accelerometer)
    this.#suppliedSince = state.suppliedSince
    this.#pulledUp = state.pulledUp
    this.#previous = state.previous
    this.#wakeUp = state.wakeUp
    this.#wakeUpHeld = state.wakeUpHeld
    this.#levels = [...state.levels]
    this.#next?.restore(state.next)
    this.#isOfAccelerometer = state.isOfAccelerometer
  }

  get clipping(): readonly Clipping[] {
    return [...this.#digitizer.clipping.values()]
  }

  supply(on: boolean): void {
    if (on === (this.#suppliedSince !== undefined)) return
    this.#suppliedSince = on ? this.#now : undefined
    this.#setDefaults()
    this.#options.power.enter(this.#name, on ? 'powerDown' : 'off', this.#now)
  }

  pullUps(on: boolean): void {
    this.#pulledUp = on
  }

  protected get answers(): boolean {
    if (this.#suppliedSince === undefined || !this.#pulledUp) return false
    return this.#now >= this.#suppliedSince + BOOT_TIME_CYCLES
  }

  protected autoIncrements(): boolean {
    return this.#flag(R.CTRL3_C, CTRL3_IF_INC)
  }

  protected readRegister(register: number): number {
    if (register >= R.OUTX_L_G && register < R.OUTX_L_XL) return this.#output(this.#gyroscope, register)
    if (register >= R.OUTX_L_XL && register <= R.OUTZ_H_XL) return this.#output(this.#accelerometer, register)
    if (register === R.OUT_TEMP_L || register === R.OUT_TEMP_L + 1) return this.#temperature(register)
    if (register === R.STATUS_REG) return this.#status()
    if (register === R.WAKE_UP_SRC) return this.#takeWakeUp()
    return this.registers[register] ?? 0
  }

  protected writeRegister(register: number, value: number): void {
    if (register === R.WHO_AM_I || (register >= READ_ONLY_FROM + 2 && register <= READ_ONLY_TO)) return
    this.registers[register] = value
    if (register === R.CTRL3_C && (value & CTRL3_SW_RESET) !== 0) this.#setDefaults()
    if (register === R.CTRL1_XL) this.#restart(this.#accelerometer, this.#rate(R.CTRL1_XL))
    if (register === R.CTRL2_G) this.#restart(this.#gyroscope, this.#rate(R.CTRL2_G))
    if (register === R.FIFO_CTRL5 && (value & 7) !== 0) this.#unmodelled('FIFO_CTRL5')
    if ((register === R.MD1_CFG || register === R.MD2_CFG) && (value & ~MD_WAKE_UP) !== 0) {
      this.#unmodelled(register === R.MD1_CFG ? 'MD1_CFG' : 'MD2_CFG')
    }
    this.#watch()
    this.#updatePins()
    this.#options.power.enter(this.#name, this.#powerState, this.#now)
  }

  get #now(): number {
    return this.#options.clock.now
  }

  #flag(register: number, mask: number): boolean {
    return ((this.registers[register] ?? 0) & mask) !== 0
  }

  #unmodelled(register: string): void {
    this.#options.onUnmodelled?.(`${this.#name}.${register}`)
  }

  #rate(register: number): DataRate | undefined {
    const code = (this.registers[register] ?? 0) >> 4
    return register === R.CTRL1_XL && code === 0xb ? SLOWEST : RATES[code]
  }

  #setDefaults(): void {
    this.registers.fill(0)
    this.registers[R.WHO_AM_I] = 0x6a
    this.registers[R.CTRL3_C] = CTRL3_IF_INC
    this.registers[R.CTRL9_XL] = 0xe0
    this.#restart(this.#gyroscope, undefined)
    this.#restart(this.#accelerometer, undefined)
    this.#wakeUp = 0
    this.#watch()
    this.#updatePins()
  }

  #restart(sensor: SampledSensor, rate: DataRate | undefined): void {
    sensor.restart(rate, this.#now)
    this.#previous = undefined
    this.#wakeUpHeld = 0
  }

  get #powerState(): string {
    const accelerometer = (this.registers[R.CTRL1_XL] ?? 0) >> 4
    const gyroscope = (this.registers[R.CTRL2_G] ?? 0) >> 4
    if (gyroscope !== 0 && this.#flag(R.CTRL4_C, CTRL4_SLEEP)) return 'gyroscope asleep'
    const highPerformance = (code: number, register: number, mask: number): boolean =>
      !this.#flag(register, mask) || (code >= 6 && code !== 0xb)
    if (gyroscope !== 0) {
      if (highPerformance(gyroscope, R.CTRL7_G, CTRL7_G_HM_MODE)) return 'both high performance'
      return gyroscope <= 3 ? 'both low power' : 'both normal'
    }
    if (accelerometer === 0) return 'powerDown'
    if (accelerometer !== 0xb && highPerformance(accelerometer, R.CTRL6_C, CTRL6_XL_HM_MODE)) {
      return 'accelerometer high performance'
    }
    const rate = this.#rate(R.CTRL1_XL) ?? SLOWEST
    const slow = rate.numerator / rate.denominator
    return slow <= 52 ? `accelerometer low power ${slow} Hz` : 'accelerometer normal'
  }

  #output(sensor: SampledSensor, register: number): number {
    const offset = register - sensor.firstRegister
    const second = (offset & 1) === 1
    const word = second && sensor.held !== undefined ? sensor.held : this.#counts(sensor, offset >> 1)
    sensor.held = !second && this.#flag(R.CTRL3_C, CTRL3_BDU) ? word : undefined
    if (second) {
      sensor.seen = sensor.grid.count(this.#now)
      this.#updatePins()
    }
    return (second ? word >> 8 : word) & 0xff
  }

  #counts(sensor: SampledSensor, axis: number): number {
    const sample = sensor.grid.count(this.#now)
    const channel = sensor.channels[axis]
    if (!sensor.grid.running || sample === 0 || channel === undefined) return 0
    const { perLsb, fullScale } = this.#scale(sensor)
    return this.#digitizer.counts(channel, perLsb, fullScale, sensor.grid.cycleOf(sample))
  }

  #scale(sensor: SampledSensor): { readonly perLsb: number; readonly fullScale: number } {
    const isGyroscope = sensor === this.#gyroscope
    const setting = this.registers[isGyroscope ? R.CTRL2_G : R.CTRL1_XL] ?? 0
    if (isGyroscope && (setting & 2) !== 0) return GYROSCOPE_125
    return (isGyroscope ? GYROSCOPE_SCALES : ACCELEROMETER_SCALES)[(setting >> 2) & 3] ?? GYROSCOPE_125
  }

  #status(): number {
    const running = this.#accelerometer.grid.running || this.#gyroscope.grid.running
    return (
      (this.#accelerometer.isFresh(this.#now) ? 1 : 0) |
      (this.#gyroscope.isFresh(this.#now) ? 2 : 0) |
      (running ? 4 : 0)
    )
  }

  #temperature(register: number): number {
    const celsius = this.#options.temperature?.(this.#now) ?? 25
    const word = Math.round(TEMPERATURE_PER_DEGREE * (celsius - 25))
    return (register === R.OUT_TEMP_L ? word : word >> 8) & 0xff
  }

  #takeWakeUp(): number {
    const source = this.#wakeUp
    if (this.#flag(R.TAP_CFG, TAP_CFG_LIR)) this.#wakeUp = 0
    this.#updatePins()
    return source
  }

  /** Looks at each accelerometer sample while a pin or the wake-up function waits for one. */
  #watch(): void {
    this.#next?.cancel()
    const routed = [R.INT1_CTRL, R.INT2_CTRL, R.MD1_CFG, R.MD2_CFG].some((register) =>
      this.#flag(register, 0xff),
    )
    const dues = [this.#accelerometer, this.#gyroscope].flatMap(({ grid }) =>
      grid.running ? [grid.cycleOf(grid.count(this.#now) + 1)] : [],
    )
    if (dues.length === 0 || (!routed && !this.#flag(R.TAP_CFG, TAP_CFG_INTERRUPTS_ENABLE))) return
    const due = Math.min(...dues)
    const { grid } = this.#accelerometer
    this.#isOfAccelerometer = grid.running && due === grid.cycleOf(grid.count(this.#now) + 1)
    this.#next?.at(due)
  }

  #detectWakeUp(): void {
    if (!this.#flag(R.TAP_CFG, TAP_CFG_INTERRUPTS_ENABLE)) return
    const values = [0, 1, 2].map((axis) => this.#counts(this.#accelerometer, axis))
    const previous = this.#previous
    this.#previous = values
    if (previous === undefined) return
    const threshold = ((this.registers[R.WAKE_UP_THS] ?? 0) & 0x3f) * (32768 / WAKE_UP_STEPS)
    let axes = 0
    values.forEach((value, axis) => {
      if (Math.abs(value - (previous[axis] ?? 0)) / 2 > threshold) axes |= 4 >> axis
    })
    this.#wakeUpHeld = axes === 0 ? 0 : this.#wakeUpHeld + 1
    const wanted = (((this.registers[R.WAKE_UP_DUR] ?? 0) >> 5) & 3) + 1
    if (this.#wakeUpHeld >= wanted) this.#wakeUp = 8 | axes
    else if (!this.#flag(R.TAP_CFG, TAP_CFG_LIR)) this.#wakeUp = 0
  }

  #updatePins(): void {
    const activeLow = this.#flag(R.CTRL3_C, CTRL3_H_LACTIVE)
    const pins = [
      [R.INT1_CTRL, R.MD1_CFG],
      [R.INT2_CTRL, R.MD2_CFG],
    ] as const
    pins.forEach(([control, route], pin) => {
      const raised =
        (this.#flag(control, 1) && this.#accelerometer.isFresh(this.#now)) ||
        (this.#flag(control, 2) && this.#gyroscope.isFresh(this.#now)) ||
        (this.#flag(route, MD_WAKE_UP) && this.#wakeUp !== 0)
      const level = raised !== activeLow
      if (level === this.#levels[pin]) return
      this.#levels[pin] = level
      this.#options.onInterrupt?.(pin === 0 ? 1 : 2, level)
    })
  }
}
