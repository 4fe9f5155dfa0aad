import type { Alarm, SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_SECOND } from '../time/ratio-clock.ts'
import type { ChipContext } from './context.ts'
import type { EventRegister, Register } from './peripheral.ts'
import type { SpiWiring } from './spi-bus.ts'

const DISCONNECTED = 0x8000_0000
/** A transfer of nothing takes a cycle of 16 MHz: END and the shortcut to START have no end, but let time pass. */
const LEAST_CYCLES = 4
/** FREQUENCY to bit/s; the last two are SPIM3's. */
const RATES = new Map([
  [0x0200_0000, 125e3],
  [0x0400_0000, 250e3],
  [0x0800_0000, 500e3],
  [0x1000_0000, 1e6],
  [0x2000_0000, 2e6],
  [0x4000_0000, 4e6],
  [0x8000_0000, 8e6],
  [0x0a00_0000, 16e6],
  [0x1400_0000, 32e6],
])

export interface SpiDma {
  readonly pointer: Register
  readonly maxCount: Register
  readonly amount: Register
}

export interface SpiRegisters {
  readonly sck: Register
  readonly mosi: Register
  readonly miso: Register
  readonly frequency: Register
  readonly rx: SpiDma
  readonly tx: SpiDma
  readonly overRead: () => number
  /** Chip select and its set-up time, in cycles, where the master drives it itself. */
  readonly select?: (low: boolean) => void
  readonly selectCycles?: () => number
}

export interface SpiEvents {
  readonly started: EventRegister
  readonly stopped: EventRegister
  readonly endRx: EventRegister
  readonly endTx: EventRegister
  readonly end: EventRegister
}

const pinOf = ({ value }: Register): number | undefined => (value < DISCONNECTED ? value & 0x3f : undefined)

interface SpiTransfer {
  readonly since: number
  readonly sent: number
  readonly total: number
  readonly tx: number
  readonly rx: number
}

/** Up to which byte the next event goes: `end` is where a buffer ends, `before` what was sent when the last one did. */
interface Stretch {
  readonly before: number
  readonly until: number
  readonly end: number
}

export interface SpiMasterState {
  readonly next: SavedAlarm | null
  readonly stretch: Stretch
  readonly transfer: SpiTransfer | undefined
  readonly suspended: boolean
  readonly owed: number
  readonly sent: number
}

/**
 * SPIM, PS 6.25: the EasyDMA master. A byte takes eight bits of FREQUENCY; the transfer ends after the longer of the
 * two buffers. Approximated: 1. Bytes are exchanged when the buffer that ends first, and then the other, is over: a
 * slave sees them at those moments. 2. LIST mode, DCX and RXDELAY are storage. 3. CONFIG's bit order and clock mode
 * must be what the slave expects.
 */
export class SpiMaster {
  readonly #next: Alarm
  #stretch: Stretch = { before: 0, until: 0, end: 0 }
  #transfer: SpiTransfer | undefined
  #suspended = false
  #owed = 0

  constructor(
    private readonly chip: ChipContext,
    private readonly name: string,
    private readonly wiring: SpiWiring,
    private readonly registers: SpiRegisters,
    private readonly events: SpiEvents,
  ) {
    this.#next = chip.time.alarm(`${name} END`, () => this.#reached())
  }

  save(): SpiMasterState {
    return {
      next: this.#next.save(),
      stretch: this.#stretch,
      transfer: this.#transfer,
      suspended: this.#suspended,
      owed: this.#owed,
      sent: this.#sent,
    }
  }

  restore(state: SpiMasterState): void {
    this.#next.restore(state.next)
    this.#stretch = state.stretch
    this.#transfer = state.transfer
    this.#suspended = state.suspended
    this.#owed = state.owed
    this.#sent = state.sent
  }

  /** Cycles of one byte. */
  get byteCycles(): number {
    return (8 * CYCLES_PER_SECOND) / (RATES.get(this.registers.frequency.value) ?? 250e3)
  }

  exchange(byte: number): number {
    const sck = pinOf(this.registers.sck)
    const mosi = pinOf(this.registers.mosi)
    const miso = pinOf(this.registers.miso)
    const answer = this.wiring.exchange(
      {
        ...(sck === undefined ? {} : { sck }),
        ...(mosi === undefined ? {} : { mosi }),
        ...(miso === undefined ? {} : { miso }),
      },
      byte,
    )
    this.chip.listeners.spi?.exchange(this.name, byte, answer)
    return answer
  }

