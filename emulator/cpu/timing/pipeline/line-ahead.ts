import type { TimingParameters } from '../timing.ts'

/**
 * How far the prefetch unit is ahead when execution goes on from one line of the instruction cache into the next. It
 * asks for a word a cycle while its buffer of three has room (Arm KB 103488664), so the next line's first word is asked
 * for once the line's own words are there and the PC is within two words of it. Cycles from then until that word is
 * needed hide as many of a miss.
 * Approximated: 1. The line's own words are fetched from when it is entered, as after a miss; 2. waits of data reads,
 * which give the unit time, are not known before code executes; 3. what the unit asked for beyond a taken branch is
 * neither in the cache nor in the way of the target.
 */
export interface LineAhead {
  readonly line: number
  /** Cycles since it was entered. */
  readonly cycles: number
  /** Words of it that were not there yet when it was entered. */
  readonly words: number
  /** Cycles from its entry until the next line's first word had room in the buffer. */
  readonly room: number | undefined
}

const WORDS_AHEAD = 2

const wordsLeft = (address: number, lineBytes: number): number =>
  (lineBytes >>> 2) - ((address % lineBytes) >>> 2)

/** Execution comes to an address in another line, or by a branch. */
export function entered(address: number, { cacheLineBytes: bytes }: TimingParameters): LineAhead {
  const words = wordsLeft(address, bytes)
  const room = words <= WORDS_AHEAD ? 0 : undefined
  return { line: Math.floor(address / bytes), cycles: 0, words: words - 1, room }
}

/** Of a miss, the cycles that are hidden when execution goes on into the line at `address`; undefined within a line. */
export function hidden(before: LineAhead, address: number, p: TimingParameters): number | undefined {
  if (Math.floor(address / p.cacheLineBytes) === before.line) return undefined
  const asked = Math.max(before.words, before.room ?? before.cycles)
  const ahead = Math.max(before.cycles - asked - 1, 0)
  return Math.min(ahead, p.cacheMissAhead, p.cacheMissCycles)
}

/** An instruction takes its cycles. */
export function passed(before: LineAhead, address: number, cycles: number, p: TimingParameters): LineAhead {
  const isNew = Math.floor(address / p.cacheLineBytes) !== before.line
  const now = isNew ? entered(address, p) : before
  const isNear = now.room === undefined && wordsLeft(address, p.cacheLineBytes) <= WORDS_AHEAD
  return { ...now, room: isNear ? now.cycles : now.room, cycles: now.cycles + cycles }
}

export const sameAhead = (a: LineAhead, b: LineAhead): boolean =>
  a.line === b.line && a.cycles === b.cycles && a.words === b.words && a.room === b.room
