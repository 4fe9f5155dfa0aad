/**
 * The prefetch unit: a buffer of three aligned words, filled a word at a time over an AHB-Lite bus, so that a word asked
 * for in one cycle (address phase) is there at the end of the next (data phase) or `waitStates` later. The instruction
 * that begins takes its half-words out of the buffer at once. Arm KB 103488664 (aligned words, three of them, decoupled
 * from decode). It explains the published rule that three 32-bit instructions at 2 mod 4 in a row after a multi-cycle
 * one cost a cycle more: a full buffer then holds only five half-words, and the bus has stopped.
 */
export interface Fetch {
  /** Half-words in the buffer from the PC on. */
  readonly ready: number
  /** Cycles until the word in its data phase is there; 0 when none is. */
  readonly dataPhase: number
  /** Whether a word is in its address phase. */
  readonly addressPhase: boolean
}

const WORDS = 3

/** A branch has just landed: its target's word is there, the next two are on their way. */
export function landed(address: number, waitStates: number): Fetch {
  return { ready: (address & 2) === 0 ? 2 : 1, dataPhase: 1 + waitStates, addressPhase: true }
}

/** One cycle passes. `address` is the PC: its word is partly used when it is at 2 mod 4. */
export function tick({ ready, dataPhase, addressPhase }: Fetch, address: number, waitStates: number): Fetch {
  const arrives = dataPhase === 1
  const nowReady = ready + (arrives ? 2 : 0)
  const busFree = dataPhase <= 1
  const nextData = busFree ? (addressPhase ? 1 + waitStates : 0) : dataPhase - 1
  const stillAddressed = addressPhase && !busFree
  const held = Math.ceil((nowReady + ((address & 2) === 0 ? 0 : 1)) / 2)
  const asked = held + (nextData > 0 ? 1 : 0) + (stillAddressed ? 1 : 0)
  return { ready: nowReady, dataPhase: nextData, addressPhase: stillAddressed || asked < WORDS }
}

export const take = (fetch: Fetch, halfwords: number): Fetch => ({ ...fetch, ready: fetch.ready - halfwords })
