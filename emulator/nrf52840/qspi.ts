import { BusError } from '../cpu/bus.ts'
import type { BusDevice } from '../memory/bus.ts'
import { hex } from '../memory/unmodelled.ts'
import type { SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import { Peripheral } from './peripheral.ts'
import type { EventRegister, PeripheralState, Register } from './peripheral.ts'
import type { QspiDevice, QspiFrame, QspiWiring } from './qspi-bus.ts'

export const XIP_BASE = 0x1200_0000
const DISCONNECTED = 0x8000_0000
/** Of the 64 MHz clock in a cycle of 32 MHz, which IFCONFIG1.SCKFREQ divides. */
const CYCLES_OF_32_MHZ = 2
/** IFCONFIG0.READOC and WRITEOC (PS 6.19.5). */
const READS: readonly QspiFrame[] = [
  { opcode: 0x0b, addressLines: 1, dataLines: 1, dummyClocks: 8 },
  { opcode: 0x3b, addressLines: 1, dataLines: 2, dummyClocks: 8 },
  { opcode: 0xbb, addressLines: 2, dataLines: 2, dummyClocks: 4 },
  { opcode: 0x6b, addressLines: 1, dataLines: 4, dummyClocks: 8 },
  { opcode: 0xeb, addressLines: 4, dataLines: 4, dummyClocks: 6 },
]
const WRITES: readonly QspiFrame[] = [
  { opcode: 0x02, addressLines: 1, dataLines: 1, dummyClocks: 0 },
  { opcode: 0xa2, addressLines: 1, dataLines: 2, dummyClocks: 0 },
  { opcode: 0x32, addressLines: 1, dataLines: 4, dummyClocks: 0 },
  { opcode: 0x38, addressLines: 4, dataLines: 4, dummyClocks: 0 },
]
/** ERASE.LEN. */
const ERASES = [0x20, 0xd8, 0xc7]
const WRITE_ENABLE = 0x06
const READ_STATUS = 0x05
const ENTER_DEEP_POWER_DOWN = 0xb9
const LEAVE_DEEP_POWER_DOWN = 0xab
/** DPMDUR counts in units of 256 periods of 16 MHz. */
const DPM_CYCLES = 256 * 4

interface QspiState extends PeripheralState {
  readonly next: SavedAlarm | null
  readonly isActive: boolean
  readonly inDeepPowerDown: boolean
  readonly work: Work | undefined
  readonly longFrame: readonly number[] | undefined
}

/** What is under way; of a write, from where on it goes on. */
type Work =
  | { readonly kind: 'ready' }
  | { readonly kind: 'read' }
  | { readonly kind: 'write'; readonly done: number }
  | { readonly kind: 'erase' }
  | { readonly kind: 'custom' }

const bytesOf = (word: number): number[] => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff)
const wordOf = (bytes: readonly number[]): number =>
  bytes.reduceRight((word, byte) => ((word << 8) | byte) >>> 0, 0)

/**
 * QSPI, PS 6.19, with the flash that the board has on its pins. Approximated:
 * 1. ACTIVATE takes the time of one status read: the Product Specification gives none.
 * 2. READY comes when the last command of a write or an erase is sent; the flash is busy behind it, and the next task
 *    waits for it. Page programs of one write wait for each other.
 * 3. XIP gives data (0x12000000), at once, as other peripherals do; code is not executed from it.
 * 4. A read is exchanged when it is over, a page when its program command is. IFTIMING and SPIMODE change nothing.
 */
export class Qspi extends Peripheral {
  readonly #wiring: QspiWiring
  readonly #next = this.chip.time.alarm(this.name, () => this.#reached())
  readonly #ready: EventRegister
  readonly #enable: Register
  readonly #pins: Readonly<Record<'sck' | 'csn' | 'io0' | 'io1', Register>>
  readonly #read: Readonly<Record<'from' | 'to' | 'count', Register>>
  readonly #write: Readonly<Record<'from' | 'to' | 'count', Register>>
  readonly #erase: Readonly<Record<'at' | 'length', Register>>
  readonly #offset: Register
  readonly #protocol: Register
  readonly #interface: Register
  readonly #durations: Register
  readonly #custom: Readonly<Record<'configuration' | 'low' | 'high', Register>>
  #isActive = false
  #inDeepPowerDown = false
  #work: Work | undefined
  /** Opcode and bytes of a long frame that goes on. */
  #longFrame: readonly number[] | undefined

