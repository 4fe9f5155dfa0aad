import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { ScheduledEvent } from '../time/scheduler.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, Register } from './peripheral.ts'
import { SeededRandom } from './random.ts'

/** tRNG,START, tRNG,RAW and tRNG,BC of PS 6.19.4, typical. */
const START_TIME = 128 * CYCLES_PER_MICROSECOND
const RAW_TIME = 30 * CYCLES_PER_MICROSECOND
const BIAS_CORRECTED_TIME = 120 * CYCLES_PER_MICROSECOND

/**
 * RNG, PS 6.19. Approximated: 1. Bytes come from a seeded generator: every run sees the same ones, unbiased.
 * 2. Each byte takes the typical time; on silicon it varies from byte to byte.
 */
export class Rng extends Peripheral {
  readonly #random: SeededRandom
  readonly #valueReady: EventRegister
  readonly #config: Register
  readonly #value: Register
  #next: ScheduledEvent | undefined

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

  #start(): void {
    if (this.#next) return
    this.chip.power.enter(this.name, 'running', this.chip.time.now)
    this.#schedule(START_TIME)
  }

  #stop(): void {
    this.chip.time.cancel(this.#next)
    this.#next = undefined
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
  }

  #schedule(delay: number): void {
    const byteTime = this.#config.value === 1 ? BIAS_CORRECTED_TIME : RAW_TIME
    this.#next = this.chip.time.after(delay + byteTime, this.name, () => {
      this.#value.value = this.#random.byte()
      this.#schedule(0)
      this.#valueReady.fire()
    })
  }
}
