import type { CheckReport } from '../check-report.ts'

/** Bencher Metric Format: targets are benchmarks, budgets measures; the interval where a figure has one. */
export function bencherCheck({ targets }: CheckReport): string {
  const found = targets.map(({ name, rows }) => {
    const measured = rows.flatMap(({ budget, unit, value, low, high }) => {
      if (value === null) return []
      const interval =
        low === null || high === null || low === high ? {} : { lower_value: low, upper_value: high }
      return [[unit === '' ? budget : `${budget} (${unit})`, { value, ...interval }] as const]
    })
    return [name, Object.fromEntries(measured)] as const
  })
  return `${JSON.stringify(Object.fromEntries(found), undefined, 2)}\n`
}
