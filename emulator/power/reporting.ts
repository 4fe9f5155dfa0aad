import type { Cycles } from '../cpu/bus.ts'

/** Parts say which state they are in; what a state costs is not their business. */
export interface PowerLedger {
  /** @param amount how many times the state's current flows: kB of RAM, duty cycle of a light; 1 when not given. */
  enter(part: string, state: string, cycle: Cycles, amount?: number): void
  /** Something that costs a charge at once. */
  event(part: string, event: string, cycle: Cycles): void
  /** The chip was reset or switched off: each of its parts is off until it says otherwise. */
  chipOff(cycle: Cycles): void
}

export const NO_POWER_LEDGER: PowerLedger = {
  enter: () => undefined,
  event: () => undefined,
  chipOff: () => undefined,
}
