/** Bytes that an endpoint's own buffer has: PS 6.35, endpoints 0 to 7. */
export const BUFFER_BYTES = 64
/** Of both isochronous endpoints together; each has half of it where ISOSPLIT says so. */
export const ISO_BYTES = 1023

interface EndpointState {
  readonly bytes: Uint8Array
  readonly size: number
  readonly isFull: boolean
  readonly isOpen: boolean
  readonly isHalted: boolean
  readonly toggle: 0 | 1
}

/** One direction of an endpoint: its buffer in USBD, its data toggle, whether it is halted. */
export class UsbdEndpoint {
  /** What was in it before stays beyond what came last. */
  bytes: Uint8Array
  size = 0
  /** IN: to be sent. OUT: to be fetched by EasyDMA. */
  isFull = false
  /** OUT: what the host sends is taken. */
  isOpen = false
  isHalted = false
  toggle: 0 | 1 = 0

  constructor(capacity = BUFFER_BYTES) {
    this.bytes = new Uint8Array(capacity)
  }

  /** A bus reset, or the peripheral was switched off. */
  clear(): void {
    this.isFull = this.isOpen = this.isHalted = false
    this.size = this.toggle = 0
  }

  fill(bytes: Uint8Array): void {
    this.bytes.set(bytes)
    this.size = bytes.length
    this.isFull = true
  }

  get content(): Uint8Array {
    return this.bytes.slice(0, this.size)
  }

  save(): EndpointState {
    const { bytes, size, isFull, isOpen, isHalted, toggle } = this
    return { bytes: bytes.slice(), size, isFull, isOpen, isHalted, toggle }
  }

  restore({ bytes, size, isFull, isOpen, isHalted, toggle }: EndpointState): void {
    this.bytes = bytes.slice()
    this.size = size
    this.isFull = isFull
    this.isOpen = isOpen
    this.isHalted = isHalted
    this.toggle = toggle
  }
}

export type SavedEndpoint = ReturnType<UsbdEndpoint['save']>
