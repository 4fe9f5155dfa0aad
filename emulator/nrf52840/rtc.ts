import { Agenda } from '../time/agenda.ts'
import type { SavedCall } from '../time/agenda.ts'
import type { SavedAlarm } from '../time/alarm.ts'
import type { LowFrequencyClock } from './clock.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const SPAN = 1 << 24
const OVERFLOW_START = 0xff_fff0

type Task = 'START' | 'STOP' | 'CLEAR' | 'TRIGOVRFLW'

interface RtcState extends PeripheralState {
  readonly armed: readonly number[]
  readonly eventEnable: number
  readonly running: boolean
  readonly count: number
  readonly since: number
  readonly period: number
  readonly next: SavedAlarm | null
  readonly nextTick: number
  readonly pendingTasks: readonly SavedCall<Task>[]
}

/**
 * RTC, PS 6.22. Tasks take effect after a falling and a rising edge of LFCLK; a CC written less than half a tick
 * before the edge at which it would match misses that turn, so COUNTER + 1 may or may not match and COUNTER + 2
 * always does (PS 6.22.7). An event that is enabled in neither EVTEN nor INTEN does not happen. Approximated:
 * 1. START while LFCLK is not running counts from the second tick after it starts (PS: up to 250 us more).
 * 2. Reading COUNTER costs no extra wait cycles and sees the tick at once.
 * 3. A change of EVTEN or INTEN acts at once.
 * 4. Stopping LFCLK freezes COUNTER and loses the running fraction of the prescaler.
 */
