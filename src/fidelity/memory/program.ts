import type { TimingParameters } from '../../../emulator/cpu/timing/timing.ts'

/** Of the timing model, what the instruction cache is. */
export type CacheChoice = Pick<
  TimingParameters,
  'cacheBytes' | 'cacheWays' | 'cacheLineBytes' | 'cacheMissCycles' | 'cacheMissAhead'
>

/** A program measured on an nRF52840 with its cache on, and what was counted when it ran on the emulator. */
export interface MemoryProgram {
  readonly name: string
  /** used: a parameter of an earlier version was chosen with its figure, or one like it. */
  readonly use: 'blind' | 'used'
  /** Compiler levels that are averaged. */
  readonly levels: number
  /** Cycles of one call, an average over them. */
  readonly published: number
  /** Ours where neither flash nor cache waits. */
  readonly withoutWaits: number
  /** What is not the memory’s: the pipeline (1.5 %), and half of what the levels differ by: where the code lies. */
  readonly errorPercent: number
  /** Data reads from flash that wait, by the buffer: 1, 2 and 4 lines, each of 8, 16 and 32 bytes. */
  readonly flashReads: readonly number[]
  /** For each of `geometries`, its misses by the cycles that the prefetch unit is ahead: see `LineAhead`. */
  readonly lines: readonly (readonly number[])[]
}

type Geometry = readonly [cacheBytes: number, cacheWays: number, cacheLineBytes: number]

export const geometries: readonly Geometry[] = [
  [2048, 1, 16],
  [2048, 1, 32],
  [2048, 2, 16],
  [2048, 2, 32],
  [2048, 4, 16],
  [1024, 1, 16],
  [1024, 2, 16],
  [1024, 1, 32],
  [4096, 1, 16],
  [4096, 1, 32],
]

/** Of `flashReads`, one line of 16 bytes. */
const ONE_LINE = 1

export function predicted(program: MemoryProgram, choice: CacheChoice, flashReadWait: number): number {
  const { cacheBytes, cacheWays, cacheLineBytes, cacheMissCycles: miss, cacheMissAhead } = choice
  const index = geometries.findIndex(
    ([bytes, ways, line]) => bytes === cacheBytes && ways === cacheWays && line === cacheLineBytes,
  )
  const misses = program.lines[index]
  if (!misses)
    throw new RangeError(`no evidence for a cache of ${cacheBytes}, ${cacheWays}, ${cacheLineBytes}`)
  const waits = misses.reduce(
    (sum, count, ahead) => sum + count * (miss - Math.min(ahead, cacheMissAhead, miss)),
    0,
  )
  return program.withoutWaits + waits + (program.flashReads[ONE_LINE] ?? 0) * flashReadWait
}

/** Predicted less published, in parts of the error. */
export const residual = (program: MemoryProgram, choice: CacheChoice, flashReadWait: number): number =>
  (predicted(program, choice, flashReadWait) / program.published - 1) / (program.errorPercent / 100)
