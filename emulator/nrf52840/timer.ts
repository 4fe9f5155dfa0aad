import type { SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

/** PCLK16M in cycles of 64 MHz. */
const PCLK16M = 4
const MODE_TIMER = 0
/** BITMODE to counter width. */
const WIDTHS = [16, 8, 24, 32]

interface TimerState extends PeripheralState {
  readonly running: boolean
  readonly count: number
  readonly since: number
  readonly next: SavedAlarm | null
}

/**
 * TIMER, PS 6.30. Approximated:
 * 1. The 16 MHz phase begins with START: no alignment to a free-running PCLK16M.
 * 2. STOP loses the fraction of a prescaled tick that had run; START begins a whole one.
 * 3. PRESCALER and BITMODE written while running take effect at once (PS: write only when stopped).
 * 4. A CC that equals the counter when it is written, or CC = 0 at CLEAR, matches one full turn later.
 * 5. Where two CCs match in one cycle their events fire in the order of their numbers.
 */
export class Timer extends Peripheral {
  readonly #cc: readonly Register[]
  readonly #compare: readonly EventRegister[]
  readonly #mode: Register
  readonly #bitMode: Register
  readonly #prescaler: Register
  #running = false
  /** The counter held `#count` at cycle `#since`. */
  #count = 0
  #since = 0
  readonly #next = this.chip.time.alarm(this.name, () => {
    this.#fireMatches()
    this.#reschedule()
  })

  constructor(chip: ChipContext, name: string, base: number, channels: 4 | 6) {
    super(chip, name, base)
    const stop = this.task('STOP', 0x004, () => this.#stop('stopped'))
    const clear = this.task('CLEAR', 0x00c, () => this.#setCount(0))
    this.task('START', 0x000, () => this.#start())
    this.task('COUNT', 0x008, () => this.#increment())
    this.task('SHUTDOWN', 0x010, () => {
      this.#stop('off')
      this.#setCount(0)
    })
    this.tasks('CAPTURE', channels, 0x040, (i) => this.#capture(i))
    this.#compare = this.events('COMPARE', channels, 0x140)
    this.shorts([
      ...this.#compare.map((event, i) => [i, event, clear] as const),
      ...this.#compare.map((event, i) => [i + 8, event, stop] as const),
    ])
    this.interrupts(this.maskOf(...this.#compare))
    this.#mode = this.register('MODE', 0x504, { mask: 3, write: () => this.#reschedule() })
    this.#bitMode = this.register('BITMODE', 0x508, { mask: 3, write: () => this.#setCount(this.counter) })
    this.#prescaler = this.register('PRESCALER', 0x510, {
      reset: 4,
      mask: 0xf,
      write: (value, previous) => {
        this.#count = this.#counterWith(previous)
        this.#since = chip.time.now
        this.#reschedule()
      },
    })
    this.#cc = this.registerArray('CC', channels, 0x540, () => ({ write: () => this.#reschedule() }))
  }

  /** The counter at this cycle: computed, never ticked. */
  get counter(): number {
    return this.#counterWith(this.#prescaler.value)
  }

  override reset(): void {
    super.reset()
    this.#running = false
    this.#count = 0
    this.#reschedule()
  }

  override save(): TimerState {
    const [running, count, since] = [this.#running, this.#count, this.#since]
    return { page: super.save().page, running, count, since, next: this.#next.save() }
  }

  override restore(state: TimerState): void {
    super.restore(state)
    this.#running = state.running
    this.#count = state.count
    this.#since = state.since
    this.#next.restore(state.next)
  }

  /** 2 ** width as a number: 32 bits do not fit a shift. */
  get #span(): number {
    return 2 ** (WIDTHS[this.#bitMode.value] ?? 16)
  }

  get #counting(): boolean {
    return this.#running && this.#mode.value === MODE_TIMER
  }

  #tickCycles(prescaler: number): number {
    return PCLK16M * 2 ** Math.min(prescaler, 9)
  }

  #counterWith(prescaler: number): number {
    if (!this.#counting) return this.#count % this.#span
    const ticks = Math.floor((this.chip.time.now - this.#since) / this.#tickCycles(prescaler))
    return (this.#count + ticks) % this.#span
  }

  #start(): void {
    if (this.#running) return
    this.#running = true
    this.#since = this.chip.time.now
    this.chip.power.enter(this.name, this.#powerState, this.chip.time.now)
    this.#reschedule()
  }

  /** Up to 1 MHz the counter runs from PCLK1M, above from PCLK16M (PS 6.30). */
  get #powerState(): string {
    if (this.#mode.value !== MODE_TIMER) return 'counter'
    return this.#prescaler.value < 4 ? 'timer, above 1 MHz' : 'timer, up to 1 MHz'
  }

  #stop(state: string): void {
    this.#count = this.counter
    this.#running = false
    this.chip.power.enter(this.name, state, this.chip.time.now)
    this.#reschedule()
  }

  #setCount(count: number): void {
    this.#count = count
    this.#since = this.chip.time.now
    this.#reschedule()
  }

  #increment(): void {
    if (!this.#running || this.#mode.value === MODE_TIMER) return
    this.#count = (this.#count + 1) % this.#span
    this.#fireMatches()
  }

  #capture(channel: number): void {
    const cc = this.#cc[channel]
    if (cc === undefined) return
    cc.value = this.counter
    this.#reschedule()
  }

  #fireMatches(): void {
    const count = this.counter
    this.#cc.forEach((cc, i) => {
      if (cc.value % this.#span === count) this.#compare[i]?.fire()
    })
  }

  #reschedule(): void {
    this.#next.cancel()
    if (!this.#counting) return
    const tick = this.#tickCycles(this.#prescaler.value)
    const elapsed = Math.floor((this.chip.time.now - this.#since) / tick)
    const count = (this.#count + elapsed) % this.#span
    const ticksTo = (cc: number): number => (((cc % this.#span) - count + this.#span - 1) % this.#span) + 1
    const soonest = Math.min(...this.#cc.map((cc) => ticksTo(cc.value)))
    this.#next.at(this.#since + (elapsed + soonest) * tick)
  }
}
