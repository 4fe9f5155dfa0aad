import type { Alarm, SavedAlarm } from '../time/alarm.ts'
import { HighPass } from './high-pass.ts'
import type { HighPassState } from './high-pass.ts'
import type { SensorEnvironment } from './sensor-channel.ts'
import { ThresholdInterrupt } from './threshold-interrupt.ts'
import type { ThresholdInterruptState } from './threshold-interrupt.ts'

const INT_GEN_CFG_XL = 0x06
const INT_GEN_THS_X_XL = 0x07
const INT_GEN_DUR_XL = 0x0a
const INT1_CTRL = 0x0c
const INT2_CTRL = 0x0d
const CTRL_REG4 = 0x1e
const CTRL_REG4_LIR_XL1 = 1 << 1
const CTRL_REG7_XL = 0x21
const CTRL_REG7_XL_HPIS1 = 1 << 0
const CTRL_REG8 = 0x22
const CTRL_REG8_H_LACTIVE = 1 << 5
const INT_IG_XL = 1 << 6
const INT_OVR = 1 << 4
const INT_FTH = 1 << 3
const INT_DRDY_G = 1 << 1
const INT_DRDY_XL = 1 << 0
/** INT_GEN_THS counts in 128 LSB of the output: half of full scale is 128. */
const COUNTS_PER_THRESHOLD = 128
const ACTIVE_REGISTERS = new Set([INT_GEN_CFG_XL, INT1_CTRL, INT2_CTRL, CTRL_REG4, CTRL_REG7_XL, CTRL_REG8])
/** Which crossings of INT_GEN_CFG_XL count; the rest of it combines them. */
const CROSSINGS = 0x3f
/** DCF of CTRL_REG7_XL: the data rate by the cut-off frequency (table 71). */
const CUT_OFF_DIVISORS = [50, 100, 9, 400]

/** What the interrupt logic must know of the sensor. */
export interface InterruptInputs {
  readonly register: (address: number) => number
  /** Moment of the accelerometer's next sample; undefined in power-down. */
  readonly nextSample: () => number | undefined
  readonly acceleration: () => readonly number[]
  readonly freshAcceleration: () => boolean
  readonly freshRotation: () => boolean
  readonly fifoReached: () => boolean
  readonly fifoOverrun: () => boolean
}

export interface Lsm9ds1InterruptsState {
  readonly generator: ThresholdInterruptState
  readonly filters: readonly HighPassState[] | undefined
  readonly levels: readonly boolean[]
  readonly latched: number
  readonly next: SavedAlarm | null
}

/**
 * INT1_A/G and INT2_A/G of the LSM9DS1 (DocID025715, 7.1 to 7.12). Looks at each sample only while something is routed or
 * compared. Approximated: 1. The gyroscope's generator, activity recognition and INT2's inactivity are storage.
 * 2. HPIS1 puts a high-pass filter of first order before the generator; ST does not publish its order, nor whether DCF
 *    means the same without HR. It comes to rest on the first sample after it is switched on.
 */
export class Lsm9ds1Interrupts {
  readonly #generator = new ThresholdInterrupt()
  #filters: readonly HighPass[] | undefined
  #levels = [false, false]
  #latched = 0
  readonly #next: Alarm | undefined

  constructor(
    private readonly environment: SensorEnvironment,
    private readonly inputs: InterruptInputs,
  ) {
    this.#next = environment.schedule?.alarm('LSM9DS1 sample', () => {
      this.#sample()
      this.#watch()
    })
  }

  save(): Lsm9ds1InterruptsState {
    return {
      generator: this.#generator.save(),
      filters: this.#filters?.map((filter) => filter.save()),
      levels: [...this.#levels],
      latched: this.#latched,
      next: this.#next?.save() ?? null,
    }
  }

  /** After the sensor's registers. Pins are not told: who is at their other end has saved their level. */
  restore(state: Lsm9ds1InterruptsState): void {
    this.#generator.restore(state.generator)
    this.#filters = state.filters?.map((saved) => {
      const filter = new HighPass(this.#divisor)
      filter.restore(saved)
      return filter
    })
    this.#levels = [...state.levels]
    this.#latched = state.latched
    this.#next?.restore(state.next)
  }

  /** A register was written, or the data rate changed. */
  changed(register?: number): void {
    if (register !== undefined && !ACTIVE_REGISTERS.has(register)) return
    // Without a crossing that counts there is nothing to be over; what is latched stays until it is read.
    if ((this.inputs.register(INT_GEN_CFG_XL) & CROSSINGS) === 0) this.#generator.reset()
    if (register === undefined || register === CTRL_REG7_XL) this.#filters = undefined
    this.#watch()
    this.update()
  }

  reset(): void {
    this.#generator.reset()
    this.#latched = 0
    this.changed()
  }

  /** INT_GEN_SRC_XL; reading it clears a latched request. */
  takeSource(): number {
    const source = this.#generator.source | this.#latched
    this.#latched = 0
    this.update()
    return source
  }

  get active(): boolean {
    return this.#generator.active || this.#latched !== 0
  }

  /** Brings the pins up to what the registers and the data say. */
  update(): void {
    const { register } = this.inputs
    const activeLow = (register(CTRL_REG8) & CTRL_REG8_H_LACTIVE) !== 0
    ;[INT1_CTRL, INT2_CTRL].forEach((control, pin) => {
      const level = this.#raised(register(control), pin) !== activeLow
      if (level === this.#levels[pin]) return
      this.#levels[pin] = level
      this.environment.onInterrupt?.(pin === 0 ? 1 : 2, level)
    })
  }

  #raised(control: number, pin: number): boolean {
    const { inputs } = this
    return (
      (pin === 0 && (control & INT_IG_XL) !== 0 && this.active) ||
      ((control & INT_DRDY_XL) !== 0 && inputs.freshAcceleration()) ||
      ((control & INT_DRDY_G) !== 0 && inputs.freshRotation()) ||
      ((control & INT_FTH) !== 0 && inputs.fifoReached()) ||
      ((control & INT_OVR) !== 0 && inputs.fifoOverrun())
    )
  }

  #watch(): void {
    this.#next?.cancel()
    const { register } = this.inputs
    const due = this.inputs.nextSample()
    if (due === undefined || (register(INT_GEN_CFG_XL) | register(INT1_CTRL) | register(INT2_CTRL)) === 0)
      return
    this.#next?.at(due)
  }

  #sample(): void {
    const { register } = this.inputs
    const configuration = register(INT_GEN_CFG_XL)
    if ((configuration & CROSSINGS) !== 0) {
      const thresholds = [0, 1, 2].map((axis) => register(INT_GEN_THS_X_XL + axis) * COUNTS_PER_THRESHOLD)
      const duration = register(INT_GEN_DUR_XL) & 0x7f
      this.#generator.sample(configuration, this.#filtered(this.inputs.acceleration()), thresholds, duration)
      if ((register(CTRL_REG4) & CTRL_REG4_LIR_XL1) !== 0) this.#latched |= this.#generator.source
    }
    this.update()
  }

  get #divisor(): number {
    return CUT_OFF_DIVISORS[(this.inputs.register(CTRL_REG7_XL) >> 5) & 3] ?? 50
  }

  #filtered(acceleration: readonly number[]): readonly number[] {
    if ((this.inputs.register(CTRL_REG7_XL) & CTRL_REG7_XL_HPIS1) === 0) return acceleration
    const divisor = this.#divisor
    this.#filters ??= acceleration.map(() => new HighPass(divisor))
    return acceleration.map((value, axis) => this.#filters?.[axis]?.next(value) ?? value)
  }
}
