import type { Cycles } from '../cpu/bus.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { Channel } from '../trace/recording.ts'
import { RegisterSlave } from './register-slave.ts'
import type { RegisterSlaveState } from './register-slave.ts'
import type { RoomSensorOptions } from './room-sensor.ts'
import { hertz, SampleGrid } from './sampler.ts'
import type { SampleGridState } from './sampler.ts'
import { Digitizer } from './sensor-channel.ts'
import type { Clipping, DigitizerState } from './sensor-channel.ts'

const CHIP_ID = 0x40
const DATA_X_LSB = 0x42
const DATA_Z_MSB = 0x47
const RHALL_LSB = 0x48
const RHALL_MSB = 0x49
const POWER = 0x4b
const OP_MODE = 0x4c
const REP_XY = 0x51
const REP_Z = 0x52
const TRIM = 0x5d

const POWERED = 1
const SOFT_RESET = 0x82
const [NORMAL, FORCED, SLEEP] = [0, 1, 3]
const DATA_READY = 1
const RATES = [10, 2, 6, 8, 15, 20, 25, 30]
const START_UP_CYCLES = 3000 * CYCLES_PER_MICROSECOND
const GAUSS_PER_MICROTESLA = 0.01
/**
 * This part's own trim values: with them Bosch's compensation (BMM150_SensorAPI) makes counts of x and y 0.3125 uT, of z
 * 0.25 uT, whatever the temperature, as RHALL is dig_xyz1.
 */
const DIG_XYZ1 = 8192
const [MICROTESLA_XY, MICROTESLA_Z] = [(0 + 160) / 512, 0.25]
const trim = (): Uint8Array => {
  const bytes = new Uint8Array(0x72 - TRIM)
  const view = new DataView(bytes.buffer)
  view.setUint16(0x68 - TRIM, 8191, true) // dig_z2
  view.setUint16(0x6a - TRIM, 4, true) // dig_z1
  view.setUint16(0x6c - TRIM, DIG_XYZ1, true)
  return bytes
}
const FULL_SCALE = { mx: 1280, my: 1280, mz: 2500 } as const
const AXES = ['mx', 'my', 'mz'] as const satisfies readonly Channel[]

interface Bmm150State extends RegisterSlaveState {
  readonly grid: SampleGridState
  readonly seen: number
  readonly forced: boolean
  readonly digitizer: DigitizerState
  readonly suppliedSince: Cycles | undefined
  readonly pulledUp: boolean
}

/**
 * BMM150, Bosch BST-BMM150-DS001: magnetometer at 0x10, in suspend until POWER is written. Approximated: 1. A forced
 * measurement takes a period of 30 Hz, whatever the repetitions. 2. Interrupts, thresholds and self-test are storage; pins
 * stay still. 3. No noise or offset; a recording without a magnetic field reads as no field.
 */
export class Bmm150 extends RegisterSlave {
  readonly stateVersion = 1
  /** Not saved: itself. */
  readonly devices: readonly Bmm150[] = [this]
  readonly #options: RoomSensorOptions
  readonly #digitizer: Digitizer
  readonly #grid = new SampleGrid()
  #seen = 0
  #forced = false
  #suppliedSince: Cycles | undefined
  #pulledUp = false

  constructor(options: RoomSensorOptions) {
    super([0x10])
    this.#options = options
    this.#digitizer = new Digitizer(options.recording, options.onSample)
    options.power.enter(options.name, 'off', options.clock.now)
  }

