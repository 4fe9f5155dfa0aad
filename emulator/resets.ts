import type { Address, Cycles } from './cpu/bus.ts'
import type { ResetReason } from './nrf52840/power.ts'

/** Places that are told apart; resets from further ones are counted without a place. */
const MOST_PLACES = 64

const wakesFromOff: ReadonlySet<ResetReason> = new Set<ResetReason>(['systemOff', 'lpcomp', 'vbus'])

/** Resets for the same reason from the same place. */
export interface Resets {
  readonly reason: ResetReason
  /** The instruction that asked for it, or where the processor was; undefined for many places. */
  readonly address: Address | undefined
  /** Number of the exception whose handler it was in; 0 in Thread mode. */
  readonly exception: number
  readonly count: number
  readonly firstCycle: Cycles
  readonly lastCycle: Cycles
}

export interface SavedResets {
  readonly unwanted: number
  readonly places: readonly (readonly [place: string, resets: Resets])[]
}

/** How often, where and why the chip was reset since it was switched on. */
export class ResetLog {
  /** Without those that wake it from System OFF, which is how some firmware works. */
  unwanted = 0
  readonly #places = new Map<string, Resets>()

  readonly stateVersion = 1

  save(): SavedResets {
    return { unwanted: this.unwanted, places: [...this.#places] }
  }

  restore({ unwanted, places }: SavedResets): void {
    this.unwanted = unwanted
    this.#places.clear()
    for (const [place, resets] of places) this.#places.set(place, resets)
  }

  record(reason: ResetReason, address: Address, exception: number, cycle: Cycles): void {
    if (!wakesFromOff.has(reason)) this.unwanted += 1
    const key = `${reason} ${exception} ${address}`
    const isKnown = this.#places.has(key) || this.#places.size < MOST_PLACES
    const at = isKnown ? { reason, address, exception } : { reason, address: undefined, exception: 0 }
    const place = isKnown ? key : reason
    const known = this.#places.get(place)
    this.#places.set(
      place,
      known
        ? { ...known, count: known.count + 1, lastCycle: cycle }
        : { ...at, count: 1, firstCycle: cycle, lastCycle: cycle },
    )
  }

  /** In the order of the first of each. */
  get places(): readonly Resets[] {
    return [...this.#places.values()]
  }
}
