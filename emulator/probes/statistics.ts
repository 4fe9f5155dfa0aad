/** Of a list of cycle counts. The median of an even number of values is the lower of the middle two: an observed value. */
export interface CycleStatistics {
  readonly count: number
  readonly totalCycles: number
  readonly minimumCycles: number
  readonly medianCycles: number
  readonly maximumCycles: number
}

export function statistics(samples: readonly number[]): CycleStatistics {
  const sorted = Float64Array.from(samples).sort()
  return {
    count: sorted.length,
    totalCycles: sorted.reduce((total, value) => total + value, 0),
    minimumCycles: sorted[0] ?? 0,
    medianCycles: sorted[(sorted.length - 1) >> 1] ?? 0,
    maximumCycles: sorted[sorted.length - 1] ?? 0,
  }
}