  /** Channels whose samples exceeded the full scale. */
  get clipping(): readonly Clipping[] {
    return [...this.#digitizer.clipping.values()]
  }

  override save(): Bmm150State {
    return {
      ...super.save(),
      grid: this.#grid.save(),
      seen: this.#seen,
      forced: this.#forced,
      digitizer: this.#digitizer.save(),
      suppliedSince: this.#suppliedSince,
      pulledUp: this.#pulledUp,
    }
  }

  override restore(state: Bmm150State): void {
    super.restore(state)
    this.#grid.restore(state.grid)
    this.#seen = state.seen
    this.#forced = state.forced
    this.#digitizer.restore(state.digitizer)
    this.#suppliedSince = state.suppliedSince
    this.#pulledUp = state.pulledUp
  }

  /** The supply rail came up or went away; without it all settings are lost. */
  supply(on: boolean): void {
    if (on === (this.#suppliedSince !== undefined)) return
    this.#suppliedSince = on ? this.#now : undefined
    this.#reset(0)
    if (!on) this.#options.power.enter(this.#options.name, 'off', this.#now)
  }

  /** The bus lines' pull-ups have a supply or not. */
  pullUps(on: boolean): void {
    this.#pulledUp = on
  }

  protected get answers(): boolean {
    const since = this.#suppliedSince
    return since !== undefined && this.#pulledUp && this.#now >= since + START_UP_CYCLES
  }

  protected autoIncrements(): boolean {
    return true
  }

  /** In suspend only POWER answers. */
  protected readRegister(register: number): number {
    if (register !== POWER && !this.#isPowered) return 0
    if (register < DATA_X_LSB || register > RHALL_MSB) return this.registers[register] ?? 0
    const sample = this.#count()
    if (register === RHALL_LSB) {
      const ready = sample > this.#seen ? DATA_READY : 0
      this.#seen = sample
      return ((DIG_XYZ1 << 2) & 0xff) | ready
    }
    if (register === RHALL_MSB) return (DIG_XYZ1 << 2) >> 8
    return register <= DATA_Z_MSB && sample > 0 ? this.#dataByte(register - DATA_X_LSB, sample) : 0
  }

  protected writeRegister(register: number, value: number): void {
    if (register === POWER) {
      if ((value & SOFT_RESET) === SOFT_RESET) this.#reset(value & POWERED)
      else this.#power(value & POWERED)
      return
    }
    if (!this.#isPowered || register <= RHALL_MSB || register >= TRIM) return
    this.registers[register] = value
    if (register === OP_MODE) this.#start()
    if (register === REP_XY || register === REP_Z) this.#reportPower()
  }

  get #now(): Cycles {
    return this.#options.clock.now
  }

  get #isPowered(): boolean {
    return ((this.registers[POWER] ?? 0) & POWERED) !== 0
  }

  get #mode(): number {
    return ((this.registers[OP_MODE] ?? 0) >> 1) & 3
  }

  #reset(power: number): void {
    this.registers.fill(0)
    this.registers[CHIP_ID] = 0x32
    this.registers[OP_MODE] = SLEEP << 1
    this.registers.set(trim(), TRIM)
    this.#power(power)
  }

  #power(power: number): void {
    this.registers[POWER] = power
    if (power === 0) this.registers[OP_MODE] = SLEEP << 1
    this.#start()
  }

  #start(): void {
    const rate = RATES[((this.registers[OP_MODE] ?? 0) >> 3) & 7] ?? 10
    this.#forced = this.#isPowered && this.#mode === FORCED
    const runs = this.#isPowered && this.#mode === NORMAL
    this.#seen = 0
    this.#grid.start(runs ? hertz(rate) : this.#forced ? hertz(30) : undefined, this.#now)
    this.#reportPower()
  }

  #count(): number {
    const count = this.#grid.count(this.#now)
    return this.#forced ? Math.min(1, count) : count
  }

  /** X and Y are 13 bits on top of their word, Z 15. */
  #dataByte(offset: number, sample: number): number {
    const axis = AXES[offset >> 1] ?? 'mx'
    const [microtesla, shift] = axis === 'mz' ? [MICROTESLA_Z, 1] : [MICROTESLA_XY, 3]
    const counts = this.#digitizer.counts(
      axis,
      microtesla * GAUSS_PER_MICROTESLA,
      FULL_SCALE[axis] * GAUSS_PER_MICROTESLA,
      this.#grid.cycleOf(sample),
    )
    const most = Math.round(FULL_SCALE[axis] / microtesla) - 1
    const word = Math.max(-most, Math.min(most, counts)) << shift
    return (offset & 1 ? word >> 8 : word) & 0xff
  }

  #reportPower(): void {
    const runs = this.#grid.running
    const state = runs ? 'measuring' : this.#isPowered ? 'asleep' : 'suspended'
    this.#options.power.enter(this.#options.name, state, this.#now)
  }
}
