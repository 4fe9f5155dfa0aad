import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import { RoomSensor, SIGNED_16 } from './room-sensor.ts'
import type { RoomSensorOptions, RoomSensorState } from './room-sensor.ts'
import { hertz, SampleGrid } from './sampler.ts'
import type { SampleGridState } from './sampler.ts'

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

interface Lps22hbState extends RoomSensorState {
  readonly grid: SampleGridState
  readonly oneShot: boolean
  readonly seen: readonly number[]
}

/**
 * LPS22HB, ST DocID027083: pressure and temperature at 0x5C (SA0 low). Approximated: 1. FIFO, interrupt, reference and
 * offset are storage, which is told where FIFO_CTRL is written. 2. The low-pass filter and BDU change nothing.
 * 3. What a conversion that was asked for draws is not counted.
 */
export class Lps22hb extends RoomSensor {
  protected readonly bootCycles = 2200 * CYCLES_PER_MICROSECOND
  readonly #grid = new SampleGrid()
  #oneShot = false
  /** The newest sample that was fetched, of pressure and temperature. */
  #seen = [0, 0]

  constructor(options: RoomSensorOptions) {
    super(options, 0x5c)
  }

  override save(): Lps22hbState {
    return { ...super.save(), grid: this.#grid.save(), oneShot: this.#oneShot, seen: [...this.#seen] }
  }

  override restore(state: Lps22hbState): void {
    super.restore(state)
    this.#grid.restore(state.grid)
    this.#oneShot = state.oneShot
    this.#seen = [...state.seen]
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
    const sample = this.#count()
    if (register === STATUS) {
      const [pressure = 0, temperature = 0] = this.#seen
      return (sample > pressure ? PRESSURE_READY : 0) | (sample > temperature ? TEMPERATURE_READY : 0)
    }
    if (register === CTRL_REG2 && sample > 0) return (this.registers[CTRL_REG2] ?? 0) & ~ONE_SHOT
    if (register < PRESS_OUT_XL || register > TEMP_OUT_H) return this.registers[register] ?? 0
    if (register === PRESS_OUT_H) this.#seen[0] = sample
    if (register === TEMP_OUT_H) this.#seen[1] = sample
    if (sample === 0) return 0
    const cycle = this.#grid.cycleOf(sample)
    return register < TEMP_OUT_L
      ? (this.#pressure(cycle) >> (8 * (register - PRESS_OUT_XL))) & 0xff
      : (this.#temperature(cycle) >> (8 * (register - TEMP_OUT_L))) & 0xff
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
    this.#oneShot = false
    this.#seen = [0, 0]
    this.#grid.start(rate, this.now)
    const mode = ((this.registers[RES_CONF] ?? 0) & LOW_CURRENT) !== 0 ? 'low current' : 'low noise'
    this.enter(rate ? `${mode} ${rate.numerator} Hz` : 'powerDown')
  }

  #convertOnce(): void {
    if (this.#rate !== 0) return
    this.#oneShot = true
    this.#seen = [0, 0]
    this.#grid.start(ONE_SHOT_RATE, this.now)
  }

  #count(): number {
    const count = this.#grid.count(this.now)
    return this.#oneShot ? Math.min(1, count) : count
  }

  #pressure(cycle: number): number {
    const value = this.measured('pressure', cycle) * COUNTS_PER_HECTOPASCAL
    return this.counted('pressure', cycle, value, 1 / COUNTS_PER_HECTOPASCAL, SIGNED_24)
  }

  #temperature(cycle: number): number {
    const value = this.measured('temperature', cycle) * COUNTS_PER_DEGREE
    return this.counted('temperature', cycle, value, 1 / COUNTS_PER_DEGREE, SIGNED_16)
  }
}
