import type { SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import type { PinNumber } from './gpio.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

/** PDMCLKCTRL.FREQ to the divider of 32 MHz (PS 6.15.8: 1.000, 1.032, 1.067, 1.231, 1.280, 1.333 MHz). */
const DIVIDERS = new Map([
  [0x0800_0000, 32],
  [0x0840_0000, 31],
  [0x0880_0000, 30],
  [0x0980_0000, 26],
  [0x0a00_0000, 25],
  [0x0a80_0000, 24],
])
/** 32 MHz in cycles of 64 MHz. */
const HALF = 2
const DISCONNECTED = 0x8000_0000
/** GAINL and GAINR: half decibels, 0x28 is none, 0x50 the most. */
const GAIN_NONE = 0x28
const GAIN_MOST = 0x50

/** A microphone on the PDM lines: what its decimated signal is at a moment. */
export interface PcmSource {
  /** Signed 16 bits. */
  sampleAt(cycle: number): number
  /** The clock line runs or stands still. */
  clock(running: boolean, cycle: number): void
}

/** Microphones of the board by their pins; the left one answers on the falling edge. */
export class PdmWiring {
  /** Not saved: soldered. */
  readonly #wires: { clock: PinNumber; data: PinNumber; side: 'left' | 'right'; source: PcmSource }[] = []

  connect(clock: PinNumber, data: PinNumber, side: 'left' | 'right', source: PcmSource): void {
    this.#wires.push({ clock, data, side, source })
  }

  find(clock: PinNumber, data: PinNumber, side: 'left' | 'right'): PcmSource | undefined {
    return this.#wires.find((wire) => wire.clock === clock && wire.data === data && wire.side === side)
      ?.source
  }

  onClock(clock: PinNumber): readonly PcmSource[] {
    return this.#wires.filter((wire) => wire.clock === clock).map(({ source }) => source)
  }
}

interface Buffer {
  readonly pointer: number
  readonly frames: number
  readonly since: number
}

interface PdmState extends PeripheralState {
  readonly buffer: Buffer | undefined
  readonly end: SavedAlarm | null
  readonly stopping: SavedAlarm | null
  readonly stopAfter: number
}

/**
 * PDM, PS 6.15. A sample takes RATIO periods of the clock, which is 32 MHz by a whole number. Approximated:
 * 1. The decimation filter is the source's business; gain is applied here, with clipping.
 * 2. Samples reach RAM all at once when the buffer is full, or on STOP, not one by one.
 * 3. STOPPED comes at the next sample; filter settling after START is left out.
 */
export class Pdm extends Peripheral {
  readonly #wiring: PdmWiring
  readonly #started: EventRegister
  readonly #stopped: EventRegister
  readonly #end: EventRegister
  readonly #enable: Register
  readonly #clockControl: Register
  readonly #mode: Register
  readonly #gains: readonly [left: Register, right: Register]
  readonly #ratio: Register
  readonly #clockPin: Register
  readonly #dataPin: Register
  readonly #pointer: Register
  readonly #maxCount: Register
  #buffer: Buffer | undefined
  readonly #full = this.chip.time.alarm('PDM END', () => this.#bufferFull())
  readonly #stopping = this.chip.time.alarm('PDM STOPPED', () => this.#stopNow())
  /** Frames of the buffer that are there when it stops. */
  #stopAfter = 0

  constructor(chip: ChipContext, wiring: PdmWiring) {
    super(chip, 'PDM', 0x4001_d000)
    this.#wiring = wiring
    this.task('START', 0x000, () => this.#start())
    this.task('STOP', 0x004, () => this.#stop())
    this.#started = this.event('STARTED', 0x100)
    this.#stopped = this.event('STOPPED', 0x104)
    this.#end = this.event('END', 0x108)
    this.interrupts(this.maskOf(this.#started, this.#stopped, this.#end), { inten: true })
    this.#enable = this.register('ENABLE', 0x500, { mask: 1, write: (value) => this.#switch(value) })
    this.#clockControl = this.register('PDMCLKCTRL', 0x504, { reset: 0x0840_0000 })
    this.#mode = this.register('MODE', 0x508, { mask: 3 })
    const gain = { reset: GAIN_NONE, mask: 0x7f }
    this.#gains = [this.register('GAINL', 0x518, gain), this.register('GAINR', 0x51c, gain)]
    this.#ratio = this.register('RATIO', 0x520, { mask: 1 })
    this.#clockPin = this.register('PSEL.CLK', 0x540, { reset: 0xffff_ffff })
    this.#dataPin = this.register('PSEL.DIN', 0x544, { reset: 0xffff_ffff })
    this.#pointer = this.register('SAMPLE.PTR', 0x560)
    this.#maxCount = this.register('SAMPLE.MAXCNT', 0x564, { mask: 0x7fff })
  }

  /** Cycles from sample to sample. */
  get sampleCycles(): number {
    const frequency = this.#clockControl.value
    const divider = DIVIDERS.get(frequency) ?? Math.round(2 ** 32 / Math.max(frequency, 1))
    return (this.#ratio.value === 0 ? 64 : 80) * divider * HALF
  }

  override reset(): void {
    this.#halt()
    super.reset()
  }

  override save(): PdmState {
    return {
      page: super.save().page,
      buffer: this.#buffer,
      end: this.#full.save(),
      stopping: this.#stopping.save(),
      stopAfter: this.#stopAfter,
    }
  }

  override restore(state: PdmState): void {
    super.restore(state)
    this.#buffer = state.buffer
    this.#full.restore(state.end)
    this.#stopping.restore(state.stopping)
    this.#stopAfter = state.stopAfter
  }

  get #channels(): number {
    return (this.#mode.value & 1) === 0 ? 2 : 1
  }

  #switch(enabled: number): void {
    if (enabled === 0) this.#halt()
    this.chip.power.enter(this.name, enabled === 0 ? 'off' : 'idle', this.chip.time.now)
  }

  #halt(): void {
    this.#full.cancel()
    this.#stopping.cancel()
    if (this.#buffer) this.#clock(false)
    this.#buffer = undefined
  }

  #clock(running: boolean): void {
    const { value } = this.#clockPin
    if (value >= DISCONNECTED) return
    for (const source of this.#wiring.onClock(value & 0x3f)) source.clock(running, this.chip.time.now)
  }

  #start(): void {
    if (this.#enable.value === 0) this.unheard('START')
    if (this.#enable.value === 0 || this.#buffer) return
    if (this.#clockPin.value >= DISCONNECTED || this.#dataPin.value >= DISCONNECTED) {
      this.chip.problems.report('PDM: started without pins in PSEL.CLK and PSEL.DIN: it hears nothing')
    } else if (!this.#wiring.find(this.#clockPin.value & 0x3f, this.#dataPin.value & 0x3f, 'left')) {
      this.chip.problems.report('PDM: no microphone on the pins in PSEL: it hears nothing')
    }
    this.chip.power.enter(this.name, 'running', this.chip.time.now)
    this.#clock(true)
    this.#begin()
  }

  /** PTR and MAXCNT are taken over, and may be written again after STARTED. */
  #begin(): void {
    const pointer = this.#pointer.value
    const samples = this.#maxCount.value
    if (!this.chip.dataRam.holds(this.name, pointer, 2 * samples) || samples < this.#channels) {
      this.#halt()
      return
    }
    const frames = Math.floor(samples / this.#channels)
    const { now } = this.chip.time
    this.#buffer = { pointer, frames, since: now }
    this.#full.after(frames * this.sampleCycles)
    this.#started.fire()
  }

  #bufferFull(): void {
    this.#write(this.#buffer?.frames ?? 0)
    this.#end.fire()
    if (this.#buffer) this.#begin()
  }

  #stop(): void {
    if (!this.#buffer) {
      if (this.#enable.value !== 0) this.#stopped.fire()
      return
    }
    this.#full.cancel()
    const period = this.sampleCycles
    this.#stopAfter = Math.floor((this.chip.time.now - this.#buffer.since) / period) + 1
    this.#stopping.at(this.#buffer.since + this.#stopAfter * period)
  }

  #stopNow(): void {
    this.#write(Math.min(this.#stopAfter, this.#buffer?.frames ?? 0))
    this.#halt()
    this.chip.power.enter(this.name, 'idle', this.chip.time.now)
    this.#stopped.fire()
  }

  #write(frames: number): void {
    const buffer = this.#buffer
    if (buffer === undefined) return
    const connected = this.#clockPin.value < DISCONNECTED && this.#dataPin.value < DISCONNECTED
    const sides = this.#channels === 2 ? (['left', 'right'] as const) : (['left'] as const)
    const clock = this.#clockPin.value & 0x3f
    const data = this.#dataPin.value & 0x3f
    const sources = sides.map((side) => (connected ? this.#wiring.find(clock, data, side) : undefined))
    const factors = this.#gains.map(({ value }) => 10 ** ((Math.min(value, GAIN_MOST) - GAIN_NONE) / 40))
    const bytes = new Uint8Array(2 * frames * sides.length)
    const words = new DataView(bytes.buffer)
    const period = this.sampleCycles
    for (let frame = 0; frame < frames; frame++) {
      sources.forEach((source, side) => {
        const heard = source?.sampleAt(buffer.since + (frame + 1) * period) ?? 0
        const amplified = Math.round(heard * (factors[side] ?? 1))
        const clipped = Math.max(-32768, Math.min(32767, amplified))
        words.setInt16(2 * (frame * sides.length + side), clipped, true)
      })
    }
    this.chip.dataRam.write(buffer.pointer, bytes)
  }
}
