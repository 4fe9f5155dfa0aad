import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import { RoomSensor } from './room-sensor.ts'
import type { RoomSensorOptions, RoomSensorState } from './room-sensor.ts'
import { hertz, SampleGrid } from './sampler.ts'
import type { SampleGridState } from './sampler.ts'

/** Registers are 0x80 to 0xFF; here without their top bit. */
const ENABLE = 0x00
const ATIME = 0x01
const WTIME = 0x03
const CONFIG1 = 0x0d
const PPULSE = 0x0e
const CONTROL = 0x0f
const CONFIG2 = 0x10
const ID = 0x12
const STATUS = 0x13
const CDATAL = 0x14
const BDATAH = 0x1b
const PDATA = 0x1c
const GCONF4 = 0x2b
const GFLVL = 0x2e
const GSTATUS = 0x2f

const PON = 1
const AEN = 2
const PEN = 4
const WEN = 8
const GEN = 0x40
const WAITS_LONG = 2
const LIGHT_VALID = 1
const PROXIMITY_VALID = 2
/** A step of ATIME and WTIME, and of a proximity cycle, which the data sheet does not give as one figure. */
const STEP_CYCLES = 2780 * CYCLES_PER_MICROSECOND
const GAINS = [1, 4, 16, 64]
const COUNTS_PER_STEP = 1025
/**
 * Counts of the clear channel per lux, gain and millisecond of integration: of the data sheet's 23.6 counts per uW/cm2 at 16
 * times and 27.8 ms (row not confirmed), at 300 lm/W, which is what white light-emitting diodes have. An estimate.
 */
const COUNTS_PER_LUX = 23.6 / (16 * 27.8) / 3
const COLOURS = ['light', 'red', 'green', 'blue'] as const

interface Apds9960State extends RoomSensorState {
  readonly grid: SampleGridState
  readonly seen: readonly number[]
}

/**
 * APDS-9960, Broadcom AV02-4191EN: light, colour and proximity at 0x39. Approximated: 1. No gesture ever comes: the gesture
 * engine's registers are storage. 2. Interrupts, thresholds and proximity offsets are storage; the pin stays still.
 * 3. Proximity is the recording's percentage of PDATA's full scale, whatever the pulses and the gain.
 */
export class Apds9960 extends RoomSensor {
  protected readonly bootCycles = 5700 * CYCLES_PER_MICROSECOND
  readonly #grid = new SampleGrid()
  /** The newest cycle that was fetched, of light and of proximity. */
  #seen = [0, 0]

  constructor(options: RoomSensorOptions) {
    super(options, 0x39)
  }

  override save(): Apds9960State {
    return { ...super.save(), grid: this.#grid.save(), seen: [...this.#seen] }
  }

  override restore(state: Apds9960State): void {
    super.restore(state)
    this.#grid.restore(state.grid)
    this.#seen = [...state.seen]
  }

  protected powerOn(): void {
    this.registers.fill(0)
    for (const [register, value] of [
      [ATIME, 0xff],
      [WTIME, 0xff],
      [CONFIG1, 0x60],
      [PPULSE, 0x40],
      [CONFIG2, 0x01],
      [ID, 0xab],
    ] as const)
      this.registers[register] = value
    this.#start()
  }

  protected autoIncrements(): boolean {
    return true
  }

  protected readRegister(register: number): number {
    const cycles = this.#grid.count(this.now)
    const [light = 0, proximity = 0] = this.#seen
    if (register === STATUS)
      return (
        (this.#has(AEN) && cycles > light ? LIGHT_VALID : 0) |
        (this.#has(PEN) && cycles > proximity ? PROXIMITY_VALID : 0)
      )
    if (register === GFLVL || register === GSTATUS) return 0
    if (register === PDATA) {
      this.#seen[1] = cycles
      return cycles > 0 && this.#has(PEN) ? this.#proximity(this.#grid.cycleOf(cycles)) : 0
    }
    if (register < CDATAL || register > BDATAH) return this.registers[register] ?? 0
    this.#seen[0] = cycles
    if (cycles === 0 || !this.#has(AEN)) return 0
    const counts = this.#colour((register - CDATAL) >> 1, this.#grid.cycleOf(cycles))
    return (register & 1 ? counts >> 8 : counts) & 0xff
  }

  protected writeRegister(register: number, value: number): void {
    if (register === ID || register === STATUS || (register >= CDATAL && register <= PDATA)) return
    const before = this.registers[register]
    this.registers[register] = value
    if (register === GCONF4 && (value & 1) !== 0) this.unmodelled('GCONF4: gestures')
    if (register === ENABLE || ((register === ATIME || register === WTIME) && value !== before)) this.#start()
  }

  #has(bit: number): boolean {
    const enable = this.registers[ENABLE] ?? 0
    return (enable & PON) !== 0 && (enable & bit) !== 0
  }

  /** Steps of integration. */
  get #steps(): number {
    return 256 - (this.registers[ATIME] ?? 0)
  }

  /** Proximity, then waiting, then light: each engine that is on (the data sheet's state diagram). */
  #start(): void {
    const long = ((this.registers[CONFIG1] ?? 0) & WAITS_LONG) !== 0 ? 12 : 1
    const wait = this.#has(WEN) ? (256 - (this.registers[WTIME] ?? 0)) * long : 0
    const steps = (this.#has(PEN) ? 1 : 0) + wait + (this.#has(AEN) ? this.#steps : 0)
    const runs = this.#has(AEN) || this.#has(PEN)
    this.#seen = [0, 0]
    this.#grid.start(runs ? hertz(64_000_000, steps * STEP_CYCLES) : undefined, this.now)
    this.enter(this.#state())
  }

  #state(): string {
    if (!this.#has(PON)) return 'asleep'
    if (this.#has(PEN) || this.#has(GEN)) return 'proximity'
    return this.#has(AEN) ? 'light' : 'idle'
  }

  #colour(which: number, cycle: number): number {
    const what = COLOURS[which] ?? 'light'
    const milliseconds = (this.#steps * STEP_CYCLES) / (1000 * CYCLES_PER_MICROSECOND)
    const perLux = COUNTS_PER_LUX * (GAINS[(this.registers[CONTROL] ?? 0) & 3] ?? 1) * milliseconds
    const most = Math.min(0xffff, COUNTS_PER_STEP * this.#steps)
    return this.counted(what, cycle, this.measured(what, cycle) * perLux, 1 / perLux, [0, most])
  }

  #proximity(cycle: number): number {
    return this.counted('proximity', cycle, this.measured('proximity', cycle) * 2.55, 1 / 2.55, [0, 255])
  }
}
