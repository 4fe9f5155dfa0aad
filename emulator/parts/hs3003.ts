import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { I2cDirection } from '../nrf52840/i2c-bus.ts'
import { RoomSensor } from './room-sensor.ts'
import type { RoomSensorOptions, RoomSensorState } from './room-sensor.ts'

/** Waking 0.1 ms, and 16.9 ms each for humidity and temperature at 14 bits: the data sheet's, not confirmed. */
const MEASURE_CYCLES = 33_900 * CYCLES_PER_MICROSECOND
const FULL_SCALE = 2 ** 14 - 1
/** Counts of 0 C. */
const ZERO_DEGREES = Math.round((40 / 165) * FULL_SCALE)
const UNSIGNED_14 = [0, FULL_SCALE] as const
const STALE = 0x40

interface Hs3003State extends RoomSensorState {
  readonly begun: number | undefined
  readonly fetched: boolean
  readonly at: number
  readonly done: SavedAlarm | null
}

/**
 * HS3003, Renesas HS300x: humidity and temperature at 0x44. A write wakes it and begins a measurement, four bytes are read.
 * Approximated: 1. Its programming mode (other resolutions) is left out: 14 bits.
 */
export class Hs3003 extends RoomSensor {
  protected readonly bootCycles = 1000 * CYCLES_PER_MICROSECOND
  readonly #done = this.options.schedule?.alarm(`${this.options.name} done`, () => this.enter('asleep'))
  /** When the newest measurement began. */
  #begun: number | undefined
  #fetched = false
  /** Of the four bytes, the next one. */
  #at = 0

  constructor(options: RoomSensorOptions) {
    super(options, 0x44)
  }

  override save(): Hs3003State {
    const [begun, fetched, at] = [this.#begun, this.#fetched, this.#at]
    return { ...super.save(), begun, fetched, at, done: this.#done?.save() ?? null }
  }

  override restore(state: Hs3003State): void {
    super.restore(state)
    this.#begun = state.begun
    this.#fetched = state.fetched
    this.#at = state.at
    this.#done?.restore(state.done)
  }

  override start(address: number, direction: I2cDirection): boolean {
    const answers = super.start(address, direction)
    this.#at = 0
    if (answers && direction === 'write') {
      this.#begun = this.now
      this.#fetched = false
      this.enter('measuring')
      this.#done?.after(MEASURE_CYCLES)
    }
    return answers
  }

  override readByte(): number {
    const bytes = this.#result()
    const value = bytes[this.#at] ?? 0xff
    this.#at += 1
    if (this.#at === bytes.length && this.#isReady) this.#fetched = true
    return value
  }

  protected powerOn(): void {
    this.#begun = undefined
    this.#fetched = false
    this.#done?.cancel()
    this.enter('asleep')
  }

  protected autoIncrements(): boolean {
    return false
  }

  protected readRegister(): number {
    return 0xff
  }

  protected writeRegister(): void {
    this.unmodelled('programming mode')
  }

  get #isReady(): boolean {
    return this.#begun !== undefined && this.now >= this.#begun + MEASURE_CYCLES
  }

  #result(): number[] {
    if (this.#begun === undefined || !this.#isReady) return [STALE, 0, 0, 0]
    const cycle = this.#begun + MEASURE_CYCLES
    const humidity = (this.measured('humidity', cycle) / 100) * FULL_SCALE
    const temperature = ((this.measured('temperature', cycle) + 40) / 165) * FULL_SCALE
    const [h, t] = [
      this.counted('humidity', cycle, humidity, 100 / FULL_SCALE, UNSIGNED_14),
      this.counted('temperature', cycle, temperature, 165 / FULL_SCALE, UNSIGNED_14, ZERO_DEGREES),
    ]
    return [(this.#fetched ? STALE : 0) | (h >> 8), h & 0xff, t >> 6, (t << 2) & 0xff]
  }
}
