import type { ChipContext } from './context.ts'
import type { I2cDirection, I2cWiring } from './i2c-bus.ts'
import type { EventRegister, Register } from './peripheral.ts'
import type { SpiWiring } from './spi-bus.ts'
import { LegacySpi, SpiMaster } from './spi-master.ts'
import type { LegacySpiState, SpiMasterState } from './spi-master.ts'
import { ENABLE_SPI, ENABLE_SPIM } from './spim.ts'
import { LegacyTwi } from './twi.ts'
import type { LegacyTwiState } from './twi.ts'
import { ENABLE_TWI, ENABLE_TWIM, ERROR_ADDRESS_NACK, ERROR_DATA_NACK, TwoWirePage } from './two-wire.ts'
import type { TwoWirePageState } from './two-wire.ts'

type State = 'idle' | 'address' | 'write' | 'read' | 'held' | 'suspended' | 'stopping'
type Next = 'startTx' | 'startRx' | 'stop' | 'suspend'

interface Buffer {
  readonly pointer: number
  readonly length: number
  readonly done: number
}

interface TwimState extends TwoWirePageState {
  readonly state: State
  readonly next: Next | undefined
  readonly buffer: Buffer
  readonly legacy: LegacyTwiState
  readonly spim: SpiMasterState
  readonly legacySpi: LegacySpiState
}

/**
 * TWIM, PS 6.31 (EasyDMA master), with the legacy TWI, SPIM and the legacy SPI on the same page. Every byte, the address included, takes nine
 * bits at the rate in FREQUENCY; STOP takes half a bit more. LASTTX and LASTRX fire as the last byte begins, and what
 * they or the firmware start meanwhile happens when that byte is over. Approximated:
 * 1. START has no set-up time of its own and clock stretching by the slave does not exist.
 * 2. A slave answers only when PSEL names the pins it is wired to; else the address is not acknowledged. Bus lines
 *    held low (no pull-up) also end as an address NACK; hardware would wait for ever.
 * 3. LIST (array list) mode is storage, counted as not modelled. OVERRUN never happens.
 * 4. MAXCNT of zero sends the address and then behaves as after a last byte.
 * 5. Pins need not be configured open drain with pull-up.
 */
export class Twim extends TwoWirePage {
  readonly #txStarted: EventRegister
  readonly #rxStarted: EventRegister
  readonly #lastTx: EventRegister
  readonly #lastRx: EventRegister
  readonly #tx: { readonly pointer: Register; readonly maxCount: Register; readonly amount: Register }
  readonly #rx: { readonly pointer: Register; readonly maxCount: Register; readonly amount: Register }
  readonly #legacy: LegacyTwi
  readonly #spimName: string
  readonly #spim: SpiMaster
  readonly #legacySpi: LegacySpi
  #state: State = 'idle'
  #next: Next | undefined
  #buffer: Buffer = { pointer: 0, length: 0, done: 0 }

