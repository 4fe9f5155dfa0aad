import { numbered } from '../format.ts'
import type { Chart, Configuration, LabReport } from '../lab-report.ts'

export type Group = 'recommended' | 'on the frontier' | 'not on it'

/** Accuracy against what it costs: all configurations in up to three series, those on the frontier with their label. */
export function frontierChart(
  report: LabReport,
  against: 'latency' | 'flash',
  labels: readonly string[] = numbered(report).map((_, index) => String(index + 1)),
): { readonly chart: Chart; readonly groups: readonly Group[] } {
  const { configurations, recommendation } = report
  const named = numbered(report)
  const point = (one: Configuration): Chart['series'][number]['points'][number] => {
    const label = labels[named.indexOf(one)]
    return {
      x: one[against].value,
      y: one.accuracy.value,
      ...(one.accuracy.interval && { interval: one.accuracy.interval }),
      ...(label !== undefined && { label }),
    }
  }
  const isChosen = (one: Configuration): boolean => one.name === recommendation?.configuration
  const all: readonly (readonly [Group, readonly Configuration[]])[] = [
    ['recommended', named.filter(isChosen)],
    ['on the frontier', named.filter((one) => !isChosen(one))],
    ['not on it', configurations.filter((one) => !named.includes(one))],
  ]
  const drawn = all.filter(([, of]) => of.length > 0)
  return {
    chart: {
      title: against === 'latency' ? 'Accuracy against latency' : 'Accuracy against flash',
      kind: 'points',
      x:
        against === 'latency'
          ? { title: 'latency of one window', unit: 'us', scale: 'log' }
          : { title: 'flash', unit: 'B', scale: 'log' },
      y: { title: 'accuracy', unit: '%', scale: 'linear' },
      series: drawn.map(([name, of]) => ({ name, points: of.map(point) })),
    },
    groups: drawn.map(([group]) => group),
  }
}
