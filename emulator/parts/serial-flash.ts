import type { QspiDevice, QspiFrame } from '../nrf52840/qspi-bus.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { SavedAlarm } from '../time/alarm.ts'
import { CYCLES_PER_MICROSECOND } from '../time/ratio-clock.ts'
import type { Timeline } from '../time/timeline.ts'

const PAGE = 256
const BLOCK = 4096
const BUSY = 1
const WRITE_ENABLED = 2

/** What tells one flash from another. Times in microseconds, typical. */
export interface SerialFlashKind {
  /** Manufacturer, type and capacity, as 0x9F answers. */
  readonly jedec: readonly [number, number, number]
  readonly bytes: number
  /** Where quad transfers are switched on: register 1 or 2 and its bits. */
  readonly quadEnable: { readonly register: 1 | 2; readonly mask: number }
  readonly programPage: number
  /** By opcode. */
  readonly erase: ReadonlyMap<number, { readonly bytes: number; readonly microseconds: number }>
  readonly writeStatus: number
  readonly leaveDeepPowerDown: number
  /** The basic flash parameter table of SFDP, JESD216. */
  readonly parameters?: string
}

/**
 * Macronix MX25R6435F. Identity, size and times: its SFDP table as Zephyr's boards/nordic/nrf52840dk has it (JESD216
 * words 10 and 11: program 896 us, erases 48, 240 and 480 ms, whole 52 s), there too tRDP 35 us. It is delivered in its
 * ultra-low-power mode, which may be slower: not published there. Writing its status: the data sheet's 10 ms, not confirmed.
 */
export const MX25R6435F: SerialFlashKind = {
  jedec: [0xc2, 0x28, 0x17],
  bytes: 8 << 20,
  quadEnable: { register: 1, mask: 0x40 },
  programPage: 896,
  erase: new Map([
    [0x20, { bytes: BLOCK, microseconds: 48_000 }],
    [0x52, { bytes: 8 * BLOCK, microseconds: 240_000 }],
    [0xd8, { bytes: 16 * BLOCK, microseconds: 480_000 }],
    [0xc7, { bytes: 8 << 20, microseconds: 52_000_000 }],
    [0x60, { bytes: 8 << 20, microseconds: 52_000_000 }],
  ]),
  writeStatus: 10_000,
  leaveDeepPowerDown: 35,
  parameters:
    'e520f1ffffffff0344eb086b083b04bbeeffffffffff00ffffff00ff0c200f52' +
    '10d800ff2372f50082ed04cc4483684430b030b0f7c4d55c00be29fff0d0ffff',
}

/**
 * Puya P25Q16H. Identity and tRDP 8 us: Zephyr's boards/seeed/xiao_ble; quad enable is bit 1 of the second status register
 * (Adafruit_SPIFlash, flash_devices.h). Times: the family's data sheet, page program 2 ms, all erases 10 ms; not confirmed.
 */
export const P25Q16H: SerialFlashKind = {
  jedec: [0x85, 0x60, 0x15],
  bytes: 2 << 20,
  quadEnable: { register: 2, mask: 2 },
  programPage: 2000,
  erase: new Map([
    [0x81, { bytes: PAGE, microseconds: 10_000 }],
    [0x20, { bytes: BLOCK, microseconds: 10_000 }],
    [0x52, { bytes: 8 * BLOCK, microseconds: 10_000 }],
    [0xd8, { bytes: 16 * BLOCK, microseconds: 10_000 }],
    [0xc7, { bytes: 2 << 20, microseconds: 10_000 }],
    [0x60, { bytes: 2 << 20, microseconds: 10_000 }],
  ]),
  writeStatus: 10_000,
  leaveDeepPowerDown: 8,
}

export interface SerialFlashOptions {
  readonly name: string
  readonly kind: SerialFlashKind
  readonly clock: Timeline
  readonly power: PowerLedger
  readonly onProblem: (message: string) => void
}

interface SerialFlashState {
  readonly blocks: readonly (readonly [block: number, bytes: Uint8Array])[]
  readonly done: SavedAlarm | null
  readonly busyUntil: number
  readonly registers: readonly number[]
  readonly isWriteEnabled: boolean
  readonly isDown: boolean
  readonly wakesAt: number
}

/**
 * A serial NOR flash on four lines, erased as it is delivered. Approximated: 1. Every time is the typical one. 2. Blocks
 * that are protected (BP bits), suspended erases and security registers are left out. 3. Memory changes when the command
 * is over, and a read while it is busy gives ones. 4. What it draws while it is read is not counted.
 */
