import type { Alarm, SavedAlarm } from '../time/alarm.ts'
import type { ChipContext } from './context.ts'
import type { EventRegister } from './peripheral.ts'
import { CYCLES_PER_FRAME, type Frames } from './usb-port.ts'

/** USB 2.0, 7.1.7.6: a bus that is idle for so long suspends the device. */
const IDLE_TO_SUSPEND = 3 * CYCLES_PER_FRAME

export interface SavedUsbdLine {
  readonly frames: Frames | undefined
  readonly isSuspended: boolean
  readonly idle: SavedAlarm | null
  readonly nextFrame: SavedAlarm | null
  readonly cleared: number
}

export interface UsbdLineOptions {
  readonly sof: EventRegister
  /** Whether somebody hears of each SOF when it comes. */
  readonly isHeard: () => boolean
  readonly suspended: () => void
}

/** What of the bus goes by itself: frames, and their absence. Frames that nobody hears of take no time of the computer's. */
export class UsbdLine {
  isSuspended = false
  #frames: Frames | undefined
  /** Until when start-of-frame packets are accounted for in EVENTS_SOF. */
  #cleared = 0
  readonly #idle: Alarm
  readonly #nextFrame: Alarm

  constructor(
    private readonly chip: ChipContext,
    private readonly options: UsbdLineOptions,
  ) {
    this.#idle = chip.time.alarm('USBD SUSPEND', () => {
      this.isSuspended = true
      options.suspended()
    })
    this.#nextFrame = chip.time.alarm('USBD SOF', () => {
      this.#cleared = chip.time.now
      options.sof.fire()
      this.listen()
    })
  }

  /** Pulled up or reset, and nothing yet on the bus. */
  idle(): void {
    this.isSuspended = false
    this.#idle.after(IDLE_TO_SUSPEND)
  }

  /** Nobody is on the bus, or nobody knows. */
  off(): void {
    this.#idle.cancel()
    this.isSuspended = false
    this.frames(undefined)
    this.#idle.cancel()
  }

  frames(frames: Frames | undefined): void {
    const had = this.#frames !== undefined
    this.#frames = frames
    this.#cleared = this.chip.time.now
    if (frames) {
      this.isSuspended = false
      this.#idle.cancel()
    } else if (had) this.#idle.after(IDLE_TO_SUSPEND)
    this.listen()
  }

  /** Who hears of frames has changed. */
  listen(): void {
    if (this.#frames === undefined || !this.options.isHeard()) {
      this.#nextFrame.cancel()
      return
    }
    const { now } = this.chip.time
    const { since } = this.#frames
    const due = since + CYCLES_PER_FRAME * (Math.floor((now - since) / CYCLES_PER_FRAME) + 1)
    if (this.#nextFrame.due !== due) this.#nextFrame.at(due)
  }

  /** EVENTS_SOF is about to be read or written. */
  settle(): void {
    if (this.#frames === undefined || this.#nextFrame.isSet) return
    const { now } = this.chip.time
    const { since } = this.#frames
    const last = since + CYCLES_PER_FRAME * Math.floor((now - since) / CYCLES_PER_FRAME)
    if (last > this.#cleared) this.options.sof.raise()
    this.#cleared = now
  }

  /** Eleven bits. */
  get frameNumber(): number {
    if (this.#frames === undefined) return 0
    const passed = Math.floor((this.chip.time.now - this.#frames.since) / CYCLES_PER_FRAME)
    return (this.#frames.number + passed) & 0x7ff
  }

  save(): SavedUsbdLine {
    return {
      frames: this.#frames,
      isSuspended: this.isSuspended,
      idle: this.#idle.save(),
      nextFrame: this.#nextFrame.save(),
      cleared: this.#cleared,
    }
  }

  restore({ frames, isSuspended, idle, nextFrame, cleared }: SavedUsbdLine): void {
    this.#frames = frames
    this.isSuspended = isSuspended
    this.#idle.restore(idle)
    this.#nextFrame.restore(nextFrame)
    this.#cleared = cleared
  }
}