export class Rtc extends Peripheral {
  readonly #tick: EventRegister
  readonly #overflow: EventRegister
  readonly #compare: readonly EventRegister[]
  readonly #cc: readonly Register[]
  readonly #prescaler: Register
  readonly #low: LowFrequencyClock
  /** Earliest tick at which each CC can match. */
  #armed: number[]
  #eventEnable = 0
  #running = false
  /** COUNTER held `#count` at LFCLK tick `#since`, when the prescaler began anew with `#period` ticks. */
  #count = 0
  #since = 0
  #period = 1
  /** LFCLK tick of the event that `#next` waits for. */
  #nextTick = 0
  readonly #next = this.chip.time.alarm(this.name, () => {
    this.#fireAt(this.#nextTick)
    this.#reschedule()
  })
  /** On an edge they come before its own compare, which then already sees their effect. */
  readonly #pendingTasks = new Agenda<Task>(
    (callback) => this.chip.time.alarm(`${this.name} task`, callback, -1),
    (task) => this.#act(task),
  )

  constructor(chip: ChipContext, low: LowFrequencyClock, name: string, base: number, channels: 3 | 4) {
    super(chip, name, base)
    this.#low = low
    this.task('START', 0x000, () => this.#synchronise('START'))
    this.task('STOP', 0x004, () => this.#synchronise('STOP'))
    this.task('CLEAR', 0x008, () => this.#synchronise('CLEAR'))
    this.task('TRIGOVRFLW', 0x00c, () => this.#synchronise('TRIGOVRFLW'))
    this.#tick = this.event('TICK', 0x100)
    this.#overflow = this.event('OVRFLW', 0x104)
    this.#compare = this.events('COMPARE', channels, 0x140)
    const mask = this.maskOf(this.#tick, this.#overflow, ...this.#compare)
    this.interrupts(mask)
    const setEventEnable = (value: number): void => {
      this.#eventEnable = (value & mask) >>> 0
      this.#reschedule()
    }
    const read = (): number => this.#eventEnable
    this.register('EVTEN', 0x340, { read, write: setEventEnable })
    this.register('EVTENSET', 0x344, { read, write: (bits) => setEventEnable(this.#eventEnable | bits) })
    this.register('EVTENCLR', 0x348, { read, write: (bits) => setEventEnable(this.#eventEnable & ~bits) })
    this.register('COUNTER', 0x504, { readOnly: true, read: () => this.counter })
    this.#prescaler = this.register('PRESCALER', 0x508, {
      mask: 0xfff,
      write: (_, previous) => {
        if (this.#running) this.#prescaler.value = previous
      },
    })
    this.#armed = new Array<number>(channels).fill(0)
    this.#cc = this.registerArray('CC', channels, 0x540, (i) => ({
      mask: SPAN - 1,
      write: () => {
        this.#armed[i] = low.synchronisedTick
        this.#reschedule()
      },
    }))
    low.onChange(() => this.#onClockChange())
  }

  get counter(): number {
    if (!this.#running || this.#low.anchor === undefined) return this.#count
    return (this.#count + Math.floor((this.#low.tick - this.#since) / this.#period)) % SPAN
  }

  /** It has been started by what ran before, and has come so far. LFCLK ticks. */
  runsAt(count: number): void {
    this.#start()
    this.#count = count
    this.#since = this.#low.tick
    this.#reschedule()
  }

  override writeWord(offset: number, value: number): void {
    super.writeWord(offset, value)
    if (offset === 0x304 || offset === 0x308) this.#reschedule()
  }

  override reset(): void {
    super.reset()
    this.#pendingTasks.cancel()
    this.#eventEnable = 0
    this.#running = false
    this.#count = 0
    this.#armed.fill(0)
    this.#reschedule()
  }

  override save(): RtcState {
    return {
      page: super.save().page,
      armed: [...this.#armed],
      eventEnable: this.#eventEnable,
      running: this.#running,
      count: this.#count,
      since: this.#since,
      period: this.#period,
      next: this.#next.save(),
      nextTick: this.#nextTick,
      pendingTasks: this.#pendingTasks.save(),
    }
  }

  override restore(state: RtcState): void {
    super.restore(state)
    this.#armed = [...state.armed]
    this.#eventEnable = state.eventEnable
    this.#running = state.running
    this.#count = state.count
    this.#since = state.since
    this.#period = state.period
    this.#next.restore(state.next)
    this.#nextTick = state.nextTick
    this.#pendingTasks.restore(state.pendingTasks)
  }

  #synchronise(task: Task): void {
    if (this.#low.anchor === undefined) this.#act(task)
    else this.#pendingTasks.at(this.#low.cycleOf(this.#low.synchronisedTick), task)
  }

  #act(task: Task): void {
    if (task === 'START') this.#start()
    else if (task === 'STOP') this.#stop()
    else this.#restart(task === 'CLEAR' ? 0 : OVERFLOW_START)
  }

  /** The tick of START's edge is itself the first increment (PS 6.22.8: 15 to 46 us after the task). */
  #start(): void {
    if (this.#running) return
    this.#running = true
    if (!this.#low.isRequested)
      this.chip.problems.report(
        `${this.name}: started while LFCLK is off: it does not count before LFCLKSTART`,
      )
    this.chip.power.enter(this.name, 'running', this.chip.time.now)
    this.#period = this.#prescaler.value + 1
    this.#since = this.#low.anchor === undefined ? 0 : this.#low.tick - 1
    if (this.#low.anchor !== undefined) this.#fireAt(this.#low.tick)
    this.#reschedule()
  }

  #stop(): void {
    this.#count = this.counter
    this.#running = false
    this.chip.power.enter(this.name, 'stopped', this.chip.time.now)
    this.#reschedule()
  }

  #restart(count: number): void {
    this.#count = count
    this.#since = this.#low.tick
    this.#period = this.#prescaler.value + 1
    this.#reschedule()
  }

  #onClockChange(): void {
    if (this.#low.anchor !== undefined && this.chip.time.now > this.#low.anchor) {
      this.#count = this.counter
    } else {
      this.#since = 0
      this.#armed.fill(0)
    }
    this.#reschedule()
  }

  #enabled(event: EventRegister): boolean {
    return ((this.#eventEnable | this.interruptEnable) & event.bit) !== 0
  }

  /** First tick after `from` at which COUNTER becomes `value`. */
  #tickOf(value: number, from: number): number {
    const increments = Math.floor((from - this.#since) / this.#period)
    const count = (this.#count + increments) % SPAN
    const distance = ((value - count + SPAN - 1) % SPAN) + 1
    return this.#since + (increments + distance) * this.#period
  }

  #compareTick(channel: number, from: number): number {
    const armed = this.#armed[channel] ?? 0
    return this.#tickOf(this.#cc[channel]?.value ?? 0, Math.max(from, armed - 1))
  }

  #fireAt(tick: number): void {
    const before = tick - 1
    const due = (event: EventRegister, at: number): boolean => at === tick && this.#enabled(event)
    const fire: EventRegister[] = []
    if (due(this.#tick, this.#tickOf((this.#counterAt(before) + 1) % SPAN, before))) fire.push(this.#tick)
    if (due(this.#overflow, this.#tickOf(0, before))) fire.push(this.#overflow)
    this.#compare.forEach((event, i) => {
      if (due(event, this.#compareTick(i, before))) fire.push(event)
    })
    for (const event of fire) {
      event.raise()
      if ((this.#eventEnable & event.bit) !== 0) event.publish()
    }
  }

  #counterAt(tick: number): number {
    return (this.#count + Math.floor((tick - this.#since) / this.#period) + SPAN) % SPAN
  }

  #reschedule(): void {
    this.#next.cancel()
    if (!this.#running || this.#low.anchor === undefined) return
    const now = this.#low.tick
    let soonest = Infinity
    for (let i = 0; i < this.#compare.length; i++) {
      const event = this.#compare[i]
      if (event && this.#enabled(event)) soonest = Math.min(soonest, this.#compareTick(i, now))
    }
    if (this.#enabled(this.#overflow)) soonest = Math.min(soonest, this.#tickOf(0, now))
    if (this.#enabled(this.#tick)) soonest = Math.min(soonest, this.#tickOf((this.counter + 1) % SPAN, now))
    if (soonest === Infinity) return
    this.#nextTick = soonest
    this.#next.at(this.#low.cycleOf(soonest))
  }
}
