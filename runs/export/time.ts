/** Cycles of 64 MHz as others count time. A cycle is 15.625 ns, so every unit down to picoseconds is exact. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'

const PICOSECONDS_PER_CYCLE = 15_625
const DIGITS = 12

/** Whole picoseconds, in digits. */
export const picoseconds = (cycles: Cycles): string => {
  const product = cycles * PICOSECONDS_PER_CYCLE
  return String(Number.isSafeInteger(product) ? product : BigInt(cycles) * BigInt(PICOSECONDS_PER_CYCLE))
}

/** Seconds with as many decimals as it needs, twelve at most: 1 is 0.000000015625. */
export const secondsText = (cycles: Cycles): string => {
  if (cycles < 0) return `-${secondsText(-cycles)}`
  const whole = Math.floor(cycles / CYCLES_PER_SECOND)
  const rest = (cycles % CYCLES_PER_SECOND) * PICOSECONDS_PER_CYCLE
  if (rest === 0) return String(whole)
  return `${whole}.${String(rest).padStart(DIGITS, '0').replace(/0+$/, '')}`
}

/**
 * Nanoseconds, rounded to a whole one: no two cycles have the same, so that `cyclesOfNanoseconds` gives back the cycle.
 * Exact up to 104 days.
 */
export const nanoseconds = (cycles: Cycles): number =>
  Math.floor(cycles / 8) * 125 + Math.round(((cycles % 8) * 125) / 8)

export const cyclesOfNanoseconds = (value: number): Cycles =>
  Math.floor(value / 125) * 8 + Math.round(((value % 125) * 8) / 125)

/** Whole picoampere as microampere, exactly: 1 is 0.000001. */
export const microampsText = (picoamps: number): string => {
  if (!Number.isInteger(picoamps)) return String(picoamps / 1e6)
  if (picoamps < 0) return `-${microampsText(-picoamps)}`
  const rest = picoamps % 1e6
  const whole = String(Math.floor(picoamps / 1e6))
  return rest === 0 ? whole : `${whole}.${String(rest).padStart(6, '0').replace(/0+$/, '')}`
}
