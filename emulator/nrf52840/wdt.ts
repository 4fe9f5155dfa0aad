import type { SavedAlarm } from '../time/alarm.ts'
import { LOW_FREQUENCY_CLOCK } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const RELOAD = 0x6e52_4635
const CHANNELS = 8
/** From TIMEOUT to the reset: two cycles of 32 768 Hz (PS 6.36.3). */
const GRACE_TICKS = 2

export interface WdtOptions {
  readonly onReset: () => void
  /** START: the low-frequency clock is wanted. */
  readonly onStart: () => void
}

interface WdtState extends PeripheralState {
  readonly running: boolean
  readonly requested: number
  readonly timeout: SavedAlarm | null
  readonly resetting: SavedAlarm | null
  readonly left: number | undefined
}

/**
 * WDT, PS 6.36. Approximated: 1. It counts from START at 32 768 Hz on a grid of its own. 2. CONFIG.HALT is storage: no
 * debugger halts it.
 */
export class Wdt extends Peripheral {
  readonly #reloadValue: Register
  readonly #enabled: Register
  readonly #config: Register
  readonly #expired: EventRegister
  readonly #onReset: () => void
  #running = false
  /** Channels that still wait for their reload request. */
  #requested = 1
  readonly #timeout = this.chip.time.alarm(this.name, () => {
    this.#expired.fire()
    this.#resetting.after(LOW_FREQUENCY_CLOCK.cycleOf(GRACE_TICKS))
  })
  /** From TIMEOUT on. */
  readonly #resetting = this.chip.time.alarm('WDT reset', () => this.#onReset())
  /** Cycles that were left when the processor went to sleep. */
  #left: number | undefined

  constructor(chip: ChipContext, { onReset, onStart }: WdtOptions) {
    super(chip, 'WDT', 0x4001_0000)
    this.#onReset = onReset
    this.#expired = this.event('TIMEOUT', 0x100)
    this.task('START', 0x000, () => {
      if (this.#running) return
      this.#running = true
      onStart()
      chip.power.enter(this.name, 'running', chip.time.now)
      this.#reload()
    })
    this.interrupts(this.maskOf(this.#expired))
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
    this.#config = this.register('CONFIG', 0x50c, {
      reset: 1,
      mask: 9,
      write: locked((_, previous) => (this.#config.value = previous)),
    })
    this.registerArray('RR', CHANNELS, 0x600, (i) => ({
      read: () => 0,
      write: (value) => {
        if (!this.#running || value !== RELOAD) return
        this.#requested &= ~(1 << i)
        if (this.#requested === 0) this.#reload()
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
    this.#left = undefined
    this.#cancel()
  }

  override save(): WdtState {
    return {
      page: super.save().page,
      running: this.#running,
      requested: this.#requested,
      timeout: this.#timeout.save(),
      resetting: this.#resetting.save(),
      left: this.#left,
    }
  }

  override restore(state: WdtState): void {
    super.restore(state)
    this.#running = state.running
    this.#requested = state.requested
    this.#timeout.restore(state.timeout)
    this.#resetting.restore(state.resetting)
    this.#left = state.left
  }

  /** With CONFIG.SLEEP = 0 it stands still while the processor sleeps. */
  pause(asleep: boolean): void {
    const due = this.#timeout.due ?? this.#resetting.due
    if (asleep && due !== undefined && this.#running && (this.#config.value & 1) === 0) {
      this.#left = Math.max(0, due - this.chip.time.now)
      this.#cancel()
    } else if (!asleep && this.#left !== undefined) {
      this.#timeout.after(this.#left)
      this.#left = undefined
    }
  }

  #reload(): void {
    this.#cancel()
    this.#requested = this.#enabled.value
    this.#timeout.after(LOW_FREQUENCY_CLOCK.cycleOf(this.#reloadValue.value + 1))
  }

  #cancel(): void {
    this.#timeout.cancel()
    this.#resetting.cancel()
  }
}
