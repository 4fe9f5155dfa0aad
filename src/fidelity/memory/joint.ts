import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { geometries, residual, type CacheChoice } from './program.ts'
import { memoryPrograms } from './programs.ts'

/** How well a cache meets all programs at once. */
export interface Fit {
  readonly choice: CacheChoice
  /** Of the residuals, in parts of each program’s error. */
  readonly meanSquare: number
  /** The residual furthest from zero, and whose it is. */
  readonly worst: { readonly program: string; readonly residual: number }
}

/** 95 % of sums of squares of some thirty residuals are below 1.5 for each, and hardly one is three errors out. */
export const MOST_MEAN_SQUARE = 1.5
export const FURTHEST = 3

const FEWEST_MISS_CYCLES = 2
const MOST_MISS_CYCLES = 9

/** A buffer of three words cannot hide more, but where an instruction takes long. */
const choices = (): readonly CacheChoice[] =>
  geometries.flatMap(([cacheBytes, cacheWays, cacheLineBytes]) => {
    const found: CacheChoice[] = []
    for (let cacheMissCycles = FEWEST_MISS_CYCLES; cacheMissCycles <= MOST_MISS_CYCLES; cacheMissCycles++)
      for (let cacheMissAhead = 0; cacheMissAhead <= cacheMissCycles; cacheMissAhead++)
        found.push({ cacheBytes, cacheWays, cacheLineBytes, cacheMissCycles, cacheMissAhead })
    return found
  })

export function fitOf(choice: CacheChoice, flashReadWait: number = pipelineTiming.flashReadWait): Fit {
  const residuals = memoryPrograms.map((program) => ({
    program: program.name,
    residual: residual(program, choice, flashReadWait),
  }))
  const squares = residuals.reduce((sum, { residual }) => sum + residual ** 2, 0)
  const worst = residuals.reduce((a, b) => (Math.abs(b.residual) > Math.abs(a.residual) ? b : a))
  return { choice, meanSquare: squares / residuals.length, worst }
}

export const fits = ({ meanSquare, worst }: Fit): boolean =>
  meanSquare <= MOST_MEAN_SQUARE && Math.abs(worst.residual) <= FURTHEST

/** The whole grid, the best first. */
export const allFits = (flashReadWait?: number): readonly Fit[] =>
  choices()
    .map((choice) => fitOf(choice, flashReadWait))
    .sort((a, b) => a.meanSquare - b.meanSquare)

/** The best of each geometry, the best first. */
export const bestOfGeometries = (): readonly Fit[] =>
  geometries
    .flatMap(([bytes, ways, line]) =>
      allFits()
        .filter(
          ({ choice }) =>
            choice.cacheBytes === bytes && choice.cacheWays === ways && choice.cacheLineBytes === line,
        )
        .slice(0, 1),
    )
    .sort((a, b) => a.meanSquare - b.meanSquare)
