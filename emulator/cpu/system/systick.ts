import { Alarm, type SavedAlarm } from '../../time/alarm.ts'
import type { Scheduler } from '../../time/scheduler.ts'
import type { CoreClock } from '../core-clock.ts'
import { ExceptionNumber } from '../exceptions/exception-numbers.ts'
import type { Nvic } from '../exceptions/nvic.ts'
import type { RegisterMap } from './register-map.ts'

const ENABLE = 1
const TICKINT = 2
/** No reference clock: the processor clock is the only source, and CLKSOURCE is one. */
const CLKSOURCE = 4
const COUNTFLAG = 1 << 16
const COUNTER_MASK = 0xff_ffff
/** NOREF and SKEW, TENMS zero. The nRF52840 has no external reference; PS 4.2.2 says nothing of the rest. */
const CALIBRATION = 0xc000_0000

export interface SavedSysTick {
  readonly control: number
  readonly reload: number
  readonly value: number
  readonly since: number
  readonly countFlag: boolean
  readonly zero: SavedAlarm | null
}

/** SysTick, ARMv7-M ARM B3.3. Never ticked: the counter is computed from the cycle at which it was last known. */
export class SysTick {
  #control = 0
  #reload = 0
  /** The counter's value at cycle `#since` of the core's clock. */
  #value = 0
  #since = 0
  #countFlag = false
  /** When the count reaches zero. */
  readonly #zero: Alarm

  constructor(
    private readonly clock: CoreClock,
    private readonly scheduler: Scheduler,
    private readonly nvic: Nvic,
  ) {
    this.#zero = new Alarm(scheduler, 'SysTick', () => {
      this.nvic.pend(ExceptionNumber.sysTick)
      this.#schedule()
    })
    clock.listeners.push(() => this.#schedule())
  }

  save(): SavedSysTick {
    return {
      control: this.#control,
      reload: this.#reload,
      value: this.#value,
      since: this.#since,
      countFlag: this.#countFlag,
      zero: this.#zero.save(),
    }
  }

  restore({ control, reload, value, since, countFlag, zero }: SavedSysTick): void {
    this.#control = control
    this.#reload = reload
    this.#value = value
    this.#since = since
    this.#countFlag = countFlag
    this.#zero.restore(zero)
  }

  reset(): void {
    this.#zero.cancel()
    this.#control = this.#reload = this.#value = 0
    this.#countFlag = false
    this.#anchor()
    this.#schedule()
  }

  addRegisters(map: RegisterMap): void {
    map.set(0xe000_e010, {
      name: 'SYST_CSR',
      read: () => this.#readControl(),
      write: (value, lanes) =>
        this.#change(() => (this.#control = (this.#control & ~lanes) | (value & (ENABLE | TICKINT)))),
    })
    map.set(0xe000_e014, {
      name: 'SYST_RVR',
      read: () => this.#reload,
      write: (value, lanes) =>
        this.#change(() => (this.#reload = ((this.#reload & ~lanes) | value) & COUNTER_MASK)),
    })
    map.set(0xe000_e018, {
      name: 'SYST_CVR',
      read: () => this.#current,
      write: () =>
        this.#change(() => {
          this.#value = 0
          this.#countFlag = false
        }),
    })
    map.set(0xe000_e01c, { name: 'SYST_CALIB', read: () => CALIBRATION })
  }

  get #elapsed(): number {
    return this.#control & ENABLE ? this.clock.now - this.#since : 0
  }

  /** Down to 0, then the reload value on the next cycle: a period of RELOAD + 1. */
  get #current(): number {
    const elapsed = this.#elapsed
    if (elapsed <= this.#value) return this.#value - elapsed
    return this.#reload - ((elapsed - this.#value - 1) % (this.#reload + 1))
  }

  /** How often the counter has gone from 1 to 0 since the anchor. */
  get #zeros(): number {
    const beyond = this.#elapsed - this.#value
    if (beyond < 0) return 0
    return (this.#value > 0 ? 1 : 0) + (this.#reload > 0 ? Math.floor(beyond / (this.#reload + 1)) : 0)
  }

  #readControl(): number {
    const flag = this.#countFlag || this.#zeros > 0
    this.#change(() => (this.#countFlag = false))
    return this.#control | CLKSOURCE | (flag ? COUNTFLAG : 0)
  }

  #change(write: () => void): void {
    this.#countFlag ||= this.#zeros > 0
    this.#value = this.#current
    this.#anchor()
    write()
    this.#schedule()
  }

  #anchor(): void {
    this.#since = this.clock.now
  }

  #schedule(): void {
    const due = this.#zero.due ?? Infinity
    this.#zero.cancel()
    // An instruction that began before the count reached zero can get here before the event does.
    if (due <= this.scheduler.now) this.nvic.pend(ExceptionNumber.sysTick)
    if ((this.#control & (ENABLE | TICKINT)) !== (ENABLE | TICKINT) || !this.clock.isRunning) return
    const elapsed = this.#elapsed
    const period = this.#reload + 1
    let next = this.#value
    if (this.#value === 0 || elapsed >= this.#value) {
      if (this.#reload === 0) return
      next = this.#value + period * (Math.floor((elapsed - this.#value) / period) + 1)
    }
    this.#zero.at(this.scheduler.now + (next - elapsed))
  }
}
