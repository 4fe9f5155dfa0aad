/**
 * The prefetch unit: a buffer of three aligned words, filled over an AHB-Lite bus, a word's address phase in one cycle
 * and its data phase in the next, or `waitStates` later (Arm KB 103488664: aligned words, three of them, decoupled from
 * decode). An instruction takes its half-words out when it begins. A unit that stood still because the buffer was full
 * needs a cycle to go on: with it, three 32-bit instructions at 2 mod 4 in a row after a multi-cycle instruction cost
 * one cycle more, as measured (compendium.i-0.nl, "Alignment rules"; eprint 2025/523), since such a full buffer holds
 * only five half-words. It stands still when the buffer was full for two cycles in a row: one is not enough, or
 * jnk0le's AES key schedule could not take the 302 and 305 cycles measured. Whether that restart cycle exists is open:
 * `fetchRestart`, `fetchStandstill`.
 */
export interface Fetch {
  /** Half-words in the buffer from the PC on. */
  readonly ready: number
  /** Cycles until the word in its data phase is there; 0 when none is. */
  readonly dataPhase: number
  /** Cycles that the unit waits before it goes on; negative while the buffer is full, and since how many cycles. */
  readonly idle: number
}

const WORDS = 3

/** A branch has just landed: its target's word is there, the next one is in its data phase. */
export function landed(address: number, waitStates: number): Fetch {
  return { ready: (address & 2) === 0 ? 2 : 1, dataPhase: 1 + waitStates, idle: 0 }
}

/** Nothing else was to do for long: the buffer is full. */
export const filled = (address: number, bus: Bus): Fetch => ({
  ready: 2 * WORDS - ((address & 2) === 0 ? 0 : 1),
  dataPhase: 0,
  idle: -bus.standstill,
})

export interface Bus {
  readonly waitStates: number
  /** Cycles to go on after the buffer was full. */
  readonly restart: number
  /** For so many cycles in a row. */
  readonly standstill: number
}

/**
 * One cycle passes. `pc` is the next instruction: its word is partly used when it is at 2 mod 4.
 * @param taken Another address has the bus in this cycle: the speculative fetch of a branch's target.
 */
export function tick({ ready, dataPhase, idle }: Fetch, pc: number, bus: Bus, taken = false): Fetch {
  const held = Math.ceil((ready + ((pc & 2) === 0 ? 0 : 1)) / 2) + (dataPhase > 0 ? 1 : 0)
  const full = held >= WORDS
  const wait = idle >= 0 ? idle : -idle >= bus.standstill ? bus.restart : 0
  const asks = !full && wait === 0 && dataPhase <= 1 && !taken
  return {
    ready: ready + (dataPhase === 1 ? 2 : 0),
    dataPhase: asks ? 1 + bus.waitStates : Math.max(dataPhase - 1, 0),
    idle: full ? Math.max(Math.min(idle, 0) - 1, -bus.standstill) : Math.max(wait - 1, 0),
  }
}

export const take = (fetch: Fetch, halfwords: number): Fetch => ({ ...fetch, ready: fetch.ready - halfwords })
