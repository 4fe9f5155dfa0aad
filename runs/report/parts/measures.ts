import type { CycleStatistics } from '../../../emulator/probes/statistics.ts'
import type { ObservedPassages } from '../observation.ts'
import type { MeasureReport, SpreadReport } from '../run-report.ts'
import { spread } from './spread.ts'

/** What `--measure` asked for. */
export const describeMeasures = (
  measures: readonly ObservedPassages[],
  clockHz: number,
): readonly MeasureReport[] =>
  measures.map(({ name, cycles, instructions, charge, reasons }) => ({
    name,
    ...spread(cycles, clockHz),
    instructions: spreadOf(instructions, 1),
    chargeNanocoulombs: spreadOf(charge, 1e-3),
    reasons: Object.fromEntries(Object.entries(reasons).filter(([, spent]) => spent !== 0)),
  }))

const spreadOf = (statistics: CycleStatistics, unit: number): SpreadReport => {
  const inUnit = (value: number): number => (unit === 1 ? value : Number((value * unit).toFixed(3)))
  return {
    total: inUnit(statistics.totalCycles),
    minimum: inUnit(statistics.minimumCycles),
    median: inUnit(statistics.medianCycles),
    maximum: inUnit(statistics.maximumCycles),
  }
}
