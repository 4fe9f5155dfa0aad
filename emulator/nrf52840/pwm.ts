import type { SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import type { Gpio } from './gpio.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const CHANNELS = 4
const PCLK16M = 4
const DISCONNECTED = 0x8000_0000
const LOAD = { common: 0, grouped: 1, individual: 2, waveform: 3 } as const
/** Half-words of RAM a step takes, by DECODER.LOAD. */
const WORDS_PER_STEP = [1, 2, 4, 4]
const FALLING_FIRST = 0x8000

interface Sequence {
  readonly pointer: Register
  readonly count: Register
  readonly refresh: Register
  readonly endDelay: Register
  readonly started: EventRegister
  readonly ended: EventRegister
}

/** What is played: `loops` are those that are left. */
interface Playing {
  readonly sequence: number
  readonly step: number
  readonly loops: number
}

/** Until what is due next: periods after it that play the same, and whether the sequence ends with them. */
interface Stretch {
  readonly further: number
  readonly last: boolean
}

interface PwmState extends PeripheralState {
  readonly playing: Playing | undefined
  readonly generating: boolean
  readonly since: number
  readonly began: number
  readonly period: number
  readonly compares: readonly number[]
  readonly stretch: Stretch
  readonly next: SavedAlarm | null
  readonly stopping: SavedAlarm | null
  readonly driven: readonly number[]
}

/**
 * PWM, PS 6.17. A period is COUNTERTOP steps of the prescaled 16 MHz, twice that in up-and-down mode; a value of a
 * sequence is played for REFRESH + 1 periods, and ENDDELAY periods follow the last one. Approximated:
 * 1. Pins do not toggle: a pin that is neither always high nor always low is told its share of high time.
 * 2. PWMPERIODEND fires each period only when its interrupt or a PPI channel listens, else once a step.
 * 3. STOP and NEXTSTEP act at the end of the period that is under way when a step began on the grid.
 */
export class Pwm extends Peripheral {
  readonly #gpio: Gpio
  readonly #stopped: EventRegister
  readonly #periodEnd: EventRegister
  readonly #loopsDone: EventRegister
  readonly #enable: Register
  readonly #mode: Register
  readonly #counterTop: Register
  readonly #prescaler: Register
  readonly #decoder: Register
  readonly #loop: Register
  readonly #sequences: readonly Sequence[]
  readonly #pins: readonly Register[]
  #playing: Playing | undefined
  #generating = false
  /** Cycle at which the period under way began, and its length. */
  #since = 0
  /** Cycle of the latest SEQSTART. */
  #began = -1
  #period = 0
  #compares: readonly number[] = [0, 0, 0, 0]
  #stretch: Stretch = { further: 0, last: false }
  readonly #next = this.chip.time.alarm(this.name, () => this.#played())
  readonly #stopping = this.chip.time.alarm(`${this.name} STOPPED`, () => {
    this.#halt()
    this.chip.power.enter(this.name, 'idle', this.chip.time.now)
    this.#stopped.fire()
  })
  #driven: readonly number[] = []

  constructor(chip: ChipContext, gpio: Gpio, instance: number, base: number) {
    super(chip, `PWM${instance}`, base)
    this.#gpio = gpio
    const stop = this.task('STOP', 0x004, () => this.#stop())
    const starts = [0, 1].map((i) => this.task(`SEQSTART[${i}]`, 0x008 + 4 * i, () => this.#start(i)))
    this.task('NEXTSTEP', 0x010, () => this.#nextStep())
    this.#stopped = this.event('STOPPED', 0x104)
    const started = this.events('SEQSTARTED', 2, 0x108)
    const ended = this.events('SEQEND', 2, 0x110)
    this.#periodEnd = this.event('PWMPERIODEND', 0x118)
    this.#loopsDone = this.event('LOOPSDONE', 0x11c)
    this.shorts([
      ...ended.map((event, i) => [i, event, stop] as const),
      ...starts.map((start, i) => [2 + i, this.#loopsDone, start] as const),
      [4, this.#loopsDone, stop],
    ])
    const all = [this.#stopped, ...started, ...ended, this.#periodEnd, this.#loopsDone]
    this.interrupts(this.maskOf(...all), { inten: true })
    this.#enable = this.register('ENABLE', 0x500, { mask: 1, write: (value) => this.#switch(value) })
    this.#mode = this.register('MODE', 0x504, { mask: 1 })
    this.#counterTop = this.register('COUNTERTOP', 0x508, { reset: 0x3ff, mask: 0x7fff })
    this.#prescaler = this.register('PRESCALER', 0x50c, { mask: 7 })
    this.#decoder = this.register('DECODER', 0x510, { mask: 0x103 })
    this.#loop = this.register('LOOP', 0x514, { mask: 0xffff })
    this.#sequences = started.flatMap((event, i) => {
      const end = ended[i]
      if (end === undefined) return []
      const at = 0x520 + 0x20 * i
      return {
        pointer: this.register(`SEQ[${i}].PTR`, at),
        count: this.register(`SEQ[${i}].CNT`, at + 4, { mask: 0x7fff }),
        refresh: this.register(`SEQ[${i}].REFRESH`, at + 8, { reset: 1, mask: 0xff_ffff }),
        endDelay: this.register(`SEQ[${i}].ENDDELAY`, at + 12, { mask: 0xff_ffff }),
        started: event,
        ended: end,
      }
    })
    this.#pins = this.registerArray('PSEL.OUT', CHANNELS, 0x560, () => ({ reset: 0xffff_ffff }))
  }

  override reset(): void {
    this.#halt()
    super.reset()
  }

  override save(): PwmState {
    return {
      page: super.save().page,
      playing: this.#playing,
      generating: this.#generating,
      since: this.#since,
      began: this.#began,
      period: this.#period,
      compares: this.#compares,
      stretch: this.#stretch,
      next: this.#next.save(),
      stopping: this.#stopping.save(),
      driven: this.#driven,
    }
  }

  override restore(state: PwmState): void {
    super.restore(state)
    this.#playing = state.playing
    this.#generating = state.generating
    this.#since = state.since
    this.#began = state.began
    this.#period = state.period
    this.#compares = state.compares
    this.#stretch = state.stretch
    this.#next.restore(state.next)
    this.#stopping.restore(state.stopping)
    this.#driven = state.driven
  }

  /** Cycles of a period with the values now in force. */
  get #periodCycles(): number {
    const waveform = (this.#decoder.value & 3) === LOAD.waveform
    const top = waveform ? (this.#compares[3] ?? 0) & 0x7fff : this.#counterTop.value
    return Math.max(top, 3) * PCLK16M * 2 ** this.#prescaler.value * (1 + this.#mode.value)
  }

  #switch(enabled: number): void {
    if (enabled === 0) this.#halt()
    this.chip.power.enter(this.name, enabled === 0 ? 'off' : 'idle', this.chip.time.now)
  }

  #halt(): void {
    this.#next.cancel()
    this.#stopping.cancel()
    this.#playing = undefined
    this.#generating = false
    for (const pin of this.#driven) this.#gpio.modulate(pin, undefined)
    this.#driven = []
  }

  #start(sequence: number): void {
    const chosen = this.#sequences[sequence]
    if (this.#enable.value === 0) this.unheard(`SEQSTART[${sequence}]`)
    if (this.#enable.value === 0 || chosen === undefined) return
    if (!this.chip.dataRam.holds(this.name, chosen.pointer.value, 2 * chosen.count.value)) return
    this.#next.cancel()
    this.#stopping.cancel()
    this.#driven = this.#pins.flatMap(({ value }) => (value < DISCONNECTED ? [value & 0x3f] : []))
    if (!this.#generating) this.chip.power.enter(this.name, 'running', this.chip.time.now)
    this.#generating = true
    this.#began = this.#since = this.chip.time.now
    this.#period = this.#periodCycles
    const loops = this.#playing?.loops ?? this.#loop.value
    this.#playing = { sequence, step: 0, loops }
    chosen.started.fire()
    this.#step()
  }

  /** Loads the next value and lets it play for its periods. */
  #step(): void {
    const playing = this.#playing
    const sequence = playing && this.#sequences[playing.sequence]
    if (playing === undefined || sequence === undefined) return
    const words = WORDS_PER_STEP[this.#decoder.value & 3] ?? 1
    const steps = Math.floor(sequence.count.value / words)
    if (playing.step < steps) this.#load(sequence.pointer.value + 2 * words * playing.step, words)
    this.#since = this.chip.time.now
    this.#period = this.#periodCycles
    this.#output()
    const last = playing.step >= steps - 1
    const byTask = (this.#decoder.value & 0x100) !== 0
    if (byTask && !last) return
    const periods = (byTask ? 1 : sequence.refresh.value + 1) + (last ? sequence.endDelay.value : 0)
    this.#play(periods, last)
  }

  #play(periods: number, last: boolean): void {
    const listened = (this.interruptEnable & this.#periodEnd.bit) !== 0 || this.#periodEnd.isRouted
    const chunk = listened ? 1 : periods
    this.#stretch = { further: periods - chunk, last }
    this.#next.after(chunk * this.#period)
  }

  #played(): void {
    const { further, last } = this.#stretch
    this.#since = this.chip.time.now
    this.#periodEnd.fire()
    if (further > 0) this.#play(further, last)
    else if (last) this.#endSequence()
    else this.#advance()
  }

  #advance(): void {
    const playing = this.#playing
    if (playing === undefined) return
    this.#playing = { ...playing, step: playing.step + 1 }
    this.#step()
  }

  #nextStep(): void {
    const playing = this.#playing
    if (playing === undefined || (this.#decoder.value & 0x100) === 0) return
    this.#advance()
  }

  /** With LOOP set sequences 0 and 1 take turns; LOOPSDONE follows the last sequence 1. */
  #endSequence(): void {
    const playing = this.#playing
    if (playing === undefined) return
    const { sequence, loops } = playing
    this.#playing = undefined
    this.#sequences[sequence]?.ended.fire()
    if (this.#isBusy || this.#stopping.isSet) return
    if (this.#loop.value === 0 || loops === 0) return
    const left = sequence === 1 ? loops - 1 : loops
    if (left === 0) {
      this.#loopsDone.fire()
      return
    }
    this.#playing = { sequence, step: 0, loops: left }
    this.#start(1 - sequence)
  }

  /** A shortcut of SEQEND has begun another sequence, or switched off. */
  get #isBusy(): boolean {
    return this.#playing !== undefined || !this.#generating
  }

  #stop(): void {
    if (!this.#generating) {
      if (this.#enable.value !== 0) this.#stopped.fire()
      return
    }
    this.#next.cancel()
    this.#playing = undefined
    if (this.#stopping.isSet) return
    const { now } = this.chip.time
    // What has only just begun plays a period.
    const periods = Math.max(now === this.#began ? 1 : 0, Math.ceil((now - this.#since) / this.#period))
    this.#stopping.at(this.#since + periods * this.#period)
  }

  #load(address: number, words: number): void {
    const read = (i: number): number =>
      this.chip.dataRam.read(address + 2 * i) | (this.chip.dataRam.read(address + 2 * i + 1) << 8)
    const values = Array.from({ length: words }, (_, i) => read(i))
    this.#compares = Array.from({ length: CHANNELS }, (_, channel) => {
      if (words === 1) return values[0] ?? 0
      return (words === 2 ? values[channel >> 1] : values[channel]) ?? 0
    })
  }

  #output(): void {
    const waveform = (this.#decoder.value & 3) === LOAD.waveform
    const top = waveform ? (this.#compares[3] ?? 0) & 0x7fff : this.#counterTop.value
    const channels = waveform ? 3 : CHANNELS
    for (let channel = 0; channel < channels; channel++) {
      const pin = this.#pins[channel]?.value ?? DISCONNECTED
      if (pin >= DISCONNECTED) continue
      const compare = this.#compares[channel] ?? 0
      const share = Math.min(1, (compare & 0x7fff) / Math.max(top, 1))
      this.#gpio.modulate(pin & 0x3f, (compare & FALLING_FIRST) !== 0 ? share : 1 - share)
    }
  }
}