export class SerialFlash implements QspiDevice {
  readonly stateVersion = 1
  readonly bytes: number
  readonly #options: SerialFlashOptions
  /** By their number; one that is not there is erased. Shared with snapshots: a block that changes is a new one. */
  #blocks = new Map<number, Uint8Array>()
  readonly #done: ReturnType<Timeline['alarm']>
  #busyUntil = 0
  /** Status registers 1, 2 and 3 (0x05, 0x35, 0x15). */
  #registers = [0, 0, 0]
  #isWriteEnabled = false
  #isDown = false
  /** After deep power-down. */
  #wakesAt = 0

  constructor(options: SerialFlashOptions) {
    this.#options = options
    this.bytes = options.kind.bytes
    this.#done = options.clock.alarm(`${options.name} done`, () => this.#enter('standby'))
    this.#enter('standby')
  }

  get busyUntil(): number {
    return this.#busyUntil
  }

  save(): SerialFlashState {
    return {
      blocks: [...this.#blocks],
      done: this.#done.save(),
      busyUntil: this.#busyUntil,
      registers: [...this.#registers],
      isWriteEnabled: this.#isWriteEnabled,
      isDown: this.#isDown,
      wakesAt: this.#wakesAt,
    }
  }

  restore(state: SerialFlashState): void {
    this.#blocks = new Map(state.blocks)
    this.#done.restore(state.done)
    this.#busyUntil = state.busyUntil
    this.#registers = [...state.registers]
    this.#isWriteEnabled = state.isWriteEnabled
    this.#isDown = state.isDown
    this.#wakesAt = state.wakesAt
  }

  command(opcode: number, sent: readonly number[]): readonly number[] {
    const { kind } = this.#options
    if (opcode === 0xab) this.#wake()
    if (!this.#answers) return sent.map(() => 0xff)
    if (this.#isBusy && opcode !== 0x05) return sent.map(() => 0xff)
    const repeated = (bytes: readonly number[]): number[] =>
      sent.map((_, i) => bytes[i % bytes.length] ?? 0xff)
    switch (opcode) {
      case 0x05:
        return repeated([this.#status])
      case 0x35:
        return repeated([this.#registers[1] ?? 0])
      case 0x15:
        return repeated(kind.quadEnable.register === 1 ? this.#registers.slice(1) : this.#registers.slice(2))
      case 0x9f:
        return repeated(kind.jedec)
      case 0xab:
      case 0x90:
        return sent.map((byte, i) => (i < 3 ? byte : kind.jedec[i % 2 === 1 ? 0 : 2]))
      case 0x5a:
        return this.#parameters(sent)
      case 0x03:
      case 0x0b:
        return this.#readSlowly(sent, opcode === 0x03 ? 3 : 4)
      default:
        this.#act(opcode, sent)
        return sent
    }
  }

  read(frame: QspiFrame, address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length).fill(0xff)
    if (!this.#answers || this.#isBusy || !this.#hasLines(frame)) return bytes
    for (let i = 0; i < length; i++) bytes[i] = this.#byte(address + i)
    return bytes
  }

  program(frame: QspiFrame, address: number, bytes: Uint8Array): void {
    if (!this.#answers || this.#isBusy || !this.#hasLines(frame)) return
    if (!this.#isWriteEnabled) return
    // Within a page addresses wrap; the bits that are 0 stay 0.
    const page = (address - (address % PAGE)) % this.bytes
    this.#change(page, (block, at) =>
      bytes.forEach(
        (byte, i) => (block[at + ((address + i) % PAGE)] = (block[at + ((address + i) % PAGE)] ?? 0) & byte),
      ),
    )
    this.#begin('programming', this.#options.kind.programPage)
  }

  erase(opcode: number, address: number): void {
    const one = this.#options.kind.erase.get(opcode)
    if (!one) this.#options.onProblem(`${this.#options.name}: no erase has opcode 0x${opcode.toString(16)}`)
    if (!one || !this.#answers || this.#isBusy || !this.#isWriteEnabled) return
    const start = (address % this.bytes) - (address % one.bytes)
    if (one.bytes < BLOCK) this.#change(start, (block, at) => block.fill(0xff, at, at + one.bytes))
    else for (let at = start; at < start + one.bytes; at += BLOCK) this.#blocks.delete(at / BLOCK)
    this.#begin('erasing', one.microseconds)
  }

  get #isBusy(): boolean {
    return this.#options.clock.now < this.#busyUntil
  }

  get #answers(): boolean {
    return !this.#isDown && this.#options.clock.now >= this.#wakesAt
  }

  get #status(): number {
    const flags = (this.#isBusy ? BUSY : 0) | (this.#isWriteEnabled ? WRITE_ENABLED : 0)
    return ((this.#registers[0] ?? 0) & ~3) | flags
  }

  /** Two of the four lines are other pins until quad transfers are switched on. */
  #hasLines({ dataLines, addressLines }: QspiFrame): boolean {
    const { register, mask } = this.#options.kind.quadEnable
    const isQuad = dataLines === 4 || addressLines === 4
    const has = !isQuad || ((this.#registers[register - 1] ?? 0) & mask) !== 0
    if (!has)
      this.#options.onProblem(
        `${this.#options.name}: four lines while quad enable is off in status register ${register}: not understood`,
      )
    return has
  }

  #act(opcode: number, sent: readonly number[]): void {
    const [first = 0, second, third] = sent
    switch (opcode) {
      case 0x06:
        this.#isWriteEnabled = true
        return
      case 0x04:
        this.#isWriteEnabled = false
        return
      case 0x01:
        this.#writeRegisters([first & ~3, second, third])
        return
      case 0x31:
        this.#writeRegisters([undefined, first])
        return
      case 0x11:
        this.#writeRegisters([undefined, undefined, first])
        return
      case 0xb9:
        this.#isDown = true
        this.#enter('deep power-down')
        return
      case 0x99:
        this.#isWriteEnabled = false
        return
      case 0x02:
        this.program(
          { opcode, addressLines: 1, dataLines: 1, dummyClocks: 0 },
          addressIn(sent),
          Uint8Array.from(sent.slice(3)),
        )
        return
      default:
        if (this.#options.kind.erase.has(opcode)) this.erase(opcode, addressIn(sent))
    }
  }

  #writeRegisters(values: readonly (number | undefined)[]): void {
    if (!this.#isWriteEnabled) return
    values.forEach((value, i) => {
      if (value !== undefined) this.#registers[i] = value
    })
    this.#begin('programming', this.#options.kind.writeStatus)
  }

  #wake(): void {
    if (!this.#isDown) return
    this.#isDown = false
    this.#wakesAt = this.#options.clock.now + this.#options.kind.leaveDeepPowerDown * CYCLES_PER_MICROSECOND
    this.#enter('standby')
  }

  #begin(state: string, microseconds: number): void {
    this.#isWriteEnabled = false
    this.#busyUntil = this.#options.clock.now + microseconds * CYCLES_PER_MICROSECOND
    this.#enter(state)
    this.#done.at(this.#busyUntil)
  }

  #enter(state: string): void {
    const { power, name, clock } = this.#options
    power.enter(name, state, clock.now)
  }

  #byte(address: number): number {
    const at = address % this.bytes
    return this.#blocks.get(Math.floor(at / BLOCK))?.[at % BLOCK] ?? 0xff
  }

  /** A copy of the block at an address is changed. */
  #change(address: number, change: (block: Uint8Array, at: number) => void): void {
    const number = Math.floor(address / BLOCK)
    const block = this.#blocks.get(number)?.slice() ?? new Uint8Array(BLOCK).fill(0xff)
    change(block, address % BLOCK)
    this.#blocks.set(number, block)
  }

  #readSlowly(sent: readonly number[], header: number): number[] {
    return sent.map((byte, i) => (i < header ? byte : this.#byte(addressIn(sent) + i - header)))
  }

  /** SFDP: a header, one parameter header, and the basic table at 0x30. */
  #parameters(sent: readonly number[]): number[] {
    const table = (this.#options.kind.parameters?.match(/../g) ?? []).map((byte) => parseInt(byte, 16))
    const words = table.length / 4
    const header = [0x53, 0x46, 0x44, 0x50, 6, 1, 0, 0xff, 0, 6, 1, words, 0x30, 0, 0, 0xff]
    const at = (address: number): number =>
      table.length === 0 ? 0xff : (header[address] ?? table[address - 0x30] ?? 0xff)
    return sent.map((byte, i) => (i < 4 ? byte : at(addressIn(sent) + i - 4)))
  }
}

const addressIn = ([high = 0, middle = 0, low = 0]: readonly number[]): number =>
  (high << 16) | (middle << 8) | low
