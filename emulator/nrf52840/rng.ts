import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'
import { SeededRandom } from './random.ts'

/** tRNG,START, tRNG,RAW and tRNG,BC of PS 6.19.4, typical. */
const START_TIME = 128 * CYCLES_PER_MICROSECOND
const RAW_TIME = 30 * CYCLES_PER_MICROSECOND
const BIAS_CORRECTED_TIME = 120 * CYCLES_PER_MICROSECOND

interface RngState extends PeripheralState {
  readonly random: number
  readonly next: SavedAlarm | null
}

/**
 * RNG, PS 6.19. Approximated: 1. Bytes come from a seeded generator: every run sees the same ones, unbiased.
 * 2. Each byte takes the typical time; on silicon it varies from byte to byte.
 */
export class Rng extends Peripheral {
  readonly #random: SeededRandom
  readonly #valueReady: EventRegister
  readonly #config: Register
  readonly #value: Register
  readonly #next = this.chip.time.alarm(this.name, () => this.#byteReady())

  constructor(chip: ChipContext, seed: number) {
    super(chip, 'RNG', 0x4000_d000)
    this.#random = new SeededRandom(seed)
    this.task('START', 0x000, () => this.#start())
    const stop = this.task('STOP', 0x004, () => this.#stop())
    this.#valueReady = this.event('VALRDY', 0x100)
    this.shorts([[0, this.#valueReady, stop]])
    this.interrupts(this.maskOf(this.#valueReady))
    this.#config = this.register('CONFIG', 0x504, { mask: 1 })
    this.#value = this.register('VALUE', 0x508, { readOnly: true })
  }

  override reset(): void {
    super.reset()
    this.#stop()
  }

  override save(): RngState {
    return { page: super.save().page, random: this.#random.save(), next: this.#next.save() }
  }

  override restore(state: RngState): void {
    super.restore(state)
    this.#random.restore(state.random)
    this.#next.restore(state.next)
  }

  #start(): void {
    if (this.#next.isSet) return
    this.chip.power.enter(this.name, 'running', this.chip.time.now)
    this.#schedule(START_TIME)
  }

  #stop(): void {
    this.#next.cancel()
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
  }

  #schedule(delay: number): void {
    const byteTime = this.#config.value === 1 ? BIAS_CORRECTED_TIME : RAW_TIME
    this.#next.after(delay + byteTime)
  }

  #byteReady(): void {
    this.#value.value = this.#random.byte()
    this.#schedule(0)
    this.#valueReady.fire()
  }
}
