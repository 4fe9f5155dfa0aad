import type { AccessSize, Address } from '../cpu/bus.ts'
import type { BusDevice } from '../memory/bus.ts'
import type { RegisterInfo } from './peripheral.ts'

export const UICR_BASE: Address = 0x1000_1000
export const UICR_SIZE = 0x1000
const ERASED = 0xffff_ffff

const NAMED: readonly (readonly [name: string, offset: number])[] = [
  ...Array.from({ length: 15 }, (_, i) => [`NRFFW[${i}]`, 0x014 + 4 * i] as const),
  ...Array.from({ length: 12 }, (_, i) => [`NRFHW[${i}]`, 0x050 + 4 * i] as const),
  ...Array.from({ length: 32 }, (_, i) => [`CUSTOMER[${i}]`, 0x080 + 4 * i] as const),
  ['PSELRESET[0]', 0x200],
  ['PSELRESET[1]', 0x204],
  ['APPROTECT', 0x208],
  ['NFCPINS', 0x20c],
  ['DEBUGCTRL', 0x210],
  ['REGOUT0', 0x304],
]

/**
 * UICR, PS 4.5: a flash page of settings, erased to ones, written through the NVMC. Saved by its chip.
 * Approximated: 1. What the settings select (reset pin, NFC pins, REG0 voltage, access port protection) has no effect.
 */
export class Uicr implements BusDevice {
  readonly name = 'UICR'
  readonly subWord = 'allowed'
  readonly stateVersion = 1
  readonly registers: readonly RegisterInfo[] = NAMED.map(([name, offset]) => ({
    peripheral: 'UICR',
    name,
    address: UICR_BASE + offset,
    resetValue: ERASED,
    modelled: true,
  }))
  readonly #words = new Uint32Array(UICR_SIZE / 4).fill(ERASED)

  /** Set by the chip: the NVMC decides whether a store is allowed. Not saved: wiring. */
  writer: (address: Address, size: AccessSize, value: number) => void = () => undefined

  readWord(offset: number): number {
    return this.#words[offset >>> 2] ?? ERASED
  }

  writeWord(offset: number, value: number): void {
    this.writer(UICR_BASE + offset, 4, value)
  }

  /** What programming a flash word does. */
  clearBits(offset: number, value: number): void {
    const index = offset >>> 2
    this.#words[index] = (this.#words[index] ?? ERASED) & value
  }

  erase(): void {
    this.#words.fill(ERASED)
  }

  /** Index and value in turn, of the words that are not erased. */
  save(): readonly number[] {
    const programmed: number[] = []
    for (let i = 0; i < this.#words.length; i++) {
      const word = this.#words[i] ?? ERASED
      if (word !== ERASED) programmed.push(i, word)
    }
    return programmed
  }

  restore(programmed: readonly number[]): void {
    this.erase()
    for (let i = 0; i < programmed.length; i += 2)
      this.#words[programmed[i] ?? 0] = programmed[i + 1] ?? ERASED
  }
}
