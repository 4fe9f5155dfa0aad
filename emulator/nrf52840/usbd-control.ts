import type { Handshake, UsbData } from './usb-port.ts'
import { UsbdEndpoint, type SavedEndpoint } from './usbd-endpoints.ts'

const SET_ADDRESS = 5
const DEVICE_TO_HOST = 0x80
const NOTHING = new Uint8Array()

export interface SavedControl {
  readonly in: SavedEndpoint
  readonly out: SavedEndpoint
  readonly setup: Uint8Array
  readonly isStatusAllowed: boolean
}

/**
 * Endpoint 0: PS 6.35.9, control transfers. SET_ADDRESS is answered without software; all else waits for its tasks: a
 * data stage for EPIN[0]'s buffer or EP0RCVOUT, a status stage for EP0STATUS.
 */
export class UsbdControl {
  readonly in = new UsbdEndpoint()
  readonly out = new UsbdEndpoint()
  /** The eight bytes of SETUP. */
  setup: Uint8Array = new Uint8Array(8)
  #isStatusAllowed = false

  constructor(
    /** The address that SET_ADDRESS gives, once its status stage is over. */
    private readonly addressed: (address: number) => void,
  ) {}

  clear(): void {
    for (const one of [this.in, this.out]) one.clear()
    this.#isStatusAllowed = false
  }

  /** A SETUP packet ends whatever was before. */
  begin(packet: Uint8Array): void {
    this.clear()
    this.setup = packet.slice()
    this.in.toggle = this.out.toggle = 1
    this.#isStatusAllowed = this.#isSetAddress
  }

  /** TASKS_EP0STATUS. */
  allowStatus(): void {
    this.#isStatusAllowed = true
  }

  /** TASKS_EP0STALL: until the next SETUP. */
  stall(): void {
    this.in.isHalted = this.out.isHalted = true
  }

  isReady(direction: 'in' | 'out'): boolean {
    if (this[direction].isHalted) return true
    if (direction === this.#statusDirection) return this.#isStatusAllowed
    return direction === 'in' ? this.in.isFull : this.out.isOpen && !this.out.isFull
  }

  answerIn(): UsbData | 'nak' | 'stall' {
    if (this.in.isHalted) return 'stall'
    if (!this.isReady('in')) return 'nak'
    if (this.#statusDirection === 'in') return { toggle: 1, bytes: NOTHING }
    return { toggle: this.in.toggle, bytes: this.in.content }
  }

  /** @returns whether data have gone: EP0DATADONE */
  acknowledged(): boolean {
    if (this.#statusDirection === 'in') {
      this.#end()
      return false
    }
    this.in.isFull = false
    this.in.toggle = this.in.toggle === 0 ? 1 : 0
    return true
  }

  /** @returns beside the handshake whether data have come: EP0DATADONE */
  takeOut(data: UsbData): { readonly handshake: Handshake; readonly isData: boolean } {
    if (this.out.isHalted) return { handshake: 'stall', isData: false }
    if (!this.isReady('out')) return { handshake: 'nak', isData: false }
    if (this.#statusDirection === 'out') {
      this.#end()
      return { handshake: 'ack', isData: false }
    }
    this.out.isOpen = false
    this.out.fill(data.bytes)
    this.out.toggle = data.toggle === 0 ? 1 : 0
    return { handshake: 'ack', isData: true }
  }

  #end(): void {
    this.#isStatusAllowed = false
    if (this.#isSetAddress) this.addressed((this.setup[2] ?? 0) & 0x7f)
  }

  /** Against that of the data; IN where there are none. */
  get #statusDirection(): 'in' | 'out' {
    return this.#length > 0 && ((this.setup[0] ?? 0) & DEVICE_TO_HOST) !== 0 ? 'out' : 'in'
  }

  get #length(): number {
    return (this.setup[6] ?? 0) | ((this.setup[7] ?? 0) << 8)
  }

  get #isSetAddress(): boolean {
    return this.setup[0] === 0 && this.setup[1] === SET_ADDRESS
  }

  save(): SavedControl {
    return {
      in: this.in.save(),
      out: this.out.save(),
      setup: this.setup,
      isStatusAllowed: this.#isStatusAllowed,
    }
  }

  restore(state: SavedControl): void {
    this.in.restore(state.in)
    this.out.restore(state.out)
    this.setup = state.setup
    this.#isStatusAllowed = state.isStatusAllowed
  }
}
