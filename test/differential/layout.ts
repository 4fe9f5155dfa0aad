import { Random } from './random.ts'
import { Memory, type Processor } from './state.ts'
import { interestingWord } from './values.ts'

/** Regions of flash by what surrounds the code in them. */
export const Region = {
  /** Random data, so that PC-relative loads find some, and loads from flash. */
  data: { from: 0x2_0000, to: 0x4_0000 },
  /** Thumb addresses in the landing zone, for PC-relative loads to PC. */
  pointers: { from: 0x5_0000, to: 0x6_0000 },
  /** BKPT instructions. */
  code: { from: 0x6_0000, to: 0x9_0000 },
  /** Where loaded and register branches go. */
  landing: { from: 0xe_0000, to: 0xf_0000 },
} as const
export type RegionName = 'data' | 'pointers' | 'code'

/** Loads reach 4 kB to either side. */
export const MARGIN = 0x1000

/** What RAM holds before a case: one of some patterns of data, or Thumb addresses. */
export const RamPattern = { data: 3, pointers: 3 } as const

const thumbAddress = (random: Random): number => {
  const { from, to } = Region.landing
  return (from + random.below((to - from) / 2) * 2) | 1
}

function fill(words: number, value: () => number): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: words }, value).buffer)
}

const FIXED_SEED = 1

/** The first bytes of RAM, for each pattern. */
export function ramPatterns(): readonly Uint8Array[] {
  const random = new Random(FIXED_SEED)
  const words = Memory.windowBytes / 4
  return [
    ...Array.from({ length: RamPattern.data }, () => fill(words, () => interestingWord(random))),
    fill(words, () => thumbAddress(random)),
  ]
}

/** The flash of both processors: BKPT everywhere but in the regions of data. */
export function flashImage(): Uint8Array {
  const random = new Random(FIXED_SEED + 1)
  const image = new Uint8Array(new Uint16Array(Memory.flashBytes / 2).fill(Memory.filler).buffer)
  const put = (region: { from: number; to: number }, value: () => number): void =>
    image.set(fill((region.to - region.from) / 4, value), region.from)
  put(Region.data, () => interestingWord(random))
  put(Region.pointers, () => thumbAddress(random))
  return image
}

interface Placement {
  readonly address: number
  readonly bytes: number
}

/**
 * Gives each case fresh addresses in a region, since libunicorn keeps what it translated; at the end of a
 * region translations are flushed, which is slow.
 */
export class CodePlaces {
  readonly #cursors = new Map<RegionName, number>()
  readonly #landed = new Set<number>()
  readonly #image = flashImage()
  #placed: Placement | undefined

  constructor(readonly processors: readonly Processor[]) {
    for (const processor of processors) {
      processor.flash.set(this.#image)
      processor.flush()
    }
  }

  /** An even address for a case's code, BKPT included. */
  next(region: RegionName, halfwords: number, odd: boolean): number {
    const { from, to } = Region[region]
    for (;;) {
      const cursor = this.#cursors.get(region) ?? from + MARGIN
      const address = cursor + (odd ? 2 : 0)
      const end = (address + 2 * halfwords + 3) & ~3
      if (end > to - MARGIN) {
        this.flush()
        continue
      }
      this.#cursors.set(region, end)
      if (this.#isFresh(address, end)) return address
    }
  }

  #isFresh(from: number, to: number): boolean {
    if (this.#landed.size === 0) return true
    for (let at = from; at < to; at += 2) if (this.#landed.has(at)) return false
    return true
  }

  flush(): void {
    for (const processor of this.processors) processor.flush()
    this.#cursors.clear()
    this.#landed.clear()
  }

  /** A branch ended here: whatever stands here has been translated. */
  landed(address: number): void {
    if (address >= Region.data.from && address < Region.code.to) this.#landed.add(address & ~1)
  }

  place(address: number, code: readonly number[]): void {
    this.restore()
    const bytes = 2 * code.length + 2
    for (const { flash } of this.processors) {
      let at = address
      for (const halfword of [...code, Memory.filler]) {
        flash[at] = halfword & 0xff
        flash[at + 1] = halfword >>> 8
        at += 2
      }
    }
    this.processors.forEach((processor) => processor.codePlaced(address, bytes))
    this.#placed = { address, bytes }
  }

  restore(): void {
    if (!this.#placed) return
    const { address, bytes } = this.#placed
    const original = this.#image.subarray(address, address + bytes)
    for (const processor of this.processors) {
      processor.flash.set(original, address)
      processor.codePlaced(address, bytes)
    }
    this.#placed = undefined
  }
}