  start(): void {
    const { rx, tx, select, selectCycles } = this.registers
    if (this.#transfer) return
    if (!this.chip.dataRam.holds(this.name, tx.pointer.value, tx.maxCount.value)) return
    if (!this.chip.dataRam.holds(this.name, rx.pointer.value, rx.maxCount.value)) return
    const total = Math.max(tx.maxCount.value, rx.maxCount.value)
    this.chip.power.enter(this.name, 'transfer', this.chip.time.now)
    select?.(true)
    const since = this.chip.time.now + (selectCycles?.() ?? 0)
    this.#transfer = { since, sent: 0, total, tx: tx.pointer.value, rx: rx.pointer.value }
    this.#suspended = false
    this.chip.listeners.spi?.begin(this.name)
    this.events.started.fire()
    this.#continue()
  }

  stop(): void {
    if (this.#transfer) this.#exchangeUntil(this.#byteAt(this.chip.time.now))
    const ran = this.#transfer !== undefined
    this.abort()
    if (ran) this.#amounts()
    this.chip.power.enter(this.name, 'idle', this.chip.time.now)
    this.events.stopped.fire()
  }

  suspend(): void {
    if (!this.#transfer || this.#suspended) return
    this.#suspended = true
    this.#next.cancel()
    this.#owed = this.chip.time.now
  }

  resume(): void {
    if (!this.#transfer || !this.#suspended) return
    this.#suspended = false
    const since = this.#transfer.since + this.chip.time.now - this.#owed
    this.#transfer = { ...this.#transfer, since }
    this.#continue()
  }

  abort(): void {
    this.#next.cancel()
    if (this.#transfer) {
      this.registers.select?.(false)
      this.chip.listeners.spi?.end(this.name)
    }
    this.#transfer = undefined
    this.#suspended = false
  }

  #byteAt(cycle: number): number {
    const { since, total } = this.#transfer ?? { since: 0, total: 0 }
    return Math.max(0, Math.min(total, Math.floor((cycle - since) / this.byteCycles)))
  }

  /** Up to the end of the shorter buffer, then of the longer one; byte by byte where RAM is contended. */
  #continue(before = this.#transfer?.sent ?? 0): void {
    const transfer = this.#transfer
    if (transfer === undefined) return
    const { tx, rx } = this.registers
    const stops = [tx.maxCount.value, rx.maxCount.value].filter((count) => count > transfer.sent)
    const end = stops.length === 0 ? transfer.total : Math.min(...stops)
    const until = this.chip.dataRam.isContended ? Math.min(end, transfer.sent + 1) : end
    this.#stretch = { before, until, end }
    this.#next.at(transfer.since + Math.max(LEAST_CYCLES, Math.round(until * this.byteCycles)))
  }

  #reached(): void {
    const { before, until, end } = this.#stretch
    this.#exchangeUntil(until)
    if (until < end) this.#continue(before)
    else this.#ends(before, end)
  }

  #ends(before: number, until: number): void {
    const { tx, rx } = this.registers
    const over = (count: number): boolean =>
      count <= until && (count > before || (count === 0 && before === 0))
    const last = this.#transfer?.total === until
    this.#amounts()
    if (over(tx.maxCount.value)) this.events.endTx.fire()
    if (over(rx.maxCount.value)) this.events.endRx.fire()
    if (!last) {
      this.#continue()
      return
    }
    this.abort()
    this.chip.power.enter(this.name, 'idle', this.chip.time.now)
    this.events.end.fire()
  }

  #amounts(): void {
    const { tx, rx } = this.registers
    tx.amount.value = Math.min(tx.maxCount.value, this.#sent)
    rx.amount.value = Math.min(rx.maxCount.value, this.#sent)
  }

  #sent = 0

  #exchangeUntil(until: number): void {
    const transfer = this.#transfer
    if (transfer === undefined) return
    const { tx, rx, overRead } = this.registers
    for (let { sent } = transfer; sent < until; sent++) {
      const out = sent < tx.maxCount.value ? this.chip.dataRam.read(transfer.tx + sent) : overRead()
      const answer = this.exchange(out)
      if (sent < rx.maxCount.value) this.chip.dataRam.write(transfer.rx + sent, [answer])
    }
    this.#sent = Math.max(transfer.sent, until)
    this.#transfer = { ...transfer, sent: this.#sent }
  }
}

export interface LegacySpiState {
  readonly waiting: number | undefined
  readonly byte: number
  readonly shifting: SavedAlarm | null
  readonly received: readonly number[]
}

/**
 * The legacy SPI, PS 6.24 ("SPI, deprecated"): the CPU moves each byte. Approximated: 1. A third byte in TXD replaces
 * the waiting one. 2. READY comes with each byte received.
 */
export class LegacySpi {
  #waiting: number | undefined
  /** On the wire. */
  #byte = 0
  readonly #shifting: Alarm
  #received: number[] = []

  constructor(
    chip: ChipContext,
    name: string,
    private readonly master: SpiMaster,
    private readonly ready: EventRegister,
  ) {
    this.#shifting = chip.time.alarm(`${name} byte`, () => this.#shifted())
  }

  save(): LegacySpiState {
    const [waiting, byte] = [this.#waiting, this.#byte]
    return { waiting, byte, shifting: this.#shifting.save(), received: [...this.#received] }
  }

  restore(state: LegacySpiState): void {
    this.#waiting = state.waiting
    this.#byte = state.byte
    this.#shifting.restore(state.shifting)
    this.#received = [...state.received]
  }

  put(byte: number): void {
    this.#waiting = byte
    this.#shift()
  }

  take(): number {
    const byte = this.#received.shift() ?? 0
    if (this.#received.length > 0) this.ready.fire()
    return byte
  }

  reset(): void {
    this.#shifting.cancel()
    this.#waiting = undefined
    this.#received = []
  }

  #shift(): void {
    const byte = this.#waiting
    if (byte === undefined || this.#shifting.isSet) return
    this.#waiting = undefined
    this.#byte = byte
    this.#shifting.after(Math.round(this.master.byteCycles))
  }

  #shifted(): void {
    if (this.#received.length < 2) this.#received.push(this.master.exchange(this.#byte))
    if (this.#received.length === 1) this.ready.fire()
    this.#shift()
  }
}
