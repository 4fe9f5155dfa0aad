import type { SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'

const ENABLE_UART = 4
const ENABLE_UARTE = 8
const DISCONNECTED = 0x8000_0000
const RECEIVE_FIFO = 6
const PCLK16M = 4
/** RXTO follows STOPRX once the FIFO could have filled from the line: four frames (PS 6.33.4). */
const STOP_FRAMES = 4

interface DmaChannel {
  readonly pointer: Register
  readonly maxCount: Register
  readonly amount: Register
}

interface Transfer {
  readonly pointer: number
  readonly length: number
  readonly done: number
}

/** Whose frame is on the wire; the last one is that after which the transmitter stops. */
type Frame = 'dma' | 'last' | 'legacy'

interface UarteState extends PeripheralState {
  readonly hostBytes: readonly Uint8Array[]
  readonly hostTaken: number
  readonly fifo: readonly number[]
  readonly transmit: Transfer | undefined
  readonly receive: Transfer | undefined
  readonly frame: SavedAlarm | null
  readonly frameOf: Frame
  readonly arrival: SavedAlarm | null
  readonly stopping: SavedAlarm | null
  readonly nextEnd: SavedAlarm | null
  readonly receiverOn: boolean
  readonly legacyTransmitter: boolean
  readonly waiting: number | undefined
  readonly byte: number
}

/**
 * UARTE, PS 6.33, and on UARTE0's page the legacy UART, PS 6.32. A frame is start, eight data, parity and stop bits,
 * each of floor(2^32 / BAUDRATE) cycles of 16 MHz, which gives the "actual rate" of every row of the table there.
 * Approximated:
 * 1. The host sends only while the receiver is started and has room, so OVERRUN, FRAMING and BREAK never happen.
 * 2. Flow control lines are ignored: CTS reads as active, RTS is not driven.
 * 3. TXDRDY comes when the frame has left the pin. MAXCNT = 0 ends at once; where ENDRX's shortcuts bring about the next
 *    ENDRX, that comes a cycle of 16 MHz later.
 * 4. A legacy TXD written while a frame is under way waits for it; a third byte replaces the waiting one.
 */
export class Uarte extends Peripheral {
  readonly #events: Readonly<
    Record<
      'rxReady' | 'endRx' | 'txReady' | 'endTx' | 'rxTimeout' | 'rxStarted' | 'txStarted' | 'txStopped',
      EventRegister
    >
  >
  readonly #enable: Register
  readonly #baudRate: Register
  readonly #config: Register
  readonly #txPin: Register
  readonly #tx: DmaChannel
  readonly #rx: DmaChannel
  /** What the host has typed, as it came; of the first, `#hostTaken` bytes have arrived. Never changed in place. */
  #hostBytes: readonly Uint8Array[] = []
  #hostTaken = 0
  #fifo: number[] = []
  #transmit: Transfer | undefined
  #receive: Transfer | undefined
  readonly #frame = this.chip.time.alarm(`${this.name} TX`, () => this.#frameSent())
  #frameOf: Frame = 'dma'
  readonly #arrival = this.chip.time.alarm(`${this.name} RX`, () => this.#arrived())
  readonly #stopping = this.chip.time.alarm(`${this.name} RXTO`, () => this.#events.rxTimeout.fire())
  readonly #nextEnd = this.chip.time.alarm(`${this.name} ENDRX`, () => this.#fireEndRx())
  /** Not saved: false whenever no ENDRX is being fired. */
  #isEnding = false
  #receiverOn = false
  #legacyTransmitter = false
  #waiting: number | undefined
  /** On the wire, out of the transfer's buffer. */
  #byte = 0

  constructor(
    chip: ChipContext,
    instance: 0 | 1,
    private readonly onByte: (byte: number, uart: string) => void,
  ) {
    super(chip, `UARTE${instance}`, instance === 0 ? 0x4000_2000 : 0x4002_8000)
    const startRx = this.task('STARTRX', 0x000, () => this.#startReceiver())
    const stopRx = this.task('STOPRX', 0x004, () => this.#stopReceiver())
    this.task('STARTTX', 0x008, () => this.#startTransmitter())
    this.task('STOPTX', 0x00c, () => this.#stopTransmitter())
    this.task('FLUSHRX', 0x02c, () => this.#flush())
    const clearToSend = this.event('CTS', 0x100)
    const notClearToSend = this.event('NCTS', 0x104)
    const error = this.event('ERROR', 0x124)
    this.#events = {
      rxReady: this.event('RXDRDY', 0x108),
      endRx: this.event('ENDRX', 0x110),
      txReady: this.event('TXDRDY', 0x11c),
      endTx: this.event('ENDTX', 0x120),
      rxTimeout: this.event('RXTO', 0x144),
      rxStarted: this.event('RXSTARTED', 0x14c),
      txStarted: this.event('TXSTARTED', 0x150),
      txStopped: this.event('TXSTOPPED', 0x158),
    }
    this.shorts([
      [3, clearToSend, startRx],
      [4, notClearToSend, stopRx],
      [5, this.#events.endRx, startRx],
      [6, this.#events.endRx, stopRx],
    ])
    const all = [clearToSend, notClearToSend, error, ...Object.values(this.#events)]
    this.interrupts(this.maskOf(...all), { inten: true })
    this.register('ERRORSRC', 0x480, { read: () => 0 })
    this.#enable = this.register('ENABLE', 0x500, { mask: 0xf, write: (value) => this.#switch(value) })
    const reset = 0xffff_ffff
    this.register('PSEL.RTS', 0x508, { reset })
    this.#txPin = this.register('PSEL.TXD', 0x50c, { reset })
    this.register('PSEL.CTS', 0x510, { reset })
    this.register('PSEL.RXD', 0x514, { reset })
    this.#baudRate = this.register('BAUDRATE', 0x524, { reset: 0x0400_0000 })
    this.#rx = this.#channel('RXD', 0x534)
    this.#tx = this.#channel('TXD', 0x544)
    this.#config = this.register('CONFIG', 0x56c, { mask: 0x1f })
    if (instance === 0) this.#declareLegacy()
  }

  /** Cycles of one frame on the wire with the present settings. */
  get frameCycles(): number {
    const divider = Math.floor(2 ** 32 / this.#baudRate.value)
    const parity = (this.#config.value & 0xe) === 0xe ? 1 : 0
    const stop = (this.#config.value & 0x10) === 0 ? 1 : 2
    return (1 + 8 + parity + stop) * divider * 4
  }

  /** Bytes that the host types; they arrive at the baud rate once the receiver runs. */
  feed(bytes: Iterable<number>): void {
    const typed = Uint8Array.from(bytes)
    if (typed.length > 0) this.#hostBytes = [...this.#hostBytes, typed]
    this.#expect()
  }

  override reset(): void {
    super.reset()
    this.#cancel()
    this.#transmit = this.#receive = this.#waiting = undefined
    this.#receiverOn = this.#legacyTransmitter = false
    this.#fifo = []
  }

  override save(): UarteState {
    return {
      page: super.save().page,
      hostBytes: this.#hostBytes,
      hostTaken: this.#hostTaken,
      fifo: [...this.#fifo],
      transmit: this.#transmit,
      receive: this.#receive,
      frame: this.#frame.save(),
      frameOf: this.#frameOf,
      arrival: this.#arrival.save(),
      stopping: this.#stopping.save(),
      nextEnd: this.#nextEnd.save(),
      receiverOn: this.#receiverOn,
      legacyTransmitter: this.#legacyTransmitter,
      waiting: this.#waiting,
      byte: this.#byte,
    }
  }

  override restore(state: UarteState): void {
    super.restore(state)
    this.#hostBytes = state.hostBytes
    this.#hostTaken = state.hostTaken
    this.#fifo = [...state.fifo]
    this.#transmit = state.transmit
    this.#receive = state.receive
    this.#frame.restore(state.frame)
    this.#frameOf = state.frameOf
    this.#arrival.restore(state.arrival)
    this.#stopping.restore(state.stopping)
    this.#nextEnd.restore(state.nextEnd)
    this.#receiverOn = state.receiverOn
    this.#legacyTransmitter = state.legacyTransmitter
    this.#waiting = state.waiting
    this.#byte = state.byte
  }

  #cancel(): void {
    for (const alarm of [this.#frame, this.#arrival, this.#stopping, this.#nextEnd]) alarm.cancel()
  }

  #channel(name: string, offset: number): DmaChannel {
    return {
      pointer: this.register(`${name}.PTR`, offset),
      maxCount: this.register(`${name}.MAXCNT`, offset + 4, { mask: 0xffff }),
      amount: this.register(`${name}.AMOUNT`, offset + 8, { readOnly: true }),
    }
  }

  #declareLegacy(): void {
    this.owner = 'UART0'
    this.task('SUSPEND', 0x01c, () => (this.#legacyTransmitter = false))
    this.register('RXD', 0x518, {
      readOnly: true,
      read: () => {
        const byte = this.#fifo.shift() ?? 0
        if (this.#fifo.length > 0) this.#events.rxReady.fire()
        this.#expect()
        return byte
      },
    })
    this.register('TXD', 0x51c, {
      mask: 0xff,
      write: (byte) => {
        this.#waiting = byte
        this.#sendLegacy()
      },
    })
  }

  #switch(mode: number): void {
    if (mode !== 0) {
      this.#reportPower()
      return
    }
    this.#cancel()
    this.#transmit = this.#receive = undefined
    this.#receiverOn = this.#legacyTransmitter = false
    this.#reportPower()
  }

  get #powerState(): string {
    if (this.#enable.value === 0) return 'off'
    const isLegacy = this.#enable.value === ENABLE_UART
    if (this.#transmit || this.#legacyTransmitter) return isLegacy ? 'transmit, legacy' : 'transmit'
    if (this.#receiverOn) return isLegacy ? 'receive, legacy' : 'receive'
    return 'idle'
  }

  #reportPower(): void {
    this.chip.power.enter(this.name, this.#powerState, this.chip.time.now)
  }

  #startTransmitter(): void {
    if (this.#enable.value === 0) this.unheard('STARTTX')
    if (this.#enable.value === ENABLE_UART) {
      this.#legacyTransmitter = true
      this.#reportPower()
      this.#sendLegacy()
    } else if (this.#enable.value === ENABLE_UARTE && this.#transmit === undefined) {
      const { pointer, maxCount } = this.#tx
      if (!this.chip.dataRam.holds(this.name, pointer.value, maxCount.value)) return
      this.#transmit = { pointer: pointer.value, length: maxCount.value, done: 0 }
      this.#reportPower()
      this.#events.txStarted.fire()
      this.#sendNext()
    }
  }

  #sendNext(): void {
    const transfer = this.#transmit
    if (transfer === undefined) return
    if (transfer.done === transfer.length) {
      this.#endTransmission(transfer)
      return
    }
    this.#byte = this.chip.dataRam.read(transfer.pointer + transfer.done)
    this.#frameOf = 'dma'
    this.#frame.after(this.frameCycles)
  }

  #frameSent(): void {
    const frame = this.#frameOf
    if (this.#transmit && frame !== 'legacy')
      this.#transmit = { ...this.#transmit, done: this.#transmit.done + 1 }
    this.#output(this.#byte)
    this.#events.txReady.fire()
    if (frame === 'dma') this.#sendNext()
    else if (frame === 'last') this.#finishTransmitter()
    else this.#sendLegacy()
  }

  #finishTransmitter(): void {
    if (this.#transmit) this.#endTransmission(this.#transmit)
    this.#events.txStopped.fire()
  }

  #endTransmission(transfer: Transfer): void {
    this.#tx.amount.value = transfer.done
    this.#transmit = undefined
    this.#reportPower()
    this.#events.endTx.fire()
  }

  /** The frame under way is finished first (PS 6.33.2). */
  #stopTransmitter(): void {
    if (this.#enable.value === ENABLE_UART) {
      this.#legacyTransmitter = false
      this.#reportPower()
      return
    }
    if (this.#enable.value !== ENABLE_UARTE) return
    const transfer = this.#transmit
    if (transfer === undefined || !this.#frame.isSet) {
      this.#finishTransmitter()
      return
    }
    this.#byte = this.chip.dataRam.read(transfer.pointer + transfer.done)
    this.#frameOf = 'last'
    this.#frame.at(this.#frame.due ?? this.chip.time.now)
  }

  #sendLegacy(): void {
    const byte = this.#waiting
    if (!this.#legacyTransmitter || byte === undefined || this.#frame.isSet) return
    this.#waiting = undefined
    this.#byte = byte
    this.#frameOf = 'legacy'
    this.#frame.after(this.frameCycles)
  }

  #output(byte: number): void {
    if (this.#txPin.value >= DISCONNECTED) return
    this.chip.listeners.uart?.sent(this.name, byte, this.frameCycles)
    this.onByte(byte, this.name)
  }

  #startReceiver(): void {
    if (this.#enable.value === 0) this.unheard('STARTRX')
    if (this.#enable.value === ENABLE_UART) this.#receiverOn = true
    if (this.#enable.value === ENABLE_UARTE) {
      const { pointer, maxCount } = this.#rx
      if (!this.chip.dataRam.holds(this.name, pointer.value, maxCount.value)) return
      this.#stopping.cancel()
      this.#receiverOn = true
      this.#receive = { pointer: pointer.value, length: maxCount.value, done: 0 }
      this.#events.rxStarted.fire()
      this.#drain()
    }
    this.#reportPower()
    this.#expect()
  }

  #stopReceiver(): void {
    if (!this.#receiverOn) return
    this.#arrival.cancel()
    this.#receiverOn = false
    if (this.#receive) this.#endReception(this.#receive)
    this.#reportPower()
    const wait = this.#enable.value === ENABLE_UARTE ? STOP_FRAMES * this.frameCycles : 0
    this.#stopping.after(wait)
  }

  #flush(): void {
    const { pointer, maxCount } = this.#rx
    if (!this.chip.dataRam.holds(this.name, pointer.value, maxCount.value)) return
    this.#receive = { pointer: pointer.value, length: maxCount.value, done: 0 }
    const left = this.#drain()
    if (left) this.#endReception(left)
  }

  /** The next byte of the host, one frame from now. */
  #expect(): void {
    if (!this.#receiverOn || this.#arrival.isSet || this.#hostBytes.length === 0) return
    if (this.#fifo.length >= RECEIVE_FIFO) return
    this.#arrival.after(this.frameCycles)
  }

  #arrived(): void {
    const byte = this.#takeFromHost()
    if (byte !== undefined) {
      this.#fifo.push(byte)
      this.chip.listeners.uart?.received(this.name, byte, this.frameCycles)
    }
    if (this.#enable.value === ENABLE_UARTE || this.#fifo.length === 1) this.#events.rxReady.fire()
    if (this.#enable.value === ENABLE_UARTE) this.#drain()
    this.#expect()
  }

  #takeFromHost(): number | undefined {
    const first = this.#hostBytes[0]
    if (first === undefined) return undefined
    const byte = first[this.#hostTaken]
    this.#hostTaken += 1
    if (this.#hostTaken === first.length) {
      this.#hostBytes = this.#hostBytes.slice(1)
      this.#hostTaken = 0
    }
    return byte
  }

  /** @returns the transfer that has room left */
  #drain(): Transfer | undefined {
    let transfer = this.#receive
    if (transfer === undefined) return undefined
    while (this.#fifo.length > 0 && transfer.done < transfer.length) {
      this.chip.dataRam.write(transfer.pointer + transfer.done, [this.#fifo.shift() ?? 0])
      transfer = { ...transfer, done: transfer.done + 1 }
    }
    this.#receive = transfer
    if (transfer.done < transfer.length) return transfer
    this.#endReception(transfer)
    return undefined
  }

  #endReception(transfer: Transfer): void {
    this.#rx.amount.value = transfer.done
    this.#receive = undefined
    this.#fireEndRx()
  }

  #fireEndRx(): void {
    if (this.#isEnding) {
      this.#nextEnd.after(PCLK16M)
      return
    }
    this.#isEnding = true
    this.#events.endRx.fire()
    this.#isEnding = false
  }
}