  constructor(chip: ChipContext, wiring: QspiWiring) {
    super(chip, 'QSPI', 0x4002_9000)
    this.#wiring = wiring
    this.task('ACTIVATE', 0x000, () => this.#activate())
    this.task('READSTART', 0x004, () => this.#begin({ kind: 'read' }))
    this.task('WRITESTART', 0x008, () => this.#begin({ kind: 'write', done: 0 }))
    this.task('ERASESTART', 0x00c, () => this.#begin({ kind: 'erase' }))
    this.task('DEACTIVATE', 0x010, () => this.#deactivate())
    this.#ready = this.event('READY', 0x100)
    this.interrupts(this.maskOf(this.#ready), { inten: true })
    this.#enable = this.register('ENABLE', 0x500, {
      mask: 1,
      write: (value) => {
        if (value === 0) this.#deactivate()
      },
    })
    this.#read = {
      from: this.register('READ.SRC', 0x504),
      to: this.register('READ.DST', 0x508),
      count: this.register('READ.CNT', 0x50c, { mask: 0x3_ffff }),
    }
    this.#write = {
      to: this.register('WRITE.DST', 0x510),
      from: this.register('WRITE.SRC', 0x514),
      count: this.register('WRITE.CNT', 0x518, { mask: 0x3_ffff }),
    }
    this.#erase = {
      at: this.register('ERASE.PTR', 0x51c),
      length: this.register('ERASE.LEN', 0x520, { mask: 3 }),
    }
    const reset = 0xffff_ffff
    this.#pins = {
      sck: this.register('PSEL.SCK', 0x524, { reset }),
      csn: this.register('PSEL.CSN', 0x528, { reset }),
      io0: this.register('PSEL.IO0', 0x530, { reset }),
      io1: this.register('PSEL.IO1', 0x534, { reset }),
    }
    this.register('PSEL.IO2', 0x538, { reset })
    this.register('PSEL.IO3', 0x53c, { reset })
    this.#offset = this.register('XIPOFFSET', 0x540)
    this.#protocol = this.register('IFCONFIG0', 0x544, { mask: 0x10ff })
    this.#interface = this.register('IFCONFIG1', 0x600, {
      reset: 0x4_0480,
      mask: 0xf300_00ff,
      write: (value, before) => this.#powerDown(value, before),
    })
    this.register('STATUS', 0x604, { readOnly: true, read: () => this.#status() })
    this.#durations = this.register('DPMDUR', 0x614, { reset: 0xffff_ffff })
    this.register('ADDRCONF', 0x624, { reset: 0xb7, write: (value) => this.#configureAddress(value) })
    this.#custom = {
      configuration: this.register('CINSTRCONF', 0x634, {
        reset: 0x2000,
        mask: 0x3_ffff,
        write: () => this.#begin({ kind: 'custom' }),
      }),
      low: this.register('CINSTRDAT0', 0x638),
      high: this.register('CINSTRDAT1', 0x63c),
    }
    this.register('IFTIMING', 0x640, { reset: 0x200, mask: 0x700 })
  }

  override reset(): void {
    this.#deactivate()
    super.reset()
    this.#inDeepPowerDown = false
  }

  override save(): QspiState {
    return {
      page: super.save().page,
      next: this.#next.save(),
      isActive: this.#isActive,
      inDeepPowerDown: this.#inDeepPowerDown,
      work: this.#work,
      longFrame: this.#longFrame,
    }
  }

  override restore(state: QspiState): void {
    super.restore(state)
    this.#next.restore(state.next)
    this.#isActive = state.isActive
    this.#inDeepPowerDown = state.inDeepPowerDown
    this.#work = state.work
    this.#longFrame = state.longFrame
  }

  /** What is read at 0x12000000 of a flash that the board has. */
  readonly xip = (device: QspiDevice): BusDevice => ({
    name: 'XIP',
    subWord: 'allowed',
    readWord: (offset) => {
      if (!this.#isActive || this.#device !== device) {
        this.chip.problems.report(`QSPI: ${hex(XIP_BASE + offset)} is read while QSPI is not activated`)
        throw new BusError(XIP_BASE + offset)
      }
      const address = (this.#offset.value + offset) % device.bytes
      return wordOf([...device.read(this.#readFrame, address, 4)])
    },
    isSteady: () => this.#isActive,
    writeWord: (offset) => {
      throw new BusError(XIP_BASE + offset)
    },
  })

  get #device(): QspiDevice | undefined {
    const pins = Object.entries(this.#pins).map(([name, { value }]) => [
      name,
      value < DISCONNECTED ? value & 0x3f : undefined,
    ])
    return this.#wiring.find(
      Object.fromEntries(pins) as Partial<Record<'sck' | 'csn' | 'io0' | 'io1', number>>,
    )
  }

  get #readFrame(): QspiFrame {
    return READS[this.#protocol.value & 7] ?? (READS[0] as QspiFrame)
  }

  get #writeFrame(): QspiFrame {
    return WRITES[(this.#protocol.value >>> 3) & 7] ?? (WRITES[0] as QspiFrame)
  }

  get #clockCycles(): number {
    return CYCLES_OF_32_MHZ * ((this.#interface.value >>> 28) + 1)
  }

  /** A command with an address and data, in cycles. */
  #frameCycles({ addressLines, dataLines, dummyClocks }: QspiFrame, bytes: number): number {
    const addressBits = (this.#protocol.value & 0x40) !== 0 ? 32 : 24
    const clocks = 8 + addressBits / addressLines + dummyClocks + (8 * bytes) / dataLines
    return Math.ceil(clocks * this.#clockCycles)
  }

  #activate(): void {
    if (this.#enable.value === 0) {
      this.unheard('ACTIVATE')
      return
    }
    if (this.#device === undefined)
      this.chip.problems.report('QSPI: no flash of the board is on the pins that PSEL names')
    this.#isActive = true
    this.chip.power.enter(this.name, 'activated', this.chip.time.now)
    this.#wait({ kind: 'ready' }, 16 * this.#clockCycles)
  }

  #deactivate(): void {
    this.#next.cancel()
    this.#work = undefined
    this.#longFrame = undefined
    this.#isActive = false
    this.chip.power.enter(this.name, 'off', this.chip.time.now)
  }

  /** Not before the flash is done with what it is at. */
  #wait(work: Work, cycles: number): void {
    const { now } = this.chip.time
    this.#work = work
    this.chip.power.enter(this.name, 'transfer', now)
    this.#next.at(Math.max(now, this.#device?.busyUntil ?? 0) + Math.max(1, cycles))
  }

  #begin(work: Work): void {
    if (!this.#isActive) {
      this.chip.problems.report(`QSPI: ${work.kind} before TASKS_ACTIVATE: nothing happens`)
      return
    }
    if (this.#work) {
      this.chip.problems.report(`QSPI: ${work.kind} while ${this.#work.kind} is under way: ignored`)
      return
    }
    this.#wait(work, this.#cyclesOf(work))
  }

  #cyclesOf(work: Work): number {
    switch (work.kind) {
      case 'read':
        return this.#frameCycles(this.#readFrame, this.#read.count.value)
      case 'write':
        // WREN, and the page itself.
        return 8 * this.#clockCycles + this.#frameCycles(this.#writeFrame, this.#pageBytes(work.done))
      case 'erase':
        return (8 + 8 + (this.#erase.length.value === 2 ? 0 : 24)) * this.#clockCycles
      case 'custom':
        return 8 * Math.max(1, this.#customLength) * this.#clockCycles
      default:
        return 0
    }
  }

  /** Bytes up to the end of a page of the flash, or of what is to be written. */
  #pageBytes(done: number): number {
    const page = (this.#protocol.value & 0x1000) !== 0 ? 512 : 256
    const at = this.#write.to.value + done
    return Math.min(this.#write.count.value - done, page - (at % page))
  }

  #reached(): void {
    const work = this.#work
    this.#work = undefined
    if (work?.kind === 'write' && this.#programPage(work.done)) return
    if (work?.kind === 'read') this.#copy()
    if (work?.kind === 'erase') this.#eraseBlock()
    if (work?.kind === 'custom') this.#instruct()
    this.chip.power.enter(this.name, 'activated', this.chip.time.now)
    this.#ready.fire()
  }

  #copy(): void {
    const { from, to, count } = this.#read
    if (!this.chip.dataRam.holds('QSPI READ.DST', to.value, count.value)) return
    const bytes = this.#device?.read(this.#readFrame, from.value, count.value)
    this.chip.dataRam.write(to.value, bytes ?? new Uint8Array(count.value).fill(0xff))
  }

  /** @returns whether another page follows */
  #programPage(done: number): boolean {
    const { from, to, count } = this.#write
    const length = this.#pageBytes(done)
    const { dataRam } = this.chip
    if (!dataRam.holds('QSPI WRITE.SRC', from.value + done, length)) return false
    const bytes = Uint8Array.from({ length }, (_, i) => dataRam.read(from.value + done + i))
    this.#device?.command(WRITE_ENABLE, [])
    this.#device?.program(this.#writeFrame, to.value + done, bytes)
    const next = done + length
    if (next >= count.value || length === 0) return false
    this.#wait({ kind: 'write', done: next }, this.#cyclesOf({ kind: 'write', done: next }))
    return true
  }

  #eraseBlock(): void {
    this.#device?.command(WRITE_ENABLE, [])
    this.#device?.erase(ERASES[this.#erase.length.value] ?? 0x20, this.#erase.at.value)
  }

  /** Bytes of a custom instruction, its opcode among them. */
  get #customLength(): number {
    return Math.min((this.#custom.configuration.value >>> 8) & 0xf, 9)
  }

  /** CINSTRDAT holds what is sent, and then what came back (PS 6.19.4). */
  #instruct(): void {
    const { configuration, low, high } = this.#custom
    const { value } = configuration
    const [isLong, stops] = [(value & 0x1_0000) !== 0, (value & 0x2_0000) !== 0]
    const sent = [...bytesOf(low.value), ...bytesOf(high.value)].slice(0, Math.max(0, this.#customLength - 1))
    if ((value & 0x8000) !== 0 && this.#longFrame === undefined) this.#device?.command(WRITE_ENABLE, [])
    const before = this.#longFrame ?? [value & 0xff]
    const whole = [...before, ...sent]
    this.#longFrame = isLong && !stops ? whole : undefined
    const [opcode = 0, ...following] = whole
    // The flash sees a long frame as one command when it is over; what it answers is asked for as it goes.
    const isRead = opcode === 0x5a || opcode === 0x03 || opcode === 0x0b || opcode === 0x9f
    const answer =
      this.#longFrame === undefined || isRead
        ? (this.#device?.command(opcode, following) ?? following.map(() => 0xff))
        : following
    const came = answer.slice(answer.length - sent.length)
    const all = [...came, ...[...bytesOf(low.value), ...bytesOf(high.value)].slice(came.length)]
    low.value = wordOf(all.slice(0, 4))
    high.value = wordOf(all.slice(4, 8))
  }

  #status(): number {
    const [register = 0xff] = this.#isActive ? (this.#device?.command(READ_STATUS, [0]) ?? []) : [0]
    const ready = this.#isActive && !this.#work ? 8 : 0
    return ((register << 24) | ready | (this.#inDeepPowerDown ? 4 : 0)) >>> 0
  }

  /** IFCONFIG1.DPMEN puts the flash into deep power-down and takes it out, where IFCONFIG0.DPMENABLE allows it. */
  #powerDown(value: number, before: number): void {
    const enters = (value & 0x100_0000) !== 0
    if (enters === ((before & 0x100_0000) !== 0) || (this.#protocol.value & 0x80) === 0) return
    const duration = enters ? this.#durations.value & 0xffff : this.#durations.value >>> 16
    this.#device?.command(enters ? ENTER_DEEP_POWER_DOWN : LEAVE_DEEP_POWER_DOWN, [])
    this.#inDeepPowerDown = enters
    if (this.#isActive && !this.#work) this.#wait({ kind: 'ready' }, duration * DPM_CYCLES)
  }

  /** Addresses of four bytes: an opcode with up to two bytes, if ADDRCONF.MODE says so. */
  #configureAddress(value: number): void {
    const mode = (value >>> 24) & 3
    if (mode === 0 || !this.#isActive) return
    if ((value & 0x800_0000) !== 0) this.#device?.command(WRITE_ENABLE, [])
    this.#device?.command(value & 0xff, [(value >>> 8) & 0xff, (value >>> 16) & 0xff].slice(0, mode - 1))
    if (!this.#work) this.#wait({ kind: 'ready' }, 8 * mode * this.#clockCycles)
  }
}
