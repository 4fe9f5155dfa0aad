import type { CycleStatistics } from '../../../emulator/probes/statistics.ts'
import type { CycleSpread } from '../run-report.ts'

export function spread(cycles: CycleStatistics, clockHz: number): CycleSpread {
  const microseconds = (count: number): number => count / (clockHz / 1e6)
  return {
    count: cycles.count,
    totalCycles: cycles.totalCycles,
    minimumCycles: cycles.minimumCycles,
    medianCycles: cycles.medianCycles,
    maximumCycles: cycles.maximumCycles,
    minimumMicroseconds: microseconds(cycles.minimumCycles),
    medianMicroseconds: microseconds(cycles.medianCycles),
    maximumMicroseconds: microseconds(cycles.maximumCycles),
    ...(cycles.medianErrorCycles !== undefined && { medianErrorCycles: cycles.medianErrorCycles }),
  }
}

export const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)
