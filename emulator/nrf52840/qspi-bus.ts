/** How a command's opcode, address and data are sent: lines of each, and clock cycles in between (JESD216, 6.4). */
export interface QspiFrame {
  readonly opcode: number
  readonly addressLines: 1 | 2 | 4
  readonly dataLines: 1 | 2 | 4
  readonly dummyClocks: number
}

/** A serial flash. Commands come whole, at the cycle at which their last bit is on the wire. */
export interface QspiDevice {
  /** Bytes of the array. */
  readonly bytes: number
  /**
   * A command of few bytes, as custom instructions send it.
   * @param sent What follows the opcode.
   * @returns as many bytes as were sent, what it shifted out meanwhile
   */
  command(opcode: number, sent: readonly number[]): readonly number[]
  read(frame: QspiFrame, address: number, length: number): Uint8Array
  program(frame: QspiFrame, address: number, bytes: Uint8Array): void
  erase(opcode: number, address: number): void
  /** When the operation under way is over; the past where there is none. */
  readonly busyUntil: number
}

/** The lines of a serial flash on the board, by its pins. */
export interface QspiPins {
  readonly sck: number
  readonly csn: number
  readonly io0: number
  readonly io1: number
}

/** All serial flashes on the board; one at most on our boards. */
export class QspiWiring {
  /** Not saved: soldered. */
  readonly #devices: { readonly pins: QspiPins; readonly device: QspiDevice }[] = []
  /** Told of each. Not saved: wiring. */
  onAttach: (device: QspiDevice) => void = () => undefined

  attach(pins: QspiPins, device: QspiDevice): void {
    this.#devices.push({ pins, device })
    this.onAttach(device)
  }

  find(pins: Partial<QspiPins>): QspiDevice | undefined {
    return this.#devices.find(
      ({ pins: { sck, csn, io0, io1 } }) =>
        sck === pins.sck && csn === pins.csn && io0 === pins.io0 && io1 === pins.io1,
    )?.device
  }
}
