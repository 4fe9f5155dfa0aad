import type { Address } from '../cpu/bus.ts'
import type { BusDevice } from '../memory/bus.ts'
import { hex } from '../memory/unmodelled.ts'
import type { ChipContext } from './context.ts'
import type { RegisterInfo } from './peripheral.ts'
import { SeededRandom } from './random.ts'

export const FICR_BASE: Address = 0x1000_0000
const UNPROGRAMMED = 0xffff_ffff

/** Words that Nordic's start-up code reads to tell which silicon it runs on, though PS 4.4 does not list them. */
const SILICON_PART_WORD = 0x130
const SILICON_REVISION_WORD = 0x134
const NRF52840_SILICON = 8
/** Revision 3 of the silicon: build codes AAF0 and later. */
const REVISION_3 = 3

/** Factory words, from a seed where chips differ. PS 4.4. */
const factoryWords = (seed: number): readonly (readonly [name: string, offset: number, value: number])[] => {
  /** Not saved: all of it is used at once. */
  const random = new SeededRandom(seed)
  const words = (name: string, count: number, offset: number) =>
    Array.from({ length: count }, (_, i) => [`${name}[${i}]`, offset + 4 * i, random.next()] as const)
  // Slopes, offsets and switch-over temperatures: the reset values of TEMP's own registers (PS 6.28).
  const slopes = [0x326, 0x348, 0x3aa, 0x40e, 0x4bd, 0x5a3]
  const offsets = [0x3fef, 0x3fbe, 0x3fbe, 0x012, 0x124, 0x27c]
  const switchOvers = [0xe2, 0x00, 0x19, 0x3c, 0x50]
  return [
    ['CODEPAGESIZE', 0x010, 4096],
    ['CODESIZE', 0x014, 256],
    ...words('DEVICEID', 2, 0x060),
    ...words('ER', 4, 0x080),
    ...words('IR', 4, 0x090),
    ['DEVICEADDRTYPE', 0x0a0, 0xffff_ffff],
    ['DEVICEADDR[0]', 0x0a4, random.next()],
    ['DEVICEADDR[1]', 0x0a8, random.next() | 0xffff_0000],
    ['INFO.PART', 0x100, 0x52840],
    ['INFO.VARIANT', 0x104, 0x4141_4630],
    ['INFO.PACKAGE', 0x108, 0x2004],
    ['INFO.RAM', 0x10c, 256],
    ['INFO.FLASH', 0x110, 1024],
    ['PRODTEST[0]', 0x350, 0xbb42_319f],
    ['PRODTEST[1]', 0x354, 0xbb42_319f],
    ['PRODTEST[2]', 0x358, 0xbb42_319f],
    ...slopes.map((value, i) => [`TEMP.A${i}`, 0x404 + 4 * i, (0xffff_f000 | value) >>> 0] as const),
    ...offsets.map((value, i) => [`TEMP.B${i}`, 0x41c + 4 * i, (0xffff_c000 | value) >>> 0] as const),
    ...switchOvers.map((value, i) => [`TEMP.T${i}`, 0x434 + 4 * i, (0xffff_ff00 | value) >>> 0] as const),
    ['NFC.TAGHEADER0', 0x450, 0xffff_ff5f],
    ['NFC.TAGHEADER1', 0x454, random.next()],
    ['NFC.TAGHEADER2', 0x458, random.next()],
    ['NFC.TAGHEADER3', 0x45c, random.next()],
  ]
}

/**
 * FICR, PS 4.4. Read-only; a write is ignored and counted. Approximated: 1. Identities come from the run's seed.
 * 2. The TRNG90B words read as not programmed. 3. Words that nobody documents read as not programmed and are counted.
 */
export class Ficr implements BusDevice {
  readonly name = 'FICR'
  readonly subWord = 'allowed'
  readonly registers: readonly RegisterInfo[]
  /** Not saved: written in the factory. */
  readonly #words = new Map<number, number>()

  constructor(
    private readonly chip: ChipContext,
    seed: number,
  ) {
    const named = factoryWords(seed)
    for (const [, offset, value] of named) this.#words.set(offset, value >>> 0)
    this.registers = named.map(([name, offset, value]) => ({
      peripheral: 'FICR',
      name,
      address: FICR_BASE + offset,
      resetValue: value >>> 0,
      modelled: true,
    }))
    this.#words.set(SILICON_PART_WORD, NRF52840_SILICON)
    this.#words.set(SILICON_REVISION_WORD, REVISION_3)
  }

  readWord(offset: number): number {
    const word = this.#words.get(offset)
    if (word === undefined) this.chip.unmodelled.record(`FICR+${hex(offset, 3)}`, FICR_BASE + offset, 'read')
    return word ?? UNPROGRAMMED
  }

  writeWord(offset: number): void {
    this.chip.unmodelled.record(`FICR+${hex(offset, 3)}`, FICR_BASE + offset, 'write')
  }
}
