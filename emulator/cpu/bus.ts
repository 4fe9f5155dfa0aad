/** A number of CPU clock cycles since power-on; an integer, exact below 2^53. */
export type Cycles = number
/** A 32-bit unsigned address of the Arm memory map. */
export type Address = number
export type AccessSize = 1 | 2 | 4

/**
 * What the processor sees outside itself. Flash and RAM data never come here: the processor reads and writes
 * them in its own linear memory. Everything else does, except the private peripheral bus (0xE0000000 and up).
 */
export interface Bus {
  /** @returns the value read, unsigned. @throws BusError where nothing answers. */
  read(address: Address, size: AccessSize): number
  /** Whether a read has no side effect and gives the same until a write or the next scheduled event. */
  isSteady?(address: Address): boolean
  /** @throws BusError where nothing answers. */
  write(address: Address, size: AccessSize, value: number): void
}

/** A bus transaction that ended with an error response: the processor takes a precise BusFault. */
export class BusError extends Error {
  constructor(readonly address: Address) {
    super(`bus error at 0x${(address >>> 0).toString(16).padStart(8, '0')}`)
  }
}

/** The lines from peripherals into the nested vectored interrupt controller. Levels, as on the nRF52840. */
export interface InterruptLines {
  setInterruptLine(irq: number, level: boolean): void
}
