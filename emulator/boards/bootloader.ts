import type { Address } from '../cpu/bus.ts'

export type RegisterWrite = readonly [address: Address, value: number]

/** A board's bootloader, by what it leaves behind when it starts an application: data, applied by emulator/bootloader.ts. */
export interface BootloaderDescription {
  readonly name: string
  /** Where it looks for the application. */
  readonly applicationAt: Address
  /** What is on or set when the application begins, in words. */
  readonly leaves: readonly string[]
  /** UICR words that it has programmed: they are there from the first reset on. */
  readonly uicr: readonly RegisterWrite[]
  /** Low-frequency clock that runs. */
  readonly lowFrequencyClock: 'crystal' | undefined
  /** COUNTER of real-time counters that run. */
  readonly counters: readonly { readonly instance: 0 | 1 | 2; readonly count: number }[]
  /** What it wrote, in an order that does the same; tasks and the processor's own registers too. */
  readonly writes: readonly RegisterWrite[]
}
