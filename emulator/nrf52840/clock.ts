import { Agenda } from '../time/agenda.ts'
import type { SavedCall } from '../time/agenda.ts'
import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND, CYCLES_PER_SECOND, LOW_FREQUENCY_CLOCK } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import type { EventRegister, Register } from './peripheral.ts'
import { PowerRegisters } from './power.ts'
import type { PowerOptions, PowerState } from './power.ts'

const RUNNING = 1 << 16
const SOURCE = { rc: 0, crystal: 1, synthesized: 2 } as const
const lfSourceNames = ['LFRC', 'LFXO', 'LFSYNT'] as const
/** HFXODEBOUNCE counts in 16 us. */
const DEBOUNCE_UNIT = 16 * CYCLES_PER_MICROSECOND
/** Crystal amplitude builds up before the debounce begins. estimate: no published figure found for the nRF52840. */
const HFXO_POWER_UP = 60 * CYCLES_PER_MICROSECOND
/** tSTART_LFRC, tSTART_LFXO, tSTART_LFSYNT of PS 5.4. */
const LFRC_START = 600 * CYCLES_PER_MICROSECOND
const LFXO_START = 0.25 * CYCLES_PER_SECOND
const LFSYNT_START = 100 * CYCLES_PER_MICROSECOND
/** Time of one LFRC calibration. estimate */
const CALIBRATION = 16_000 * CYCLES_PER_MICROSECOND

interface LowFrequencyState {
  readonly anchor: number | undefined
  readonly isRequested: boolean
}

/** The 32 768 Hz clock as the RTCs, the watchdog and others see it. */
export class LowFrequencyClock {
  /** Cycle of tick 0; undefined while the clock stands still. */
  anchor: number | undefined
  /** LFCLKSTART was given: it ticks, or will soon. */
  isRequested = false
  /** Not saved: wiring. */
  readonly #listeners: (() => void)[] = []

  constructor(private readonly time: { readonly now: number }) {}

  /** Told before the clock stops and after it has started. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  set(anchor: number | undefined): void {
    if (anchor === undefined) for (const listener of this.#listeners) listener()
    this.anchor = anchor
    if (anchor !== undefined) for (const listener of this.#listeners) listener()
  }

  save(): LowFrequencyState {
    return { anchor: this.anchor, isRequested: this.isRequested }
  }

  /** Nobody is told: those who listen have saved what they made of it. */
  restore({ anchor, isRequested }: LowFrequencyState): void {
    this.anchor = anchor
    this.isRequested = isRequested
  }

  /** Ticks since the clock was started. */
  get tick(): number {
    return this.anchor === undefined ? 0 : LOW_FREQUENCY_CLOCK.ticksAt(this.time.now - this.anchor)
  }

  cycleOf(tick: number): number {
    return this.anchor === undefined ? Infinity : this.anchor + LOW_FREQUENCY_CLOCK.cycleOf(tick)
  }

  /**
   * The tick at which something asked for now is seen: a falling and then a rising edge of LFCLK must pass
   * (PS 6.22.8: 15.2585 to 45.7755 us).
   */
  get synchronisedTick(): number {
    if (this.anchor === undefined) return 1
    const { numerator, denominator } = LOW_FREQUENCY_CLOCK
    const halfTicks = (2 * (this.time.now - this.anchor) * denominator) / numerator
    return Math.ceil((halfTicks + 1) / 2)
  }
}

interface ClockState extends PowerState {
  readonly low: LowFrequencyState
  readonly hfRequested: boolean
  readonly hfxoRunning: boolean
  readonly hfStart: SavedAlarm | null
  readonly lfSourceCopy: number
  readonly lfRunningSource: number
  readonly lfStartSource: number
  readonly lfTicking: SavedAlarm | null
  readonly lfStart: SavedAlarm | null
  readonly calibrations: readonly SavedCall<'DONE'>[]
  readonly calibrationTimer: SavedAlarm | null
}

/**
 * CLOCK, PS 5.4 (with POWER on the same page). Approximated:
 * 1. HFCLKSTAT.STATE reads as running from HFINT before HFXO is started: the CPU that reads it runs from it.
 * 2. HFINT, HFXO, LFRC and LFXO all run at their nominal frequency; only start-up times tell them apart.
 * 3. With LFXO as source the LFCLK ticks from LFRC until LFXO is up, on one unbroken grid.
 * 4. Calibration changes nothing but takes its time; TRACECONFIG and LFRCMODE are storage.
 * 5. HFXO is not requested by peripherals: only HFCLKSTART starts it.
 * 6. Changing the source of a running LFCLK costs no tick, where silicon stretches one by half a cycle or one.
 *    LFCLKSTART for the source that runs fires LFCLKSTARTED at once, as in BabbleSim's model of it.
 */
