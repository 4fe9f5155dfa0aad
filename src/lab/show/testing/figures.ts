/** Pieces of a lab that is made up. */
import type {
  Claim,
  Comparison,
  Quantity,
  TechniqueId,
  TechniqueReport,
  Unit,
} from '../../../../runs/lab-report/lab-report.ts'

export const exact = (value: number, unit: Unit): Quantity => ({ value, unit, interval: null })
export const within = (value: number, unit: Unit, low: number, high: number): Quantity => ({
  value,
  unit,
  interval: [low, high],
})
export const latency = (microseconds: number): Quantity =>
  within(microseconds, 'us', 0.82 * microseconds, 1.11 * microseconds)
export const accuracy = (percent: number): Quantity =>
  within(percent, '%', percent - 0.6 * (100 - percent) - 1.2, percent + 0.4 * (100 - percent))

export const versus = (
  name: string,
  metric: string,
  before: Quantity,
  after: Quantity,
  main = true,
): Comparison => ({
  case: name,
  metric,
  before,
  after,
  ratio:
    before.unit === '%'
      ? null
      : before.interval
        ? within(
            before.value / after.value,
            'x',
            (0.93 * before.value) / after.value,
            (1.08 * before.value) / after.value,
          )
        : exact(before.value / after.value, 'x'),
  difference:
    before.unit === '%'
      ? within(
          after.value - before.value,
          'points',
          after.value - before.value - 1.3,
          after.value - before.value + 1.1,
        )
      : null,
  main,
})

export const technique = (
  id: TechniqueId,
  row: number,
  title: string,
  changed: string,
  parts: Partial<TechniqueReport>,
): TechniqueReport => ({
  id,
  row,
  title,
  changed,
  command: `boardless lab --only ${id}`,
  comparisons: [],
  claims: [],
  tables: [],
  charts: [],
  notes: [],
  ...parts,
})

export const claim = (
  said: string,
  ours: string,
  verdict: Claim['verdict'],
  because = '',
  source = 'issue',
): Claim => ({
  claim: said,
  source,
  ours,
  verdict,
  because,
})

export const sizes = [
  [100_000, 97.1, 3_420, 168_400],
  [30_000, 96.7, 1_160, 97_900],
  [10_000, 96.3, 535.8, 53_836],
  [3_000, 94.2, 214.1, 46_900],
  [1_000, 88.3, 121.7, 44_812],
] as const
