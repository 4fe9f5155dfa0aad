import type { Scheduler } from '../time/scheduler.ts'
import type { AccessSize, Address, Cycles } from './bus.ts'
import type { ProcessorState } from './state.ts'
import type { TimingParameters } from './timing/timing.ts'

/** What the exception model and the private peripheral bus need of the processor around them. */
export interface Surroundings {
  readonly state: ProcessorState
  readonly scheduler: Scheduler
  readonly timing: TimingParameters
  /** Data access of the processor itself, past the MPU. @throws BusError */
  readMemory(address: Address, size: AccessSize): number
  /** @throws BusError */
  writeMemory(address: Address, size: AccessSize, value: number): void
  /** Lets time pass and runs the events due: interrupts may become pending meanwhile. */
  advance(cycles: Cycles): void
  /** Everything decoded so far may mean something else now: execute permissions changed. */
  invalidateAllCode(): void
  /** The same for a part of memory; without it, all is invalidated. */
  invalidateCode?(address: Address, length: number): void
  /**
   * Cycles that the code at an address takes longer than when entered from above, if an exception leads there: beside
   * stacking or unstacking, or after a handler that was tail-chained.
   */
  landingCycles?(address: Address, how: 'beside' | 'alone'): Cycles
  /** Wait states of the first fetch of a handler. */
  fetchWait?(address: Address): Cycles
  /** EPSR.ICI[7:4] of the instruction that an exception interrupts; asked once. */
  takeContinuation?(): number
  /** A return with EPSR.ICI set. @returns false where no instruction is that could go on */
  continueInstruction?(continuation: number): boolean
  /** A return to the instruction at the PC, which has this ITSTATE for this time. */
  enterWith(itState: number): void
}
