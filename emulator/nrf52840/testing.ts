import { Scheduler } from '../time/scheduler.ts'
import { createChip } from './chip.ts'
import type { Chip, ChipOptions } from './chip.ts'

/** A chip without a processor: a test plays the processor's part through `read`, `write` and `run`. */
export interface TestBench {
  readonly chip: Chip
  readonly scheduler: Scheduler
  readonly flash: Uint8Array
  readonly ram: Uint8Array
  readonly console: { readonly byte: number; readonly cycle: number }[]
  /** Interrupt lines that are up. */
  readonly lines: Set<number>
  /** Ranges of code that were declared stale. */
  readonly invalidated: (readonly [address: number, length: number])[]
  readonly read: (address: number) => number
  readonly write: (address: number, value: number) => void
  /** Lets time pass until a cycle, each event run at its own cycle. */
  readonly run: (until: number) => void
  /** Runs until a register reads other than zero. @returns the cycle. */
  readonly runUntil: (address: number, limit?: number) => number
}

export const createTestBench = (options: Partial<ChipOptions> = {}): TestBench => {
  const scheduler = new Scheduler()
  const flash = new Uint8Array(1 << 20).fill(0xff)
  const ram = new Uint8Array(1 << 18)
  const console: { byte: number; cycle: number }[] = []
  const lines = new Set<number>()
  const invalidated: (readonly [number, number])[] = []
  const chip = createChip({
    scheduler,
    flash,
    ram,
    lines: { setInterruptLine: (irq, level) => (level ? void lines.add(irq) : void lines.delete(irq)) },
    invalidateCode: (address, length) => void invalidated.push([address, length]),
    onDmaWrite: () => undefined,
    onConsole: (byte) => void console.push({ byte, cycle: chip.context.time.now }),
    ...options,
  })
  const step = (): void => {
    scheduler.now = Math.max(scheduler.now, scheduler.nextDue)
    scheduler.runDue()
  }
  const run = (until: number): void => {
    while (scheduler.nextDue <= until) step()
    scheduler.now = until
  }
  const read = (address: number): number => chip.bus.read(address, 4)
  const runUntil = (address: number, limit = 1e12): number => {
    while (read(address) === 0) {
      if (scheduler.nextDue > limit)
        throw new Error(`nothing happened at ${address.toString(16)} before ${limit}`)
      step()
    }
    return scheduler.now
  }
  const write = (address: number, value: number): void => chip.bus.write(address, 4, value)
  return { chip, scheduler, flash, ram, console, lines, invalidated, read, write, run, runUntil }
}