  constructor(chip: ChipContext, wiring: I2cWiring, spi: SpiWiring, instance: 0 | 1) {
    super(chip, wiring, instance)
    this.#spimName = `SPIM${instance}`
    this.#rxStarted = this.event('RXSTARTED', 0x14c)
    this.#txStarted = this.event('TXSTARTED', 0x150)
    this.#lastRx = this.event('LASTRX', 0x15c)
    this.#lastTx = this.event('LASTTX', 0x160)
    const ignored = (): undefined => undefined
    const byMode =
      (legacy: () => void, dma: () => void, spim: () => void = ignored, start = '') =>
      (): void => {
        if (this.enable.value === ENABLE_TWI) legacy()
        else if (this.enable.value === ENABLE_TWIM) dma()
        else if (this.enable.value === ENABLE_SPIM) spim()
        else if (start !== '') this.unheard(start, `TWIM${instance}`)
      }
    const startRx = this.task(
      'STARTRX',
      0x000,
      byMode(
        () => this.#legacy.start('read'),
        () => this.#request('startRx'),
        ignored,
        'STARTRX',
      ),
    )
    const startTx = this.task(
      'STARTTX',
      0x008,
      byMode(
        () => this.#legacy.start('write'),
        () => this.#request('startTx'),
        ignored,
        'STARTTX',
      ),
    )
    const stop = this.task(
      'STOP',
      0x014,
      byMode(
        () => this.#legacy.stop(),
        () => this.#request('stop'),
        () => this.#spim.stop(),
      ),
    )
    const suspend = this.task(
      'SUSPEND',
      0x01c,
      byMode(
        () => this.#legacy.suspend(),
        () => this.#request('suspend'),
        () => this.#spim.suspend(),
      ),
    )
    this.task(
      'RESUME',
      0x020,
      byMode(
        () => this.#legacy.resume(),
        () => this.#resume(),
        () => this.#spim.resume(),
      ),
    )
    this.owner = `TWI${instance}`
    const rxReady = this.event('RXDREADY', 0x108)
    const txSent = this.event('TXDSENT', 0x11c)
    const boundary = this.event('BB', 0x138)
    const isSpi = (): boolean => this.enable.value === ENABLE_SPI
    const rxd = this.register('RXD', 0x518, {
      readOnly: true,
      read: () => (isSpi() ? this.#legacySpi.take() : this.#legacy.takeReceived()),
    })
    const txd = this.register('TXD', 0x51c, {
      mask: 0xff,
      write: (byte) => (isSpi() ? this.#legacySpi.put(byte) : this.#legacy.put()),
    })
    this.owner = this.#spimName
    const startSpim = this.task('START', 0x010, () => {
      if (this.enable.value === ENABLE_SPIM) this.#spim.start()
    })
    const endRx = this.event('ENDRX', 0x110)
    const end = this.event('END', 0x118)
    const endTx = this.event('ENDTX', 0x120)
    const miso = this.register('PSEL.MISO', 0x510, { reset: 0xffff_ffff })
    this.register('CONFIG', 0x554, { mask: 7 })
    const orc = this.register('ORC', 0x5c0, { mask: 0xff })
    this.owner = `TWIM${instance}`
    this.shorts([
      [0, boundary, suspend],
      [1, boundary, stop],
      [7, this.#lastTx, startRx],
      [8, this.#lastTx, suspend],
      [9, this.#lastTx, stop],
      [10, this.#lastRx, startTx],
      [11, this.#lastRx, suspend],
      [12, this.#lastRx, stop],
      [17, end, startSpim],
    ])
    const dmaEvents = [this.#rxStarted, this.#txStarted, this.#lastRx, this.#lastTx, endRx, end, endTx]
    const common = [this.stopped, this.error, this.suspended, rxReady, txSent, boundary]
    this.interrupts(this.maskOf(...common, ...dmaEvents), { inten: true })
    this.#rx = this.#channel('RXD', 0x534)
    this.#tx = this.#channel('TXD', 0x544)
    const { wire, stopped, error, suspended, slaveAddress, errorSource } = this
    const events = { stopped, error, suspended, rxReady, txSent, boundary }
    const { frequency } = this
    const overRead = (): number => orc.value
    this.#spim = new SpiMaster(
      chip,
      this.#spimName,
      spi,
      { sck: this.scl, mosi: this.sda, miso, frequency, rx: this.#rx, tx: this.#tx, overRead },
      { started: this.#rxStarted, stopped, endRx, endTx, end },
    )
    this.#legacySpi = new LegacySpi(chip, this.#spimName, this.#spim, rxReady)
    wire.connect('twim', {
      addressed: (acknowledged, direction) => this.#addressed(acknowledged, direction),
      sent: (acknowledged) => this.#sent(acknowledged),
      received: (value) => this.#received(value),
      stopped: () => this.#stopped(),
    })
    this.#legacy = new LegacyTwi(wire, events, { slaveAddress, errorSource, rxd, txd })
  }

  override reset(): void {
    super.reset()
    this.wire.abort()
    this.#spim.abort()
    this.#legacySpi.reset()
    this.#legacy.reset()
    this.#state = 'idle'
    this.#next = undefined
  }

  override save(): TwimState {
    return {
      ...super.save(),
      state: this.#state,
      next: this.#next,
      buffer: this.#buffer,
      legacy: this.#legacy.save(),
      spim: this.#spim.save(),
      legacySpi: this.#legacySpi.save(),
    }
  }

  override restore(state: TwimState): void {
    super.restore(state)
    this.#state = state.state
    this.#next = state.next
    this.#buffer = state.buffer
    this.#legacy.restore(state.legacy)
    this.#spim.restore(state.spim)
    this.#legacySpi.restore(state.legacySpi)
  }

  protected onSwitch(mode: number): void {
    const { power, time } = this.chip
    const isSpi = mode === ENABLE_SPI || mode === ENABLE_SPIM
    power.enter(this.owner, mode === 0 || isSpi ? 'off' : 'idle', time.now)
    power.enter(this.#spimName, isSpi ? 'idle' : 'off', time.now)
  }

  #channel(name: string, offset: number): { pointer: Register; maxCount: Register; amount: Register } {
    const pointer = this.register(`${name}.PTR`, offset)
    const maxCount = this.register(`${name}.MAXCNT`, offset + 4, { mask: 0xffff })
    const amount = this.register(`${name}.AMOUNT`, offset + 8, { readOnly: true })
    this.register(`${name}.LIST`, offset + 12, { mask: 7, modelled: false })
    return { pointer, maxCount, amount }
  }

  /** A task: acts at once on a free or held bus, else when the byte under way is over. */
  #request(next: Next): void {
    if (this.#state === 'idle' || this.#state === 'held') this.#act(next)
    else if (this.#state === 'suspended' && next === 'stop') this.#act(next)
    else if (this.#state !== 'stopping') this.#next = next
  }

  #resume(): void {
    if (this.#state !== 'suspended') return
    const next = this.#next
    this.#next = undefined
    this.#state = 'held'
    if (next) this.#act(next)
  }

  #act(next: Next): void {
    if (next === 'startTx') this.#start('write')
    else if (next === 'startRx') this.#start('read')
    else if (next === 'suspend') this.#suspend()
    else this.#stop()
  }

  #suspend(): void {
    this.#state = 'suspended'
    this.suspended.fire()
  }

  #stop(): void {
    this.#state = 'stopping'
    this.wire.stop('twim')
  }

  #stopped(): void {
    this.#state = 'idle'
    this.stopped.fire()
  }

  #start(direction: I2cDirection): void {
    const { pointer, maxCount } = direction === 'write' ? this.#tx : this.#rx
    if (!this.chip.dataRam.holds(this.owner, pointer.value, maxCount.value)) return
    this.#buffer = { pointer: pointer.value, length: maxCount.value, done: 0 }
    this.#state = 'address'
    const started = direction === 'write' ? this.#txStarted : this.#rxStarted
    started.fire()
    this.wire.address('twim', this.slaveAddress.value, direction)
  }

  #addressed(acknowledged: boolean, direction: I2cDirection): void {
    if (!acknowledged) this.#fail(direction, ERROR_ADDRESS_NACK)
    else this.#nextByte(direction)
  }

  #nextByte(direction: I2cDirection): void {
    this.#state = direction
    const { length, done } = this.#buffer
    const last = direction === 'write' ? this.#lastTx : this.#lastRx
    if (done === length - 1 || length === 0) last.fire()
    if (length === 0) this.#endOfTransfer(direction)
    else if (direction === 'write') this.#writeByte()
    else this.#readByte()
  }

  #writeByte(): void {
    this.wire.send('twim', this.chip.dataRam.read(this.#buffer.pointer + this.#buffer.done))
  }

  #sent(acknowledged: boolean): void {
    this.#countByte()
    if (!acknowledged) this.#fail('write', ERROR_DATA_NACK)
    else this.#byteDone('write')
  }

  #readByte(): void {
    this.wire.receive('twim')
  }

  #received(value: number): void {
    this.chip.dataRam.write(this.#buffer.pointer + this.#buffer.done, [value])
    this.#countByte()
    this.#byteDone('read')
  }

  #countByte(): void {
    this.#buffer = { ...this.#buffer, done: this.#buffer.done + 1 }
  }

  #byteDone(direction: I2cDirection): void {
    const atEnd = this.#buffer.done === this.#buffer.length
    if (atEnd || this.#next === 'stop') this.#endOfTransfer(direction)
    else if (this.#next === 'suspend') this.#suspendWithin(direction)
    else this.#nextByte(direction)
  }

  #suspendWithin(direction: I2cDirection): void {
    this.chip.problems.report(`${this.owner}: SUSPEND in the middle of a ${direction} is taken at its end`)
    this.#nextByte(direction)
  }

  #endOfTransfer(direction: I2cDirection): void {
    const { amount } = direction === 'write' ? this.#tx : this.#rx
    amount.value = this.#buffer.done
    const next = this.#next
    this.#next = undefined
    this.#state = 'held'
    if (next) this.#act(next)
  }

  /** The bus is held until firmware triggers STOP (PS 6.31.1). */
  #fail(direction: I2cDirection, source: number): void {
    this.errorSource.value |= source
    this.#endOfTransfer(direction)
    this.error.fire()
  }
}
