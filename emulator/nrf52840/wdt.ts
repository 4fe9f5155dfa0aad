import { LOW_FREQUENCY_CLOCK } from '../time/ratio-clock.ts'
import type { ScheduledEvent } from '../time/scheduler.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { Register } from './peripheral.ts'

const RELOAD = 0x6e52_4635
const CHANNELS = 8
/** From TIMEOUT to the reset: two cycles of 32 768 Hz (PS 6.36.3). */
const GRACE_TICKS = 2

/**
 * WDT, PS 6.36. Approximated: 1. It counts from START at 32 768 Hz on a grid of its own and does not start LFCLK.
 * 2. CONFIG is storage: the watchdog always runs while the processor sleeps and is never halted by a debugger.
 */
export class Wdt extends Peripheral {
  readonly #reloadValue: Register
  readonly #enabled: Register
  readonly #onReset: () => void
  #running = false
  /** Channels that still wait for their reload request. */
  #requested = 1
  #timeout: ScheduledEvent | undefined

  constructor(chip: ChipContext, onReset: () => void) {
    super(chip, 'WDT', 0x4001_0000)
    this.#onReset = onReset
    const timeout = this.event('TIMEOUT', 0x100)
    this.task('START', 0x000, () => {
      if (this.#running) return
      this.#running = true
      chip.power.enter(this.name, 'running', chip.time.now)
      this.#reload(() => timeout.fire())
    })
    this.interrupts(this.maskOf(timeout))
    this.register('RUNSTATUS', 0x400, { readOnly: true, read: () => Number(this.#running) })
    this.register('REQSTATUS', 0x404, { reset: 1, readOnly: true, read: () => this.#requested })
    const locked =
      (write: (value: number, previous: number) => void) => (value: number, previous: number) => {
        if (this.#running) write(value, previous)
      }
    this.#reloadValue = this.register('CRV', 0x504, {
      reset: 0xffff_ffff,
      write: locked((_, previous) => (this.#reloadValue.value = previous)),
    })
    this.#enabled = this.register('RREN', 0x508, {
      reset: 1,
      mask: 0xff,
      write: (_, previous) => {
        if (this.#running) this.#enabled.value = previous
        this.#requested = this.#enabled.value
      },
    })
    const config = this.register('CONFIG', 0x50c, {
      reset: 1,
      mask: 9,
      write: locked((_, previous) => (config.value = previous)),
    })
    this.registerArray('RR', CHANNELS, 0x600, (i) => ({
      read: () => 0,
      write: (value) => {
        if (!this.#running || value !== RELOAD) return
        this.#requested &= ~(1 << i)
        if (this.#requested === 0) this.#reload(() => timeout.fire())
      },
    }))
  }

  /** A soft reset leaves the watchdog running (PS 5.3.6.2, reset behaviour). */
  reportPower(): void {
    if (this.#running) this.chip.power.enter(this.name, 'running', this.chip.time.now)
  }

  override reset(): void {
    super.reset()
    this.#running = false
    this.#requested = 1
    this.chip.time.cancel(this.#timeout)
  }

  #reload(onTimeout: () => void): void {
    this.chip.time.cancel(this.#timeout)
    this.#requested = this.#enabled.value
    const wait = (ticks: number): number => LOW_FREQUENCY_CLOCK.cycleOf(ticks)
    this.#timeout = this.chip.time.after(wait(this.#reloadValue.value + 1), this.name, () => {
      onTimeout()
      this.#timeout = this.chip.time.after(wait(GRACE_TICKS), 'WDT reset', () => this.#onReset())
    })
  }
}
