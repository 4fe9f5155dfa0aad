/** What gravity tells of the unit of an acceleration. */
import { METRES_PER_SECOND_SQUARED_PER_G } from './units.ts'

/** One g in each unit. */
const GRAVITY: readonly (readonly [string, number])[] = [
  ['g', 1],
  ['ms2', METRES_PER_SECOND_SQUARED_PER_G],
  ['mg', 1000],
]
/** Of the middle half of all magnitudes: what is calm enough to show gravity. */
const TOLERANCE = 0.08
const FEWEST_ROWS = 8

const magnitudes = (rows: readonly (readonly number[])[]): readonly number[] =>
  rows
    .map((row) => Math.hypot(...row))
    .filter(Number.isFinite)
    .sort((a, b) => a - b)

const quantile = (sorted: readonly number[], of: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(of * sorted.length))] ?? NaN

export const medianMagnitude = (rows: readonly (readonly number[])[]): number =>
  quantile(magnitudes(rows), 0.5)

/** @param rows three axes each @returns a unit of units.ts, where the middle half of all magnitudes is one g in it */
export function unitByGravity(rows: readonly (readonly number[])[]): string | undefined {
  const sorted = magnitudes(rows)
  if (sorted.length < FEWEST_ROWS) return undefined
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  return GRAVITY.find(([, g]) => low > g * (1 - TOLERANCE) && high < g * (1 + TOLERANCE))?.[0]
}
