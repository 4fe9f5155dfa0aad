import type { PinNumber } from './gpio.ts'

/** A slave on a SPI bus. Bytes come as the last bit of each is on the wire, or later where the master says so. */
export interface SpiDevice {
  /** Low level of its chip select, by whoever drives it. */
  selected: () => boolean
  /** @returns what it shifts out meanwhile. */
  exchange(byte: number): number
}

export interface SpiPins {
  readonly sck: PinNumber
  readonly mosi: PinNumber
  readonly miso: PinNumber
}

/** Slaves of the board by the pins they are wired to. */
export class SpiWiring {
  /** Not saved: soldered. */
  readonly #devices: { readonly pins: SpiPins; readonly device: SpiDevice }[] = []

  attach(pins: SpiPins, device: SpiDevice): void {
    this.#devices.push({ pins, device })
  }

  /** What comes back for a byte: nobody selected reads as ones. */
  exchange(pins: Partial<SpiPins>, byte: number): number {
    const on = this.#devices.find(
      ({ pins: { sck, mosi }, device }) =>
        sck === pins.sck && (pins.mosi === undefined || mosi === pins.mosi) && device.selected(),
    )
    if (on === undefined) return 0xff
    const answer = on.device.exchange(byte) & 0xff
    return on.pins.miso === pins.miso ? answer : 0xff
  }
}