export class ClockPower extends PowerRegisters {
  readonly low: LowFrequencyClock
  readonly #hfStarted: EventRegister
  readonly #lfStarted: EventRegister
  readonly #hfxoDebounce: Register
  readonly #lfSource: Register
  #hfRequested = false
  #hfxoRunning = false
  readonly #hfStart = this.chip.time.alarm('HFCLKSTARTED', () => this.#highStarted())
  #lfSourceCopy = 0
  #lfRunningSource: number = SOURCE.rc
  /** The source that LFCLKSTARTED will tell of. */
  #lfStartSource: number = SOURCE.rc
  readonly #lfTicking = this.chip.time.alarm('LFCLK ticking', () => this.#lowTicks())
  readonly #lfStart = this.chip.time.alarm('LFCLKSTARTED', () => this.#lowStarted())
  /** Each CAL ends in its own DONE. */
  readonly #calibrations = new Agenda<'DONE'>(
    (callback) => this.chip.time.alarm('CLOCK CAL', callback),
    () => this.#done.fire(),
  )
  readonly #calibrationTimer = this.chip.time.alarm('CLOCK CTTO', () => this.#timeout.fire())
  readonly #done: EventRegister
  readonly #timeout: EventRegister

  constructor(chip: ChipContext, options: PowerOptions) {
    super(chip, options)
    this.owner = 'CLOCK'
    this.low = new LowFrequencyClock(chip.time)
    this.#hfStarted = this.event('HFCLKSTARTED', 0x100)
    this.#lfStarted = this.event('LFCLKSTARTED', 0x104)
    this.#done = this.event('DONE', 0x10c)
    this.#timeout = this.event('CTTO', 0x110)
    const timerStarted = this.event('CTSTARTED', 0x128)
    const timerStopped = this.event('CTSTOPPED', 0x12c)
    const calibrationInterval = this.register('CTIV', 0x538, { mask: 0x7f })
    this.task('HFCLKSTART', 0x000, () => this.#startHigh())
    this.task('HFCLKSTOP', 0x004, () => this.#stopHigh())
    this.task('LFCLKSTART', 0x008, () => this.#startLow())
    this.task('LFCLKSTOP', 0x00c, () => this.#stopLow())
    this.task('CAL', 0x010, () => this.#calibrations.at(chip.time.now + CALIBRATION, 'DONE'))
    this.task('CTSTART', 0x014, () => {
      const quarterSecond = CYCLES_PER_SECOND / 4
      const length = Math.max(1, calibrationInterval.value) * quarterSecond
      this.#calibrationTimer.after(length)
      timerStarted.fire()
    })
    this.task('CTSTOP', 0x018, () => {
      this.#calibrationTimer.cancel()
      timerStopped.fire()
    })
    this.register('HFCLKRUN', 0x408, { readOnly: true, read: () => Number(this.#hfRequested) })
    this.register('HFCLKSTAT', 0x40c, {
      readOnly: true,
      read: () => RUNNING | (this.#hfxoRunning ? SOURCE.crystal : SOURCE.rc),
    })
    this.register('LFCLKRUN', 0x414, { readOnly: true, read: () => Number(this.low.isRequested) })
    this.register('LFCLKSTAT', 0x418, {
      readOnly: true,
      read: () => (this.low.anchor === undefined ? 0 : RUNNING | this.#lfRunningSource),
    })
    this.register('LFCLKSRCCOPY', 0x41c, { readOnly: true, read: () => this.#lfSourceCopy })
    this.#lfSource = this.register('LFCLKSRC', 0x518, { mask: 0x3_0003 })
    this.#hfxoDebounce = this.register('HFXODEBOUNCE', 0x528, { reset: 0x10, mask: 0xff })
    this.register('TRACECONFIG', 0x55c, {
      mask: 0x3_0003,
      write: (value) => chip.power.enter('DEBUG', value >>> 16 === 0 ? 'off' : 'trace', chip.time.now),
    })
    this.register('LFRCMODE', 0x5b4, { mask: 1 })
    this.owner = 'POWER'
    this.interrupts(
      this.maskOf(
        this.#hfStarted,
        this.#lfStarted,
        this.#done,
        this.#timeout,
        timerStarted,
        timerStopped,
        ...this.powerEvents,
      ),
    )
  }

  get hfxoRunning(): boolean {
    return this.#hfxoRunning
  }

  override reset(): void {
    super.reset()
    this.stopAll()
  }

  /** LFCLK has long been started from the crystal by what ran before, and ticks on. */
  runsFromCrystal(): void {
    this.#lfSource.value = this.#lfSourceCopy = SOURCE.crystal
    this.#lfRunningSource = this.#lfStartSource = SOURCE.crystal
    this.low.isRequested = true
    this.#lowTicks()
  }

  /** The watchdog starts the low-frequency clock when nobody else has (PS 6.36.1). */
  requestLow(): void {
    if (!this.low.isRequested) this.#startLow()
  }

  /** Neither clock runs any more. */
  stopAll(): void {
    this.#stopHigh()
    this.#stopLow()
    this.#calibrationTimer.cancel()
  }

  override save(): ClockState {
    return {
      ...super.save(),
      low: this.low.save(),
      hfRequested: this.#hfRequested,
      hfxoRunning: this.#hfxoRunning,
      hfStart: this.#hfStart.save(),
      lfSourceCopy: this.#lfSourceCopy,
      lfRunningSource: this.#lfRunningSource,
      lfStartSource: this.#lfStartSource,
      lfTicking: this.#lfTicking.save(),
      lfStart: this.#lfStart.save(),
      calibrations: this.#calibrations.save(),
      calibrationTimer: this.#calibrationTimer.save(),
    }
  }

  override restore(state: ClockState): void {
    super.restore(state)
    this.low.restore(state.low)
    this.#hfRequested = state.hfRequested
    this.#hfxoRunning = state.hfxoRunning
    this.#hfStart.restore(state.hfStart)
    this.#lfSourceCopy = state.lfSourceCopy
    this.#lfRunningSource = state.lfRunningSource
    this.#lfStartSource = state.lfStartSource
    this.#lfTicking.restore(state.lfTicking)
    this.#lfStart.restore(state.lfStart)
    this.#calibrations.restore(state.calibrations)
    this.#calibrationTimer.restore(state.calibrationTimer)
  }

  #startHigh(): void {
    this.#hfRequested = true
    if (this.#hfxoRunning || this.#hfStart.isSet) return
    this.chip.power.enter('HFXO', 'starting', this.chip.time.now)
    this.#hfStart.after(HFXO_POWER_UP + this.#hfxoDebounce.value * DEBOUNCE_UNIT)
  }

  #highStarted(): void {
    this.#hfxoRunning = true
    this.chip.power.enter('HFXO', 'running', this.chip.time.now)
    this.#hfStarted.fire()
  }

  #stopHigh(): void {
    this.#hfStart.cancel()
    this.#hfRequested = false
    this.#hfxoRunning = false
    this.chip.power.enter('HFXO', 'off', this.chip.time.now)
  }

  /** Again with another source: LFCLK ticks on from the one that runs until the new one has started (PS 5.4.2). */
  #startLow(): void {
    const source = this.#lfSource.value & 3
    this.#lfSourceCopy = this.#lfSource.value
    const first = source === SOURCE.synthesized ? LFSYNT_START : LFRC_START
    const isTicking = this.low.anchor !== undefined
    if (!this.low.isRequested) {
      this.low.isRequested = true
      this.#lfRunningSource = source === SOURCE.crystal ? SOURCE.rc : source
      this.#lfTicking.after(first)
    }
    const isRunning = isTicking && this.#lfRunningSource === source
    const start = isRunning ? 0 : source === SOURCE.crystal ? LFXO_START : first
    this.#lfStartSource = source
    this.#lfStart.after(start)
  }

  #lowTicks(): void {
    this.#reportLow()
    this.low.set(this.chip.time.now)
  }

  #lowStarted(): void {
    this.#lfRunningSource = this.#lfStartSource
    this.#reportLow()
    this.#lfStarted.fire()
  }

  #reportLow(): void {
    this.chip.power.enter('LFCLK', lfSourceNames[this.#lfRunningSource] ?? 'LFRC', this.chip.time.now)
  }

  #stopLow(): void {
    this.#lfTicking.cancel()
    this.#lfStart.cancel()
    this.low.isRequested = false
    if (this.low.anchor !== undefined) this.low.set(undefined)
    this.chip.power.enter('LFCLK', 'off', this.chip.time.now)
  }
}
