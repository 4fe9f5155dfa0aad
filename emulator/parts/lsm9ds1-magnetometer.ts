import type { Channel } from '../trace/recording.ts'
import { RegisterSlave } from './register-slave.ts'
import type { RegisterSlaveState } from './register-slave.ts'
import { hertz, SampleGrid } from './sampler.ts'
import type { SampleGridState } from './sampler.ts'
import type { SensorEnvironment } from './sensor-channel.ts'

const OFFSET_X_REG_L_M = 0x05
const WHO_AM_I_M = 0x0f
const CTRL_REG1_M = 0x20
const CTRL_REG2_M = 0x21
const CTRL_REG3_M = 0x22
const CTRL_REG4_M = 0x23
const CTRL_REG5_M = 0x24
const STATUS_REG_M = 0x27
const OUT_X_L_M = 0x28
const OUT_Z_H_M = 0x2d

const CTRL_REG2_SOFT_RST = 1 << 2
const CTRL_REG2_REBOOT = 1 << 3
const CTRL_REG4_BLE = 1 << 1
const CTRL_REG5_BDU = 1 << 6
const SUB_ADDRESS_INCREMENT = 0x80
const MODE_CONTINUOUS = 0
const MODE_SINGLE = 1

/** Not zero after reset (DocID025715, table 22). */
const DEFAULTS = [
  [WHO_AM_I_M, 0x3d],
  [CTRL_REG1_M, 0x10],
  [CTRL_REG3_M, 0x03],
] as const
/** DO of CTRL_REG1_M (table 111). */
const RATES = [hertz(5, 8), hertz(5, 4), hertz(5, 2), hertz(5), hertz(10), hertz(20), hertz(40), hertz(80)]
/** FS of CTRL_REG2_M: gauss per LSB (table 3) and full scale. */
const SCALES = [
  { perLsb: 0.00014, fullScale: 4 },
  { perLsb: 0.00029, fullScale: 8 },
  { perLsb: 0.00043, fullScale: 12 },
  { perLsb: 0.00058, fullScale: 16 },
] as const
/** OM of CTRL_REG1_M. */
const POWER_STATES = ['low power', 'medium', 'high', 'ultra-high']
const AXES: readonly Channel[] = ['mx', 'my', 'mz']

export interface Lsm9ds1MagnetometerState extends RegisterSlaveState {
  readonly grid: SampleGridState
  readonly seen: number
  readonly held: number | undefined
  readonly single: boolean
}

/**
 * The magnetometer die. Approximated: 1. FAST_ODR is ignored: DO sets the rate. 2. A single conversion takes one period
 * of DO. 3. A recording without a magnetic field reads as no field.
 */
export class Lsm9ds1Magnetometer extends RegisterSlave {
  readonly #environment: SensorEnvironment
  readonly #grid = new SampleGrid()
  #seen = 0
  #held: number | undefined
  #single = false

  constructor(environment: SensorEnvironment) {
    super([0x1e])
    this.#environment = environment
    this.#setDefaults()
  }

  powerOnReset(supplied: boolean): void {
    this.#setDefaults()
    this.#environment.power.enter('LSM9DS1 magnetometer', supplied ? 'powerDown' : 'off', this.#now)
  }

  override save(): Lsm9ds1MagnetometerState {
    const [seen, held, single] = [this.#seen, this.#held, this.#single]
    return { ...super.save(), grid: this.#grid.save(), seen, held, single }
  }

  override restore(state: Lsm9ds1MagnetometerState): void {
    super.restore(state)
    this.#grid.restore(state.grid)
    this.#seen = state.seen
    this.#held = state.held
    this.#single = state.single
  }

  protected get answers(): boolean {
    return this.#environment.answers()
  }

  protected autoIncrements(subAddress: number): boolean {
    return (subAddress & SUB_ADDRESS_INCREMENT) !== 0
  }

  protected readRegister(register: number): number {
    if (register >= OUT_X_L_M && register <= OUT_Z_H_M) return this.#output(register - OUT_X_L_M)
    if (register === STATUS_REG_M) return this.#samples > this.#seen ? 0x0f : 0
    return this.registers[register] ?? 0
  }

  protected writeRegister(register: number, value: number): void {
    const writable =
      (register >= OFFSET_X_REG_L_M && register <= 0x0a) || (register >= CTRL_REG1_M && register <= 0x24)
    if (!writable && register !== 0x30 && register !== 0x32 && register !== 0x33) return
    this.registers[register] = value
    if (register === CTRL_REG2_M && (value & CTRL_REG2_SOFT_RST) !== 0) this.#setDefaults()
    else if (register === CTRL_REG2_M) this.registers[register] = value & ~CTRL_REG2_REBOOT
    if (register === CTRL_REG1_M || register === CTRL_REG3_M) this.#restart()
  }

  get #now(): number {
    return this.#environment.clock.now
  }

  /** Samples so far; a single conversion gives one and no more. */
  get #samples(): number {
    const count = this.#grid.count(this.#now)
    return this.#single ? Math.min(count, 1) : count
  }

  #setDefaults(): void {
    this.registers.fill(0)
    for (const [register, value] of DEFAULTS) this.registers[register] = value
    this.#restart()
  }

  #restart(): void {
    const mode = (this.registers[CTRL_REG3_M] ?? 0) & 3
    const rate = RATES[((this.registers[CTRL_REG1_M] ?? 0) >> 2) & 7]
    this.#single = mode === MODE_SINGLE
    const runs = mode === MODE_CONTINUOUS || this.#single
    this.#grid.start(runs ? rate : undefined, this.#now)
    this.#seen = 0
    this.#held = undefined
    const operating = POWER_STATES[((this.registers[CTRL_REG1_M] ?? 0) >> 5) & 3] ?? 'low power'
    const state = runs ? operating : 'powerDown'
    this.#environment.power.enter('LSM9DS1 magnetometer', state, this.#now)
  }

  #output(offset: number): number {
    const second = (offset & 1) === 1
    const high = second !== (((this.registers[CTRL_REG4_M] ?? 0) & CTRL_REG4_BLE) !== 0)
    const word = second && this.#held !== undefined ? this.#held : this.#counts(offset >> 1)
    const blockUpdate = ((this.registers[CTRL_REG5_M] ?? 0) & CTRL_REG5_BDU) !== 0
    this.#held = !second && blockUpdate ? word : undefined
    if (second) this.#seen = this.#samples
    return (high ? word >> 8 : word) & 0xff
  }

  #counts(axis: number): number {
    const channel = AXES[axis]
    const samples = this.#samples
    if (samples === 0 || channel === undefined) return 0
    const { perLsb, fullScale } = SCALES[((this.registers[CTRL_REG2_M] ?? 0) >> 5) & 3] ?? SCALES[0]
    const cycle = this.#grid.cycleOf(samples)
    const low = this.registers[OFFSET_X_REG_L_M + 2 * axis] ?? 0
    const offset = (((this.registers[OFFSET_X_REG_L_M + 2 * axis + 1] ?? 0) << 24) >> 16) | low
    return this.#environment.digitizer.counts(channel, perLsb, fullScale, cycle) - offset
  }
}
