import type { Alarm, SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import type { Register } from './peripheral.ts'

/** A cycle of 16 MHz for each word. */
const PCLK16M = 4

/** Number of the isochronous endpoints. */
export const ISO = 8

export interface Channel {
  readonly direction: 'in' | 'out'
  readonly endpoint: number
}

export interface DmaRegisters {
  readonly pointer: Register
  readonly maxCount: Register
  readonly amount: Register
}

interface Transfer extends Channel {
  readonly pointer: number
  readonly length: number
}

export interface SavedUsbdDma {
  readonly running: Transfer | undefined
  readonly waiting: readonly Channel[]
  readonly done: SavedAlarm | null
}

export interface UsbdDmaOptions {
  readonly registers: (channel: Channel) => DmaRegisters
  /** PTR and MAXCNT are captured, and may be written again. */
  readonly started: (channel: Channel) => void
  /** @param pointer of the captured ones */
  readonly ended: (channel: Channel, pointer: number, length: number) => void
}

/**
 * USBD's one EasyDMA channel, between its buffers and RAM. Approximated: 1. A word takes a cycle of 16 MHz, and all bytes
 * move at the end. 2. A task while a transfer runs waits for its end, and is reported; anomaly 199 loses it.
 */
export class UsbdDma {
  #running: Transfer | undefined
  #waiting: readonly Channel[] = []
  readonly #done: Alarm

  constructor(
    private readonly chip: ChipContext,
    private readonly options: UsbdDmaOptions,
  ) {
    this.#done = chip.time.alarm('USBD EasyDMA', () => this.#end())
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  start(channel: Channel): void {
    if (this.#running) {
      this.chip.problems.report(
        'USBD: a STARTEP task while EasyDMA is at work; it waits, on silicon it is lost',
      )
      this.#waiting = [...this.#waiting, channel]
      return
    }
    const { pointer, maxCount } = this.options.registers(channel)
    if (!this.chip.dataRam.holds('USBD', pointer.value, maxCount.value)) return
    this.#running = { ...channel, pointer: pointer.value, length: maxCount.value }
    this.options.started(channel)
    this.#done.after(PCLK16M * (1 + Math.ceil(maxCount.value / 4)))
  }

  stop(): void {
    this.#done.cancel()
    this.#running = undefined
    this.#waiting = []
  }

  #end(): void {
    const transfer = this.#running
    if (transfer === undefined) return
    this.#running = undefined
    const { pointer, length, direction, endpoint } = transfer
    this.options.registers(transfer).amount.value = length
    this.options.ended({ direction, endpoint }, pointer, length)
    const [next, ...others] = this.#waiting
    if (next === undefined || this.isRunning) return
    this.#waiting = others
    this.start(next)
  }

  save(): SavedUsbdDma {
    return { running: this.#running, waiting: this.#waiting, done: this.#done.save() }
  }

  restore({ running, waiting, done }: SavedUsbdDma): void {
    this.#running = running
    this.#waiting = waiting
    this.#done.restore(done)
  }
}
