import type { SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

/** CONFIG.MCKFREQ: the divider of 32 MHz (PS 6.11.10). */
const DIVIDERS = new Map([
  [0x020c_0000, 125],
  [0x0410_0000, 63],
  [0x0600_0000, 42],
  [0x0800_0000, 32],
  [0x0840_0000, 31],
  [0x0880_0000, 30],
  [0x0b00_0000, 23],
  [0x0c00_0000, 21],
  [0x1000_0000, 16],
  [0x1100_0000, 15],
  [0x1600_0000, 11],
  [0x1800_0000, 10],
  [0x2000_0000, 8],
  [0x2800_0000, 6],
  [0x3000_0000, 5],
  [0x4000_0000, 4],
  [0x5000_0000, 3],
  [0x8000_0000, 2],
])
/** CONFIG.RATIO: periods of MCK in one of LRCK, which is one frame. */
const RATIOS = [32, 48, 64, 96, 128, 192, 256, 384, 512]
/** Of the 64 MHz clock, in a cycle of 32 MHz. */
const CYCLES_OF_32_MHZ = 2
/** Frames in a word of memory, by CONFIG.SWIDTH: stereo, and one channel (PS 6.11.7). */
const FRAMES_PER_WORD = [
  [2, 4],
  [1, 2],
  [0.5, 1],
]
const SLAVE = 1

interface I2sState extends PeripheralState {
  readonly next: SavedAlarm | null
  readonly rx: number
  readonly tx: number
  readonly words: number
}

/**
 * I2S, PS 6.11, as a master that makes its clocks of MCK. Nothing is wired to it on our boards. Approximated:
 * 1. SDIN reads as zeros, and what SDOUT says is heard by nobody. 2. A buffer is read and written as a whole when it is
 * over. 3. As a slave it waits for a clock that nobody gives, which is told. 4. MCK, SCK and LRCK are not seen on pins.
 */
export class I2s extends Peripheral {
  readonly #next = this.chip.time.alarm(this.name, () => this.#bufferIsOver())
  readonly #events: Readonly<Record<'rx' | 'tx' | 'stopped', EventRegister>>
  readonly #registers: Readonly<
    Record<'enable' | 'mode' | 'rx' | 'tx' | 'clock' | 'mck' | 'ratio' | 'width' | 'channels', Register>
  >
  readonly #pointers: Readonly<Record<'rx' | 'tx', Register>>
  readonly #count: Register
  /** Of the buffer under way: its pointers and its words. */
  #rx = 0
  #tx = 0
  #words = 0

  constructor(chip: ChipContext) {
    super(chip, 'I2S', 0x4002_5000)
    this.task('START', 0x000, () => this.#start())
    this.task('STOP', 0x004, () => {
      if (this.#registers.enable.value === 0) return
      this.#halt()
      this.#events.stopped.fire()
    })
    this.#events = {
      rx: this.event('RXPTRUPD', 0x104),
      stopped: this.event('STOPPED', 0x108),
      tx: this.event('TXPTRUPD', 0x114),
    }
    this.interrupts(this.maskOf(this.#events.rx, this.#events.stopped, this.#events.tx), { inten: true })
    const enable = this.register('ENABLE', 0x500, {
      mask: 1,
      write: (value) => {
        if (value === 0) this.#halt()
      },
    })
    this.#registers = {
      enable,
      mode: this.register('CONFIG.MODE', 0x504, { mask: 1 }),
      rx: this.register('CONFIG.RXEN', 0x508, { mask: 1 }),
      tx: this.register('CONFIG.TXEN', 0x50c, { reset: 1, mask: 1 }),
      clock: this.register('CONFIG.MCKEN', 0x510, { reset: 1, mask: 1 }),
      mck: this.register('CONFIG.MCKFREQ', 0x514, { reset: 0x2000_0000 }),
      ratio: this.register('CONFIG.RATIO', 0x518, { reset: 6, mask: 0xf }),
      width: this.register('CONFIG.SWIDTH', 0x51c, { reset: 1, mask: 3 }),
      channels: this.register('CONFIG.CHANNELS', 0x528, { mask: 3 }),
    }
    this.register('CONFIG.ALIGN', 0x520, { mask: 1 })
    this.register('CONFIG.FORMAT', 0x524, { mask: 1 })
    this.#pointers = { rx: this.register('RXD.PTR', 0x538), tx: this.register('TXD.PTR', 0x540) }
    this.#count = this.register('RXTXD.MAXCNT', 0x550, { mask: 0x3fff })
    for (const [i, name] of ['MCK', 'SCK', 'LRCK', 'SDIN', 'SDOUT'].entries())
      this.register(`PSEL.${name}`, 0x560 + 4 * i, { reset: 0xffff_ffff })
  }

  override reset(): void {
    this.#halt()
    super.reset()
  }

  override save(): I2sState {
    const [rx, tx, words] = [this.#rx, this.#tx, this.#words]
    return { page: super.save().page, next: this.#next.save(), rx, tx, words }
  }

  override restore(state: I2sState): void {
    super.restore(state)
    this.#next.restore(state.next)
    this.#rx = state.rx
    this.#tx = state.tx
    this.#words = state.words
  }

  /** Of one frame, which is a period of LRCK. */
  get #frameCycles(): number {
    const divider = DIVIDERS.get(this.#registers.mck.value) ?? 8
    return CYCLES_OF_32_MHZ * divider * (RATIOS[this.#registers.ratio.value] ?? 256)
  }

  #start(): void {
    const { enable, mode, clock } = this.#registers
    if (enable.value === 0) this.unheard('START')
    else if (mode.value === SLAVE)
      this.chip.problems.report('I2S: started as a slave, and nobody gives SCK and LRCK: it waits')
    else if (clock.value === 0)
      this.chip.problems.report('I2S: started as a master with CONFIG.MCKEN = 0: no clock, it waits')
    else if (!this.#next.isSet) {
      this.chip.power.enter(this.name, 'running', this.chip.time.now)
      this.#takePointers()
    }
  }

  #halt(): void {
    if (!this.#next.isSet) return
    this.#next.cancel()
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
  }

  /** The pointers are copied, which is told so that the firmware may write the next ones (PS 6.11.8). */
  #takePointers(): void {
    const { rx, tx, width, channels } = this.#registers
    const words = this.#count.value
    const framesPerWord = FRAMES_PER_WORD[width.value]?.[channels.value === 0 ? 0 : 1] ?? 1
    this.#rx = this.#pointers.rx.value
    this.#tx = this.#pointers.tx.value
    this.#words = words
    this.#next.after(Math.max(1, words) * framesPerWord * this.#frameCycles)
    if (rx.value === 1) this.#events.rx.fire()
    if (tx.value === 1) this.#events.tx.fire()
  }

  #bufferIsOver(): void {
    const { dataRam } = this.chip
    const { rx, tx } = this.#registers
    const bytes = 4 * this.#words
    if (tx.value === 1 && dataRam.holds('I2S TXD', this.#tx, bytes))
      for (let i = 0; i < bytes; i++) dataRam.read(this.#tx + i)
    if (rx.value === 1 && bytes > 0 && dataRam.holds('I2S RXD', this.#rx, bytes))
      dataRam.write(this.#rx, new Uint8Array(bytes))
    this.#takePointers()
  }
}
