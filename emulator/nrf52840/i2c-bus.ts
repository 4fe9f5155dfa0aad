import type { PinNumber } from './gpio.ts'

export type I2cDirection = 'read' | 'write'

/** A slave. Every call happens at the cycle at which the last bit of its byte is on the wire. */
export interface I2cDevice {
  /** 7-bit addresses that it may answer to. */
  readonly addresses: readonly number[]
  /** A start or repeated start with one of its addresses. @returns true for ACK. */
  start(address: number, direction: I2cDirection): boolean
  /** @returns true for ACK. */
  writeByte(value: number): boolean
  readByte(): number
  stop(): void
}

/** Two wires of the board with their slaves. */
export class I2cBus {
  /** Not saved: soldered. */
  readonly #devices: I2cDevice[] = []

  constructor(
    readonly scl: PinNumber,
    readonly sda: PinNumber,
  ) {}

  attach(device: I2cDevice): void {
    for (const address of device.addresses) {
      if (this.deviceAt(address)) throw new RangeError(`two devices at I2C address 0x${address.toString(16)}`)
    }
    this.#devices.push(device)
  }

  /** @returns the slave that acknowledged; undefined when none did. */
  start(address: number, direction: I2cDirection): I2cDevice | undefined {
    const device = this.deviceAt(address)
    return device?.start(address, direction) === true ? device : undefined
  }

  deviceAt(address: number): I2cDevice | undefined {
    return this.#devices.find((device) => device.addresses.includes(address))
  }
}

/** All I2C wires of the board. */
export class I2cWiring {
  /** Not saved: soldered. */
  readonly #buses: I2cBus[] = []

  /** The bus on these pins; made when it is not there yet. */
  bus(scl: PinNumber, sda: PinNumber): I2cBus {
    const known = this.find(scl, sda)
    if (known) return known
    const bus = new I2cBus(scl, sda)
    this.#buses.push(bus)
    return bus
  }

  find(scl: PinNumber, sda: PinNumber): I2cBus | undefined {
    return this.#buses.find((bus) => bus.scl === scl && bus.sda === sda)
  }
}
