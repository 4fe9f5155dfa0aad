import { numbered, shortNames } from '../../format.ts'
import type { Chart, Configuration, LabReport } from '../../lab-report.ts'
import { colourScheme } from '../html-style.ts'
import { drawChart, type Size } from './chart.ts'
import type { PointsStyle } from './points.ts'

export interface FrontierChart {
  readonly chart: Chart
  readonly style: PointsStyle
}

/** Accuracy against what it costs: all configurations, those on the frontier with their label. */
export function frontierChart(
  report: LabReport,
  against: 'latency' | 'flash',
  labels: readonly string[] = numbered(report).map((_, index) => String(index + 1)),
): FrontierChart {
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
  const groups = [
    {
      name: 'recommended',
      of: named.filter(isChosen),
      style: { color: 'var(--series-2)', symbol: 'diamond' },
      whiskers: true,
    },
    {
      name: 'on the frontier',
      of: named.filter((one) => !isChosen(one)),
      style: { color: 'var(--series-1)', symbol: 'circle' },
      whiskers: true,
    },
    {
      name: 'not on it',
      of: configurations.filter((one) => !named.includes(one)),
      style: { color: 'var(--faint)', symbol: 'circle' },
      whiskers: false,
    },
  ] as const
  const drawn = groups.filter(({ of }) => of.length > 0)
  return {
    chart: {
      title: against === 'latency' ? 'Accuracy against latency' : 'Accuracy against flash',
      kind: 'points',
      x:
        against === 'latency'
          ? { title: 'latency of one window', unit: 'us', scale: 'log' }
          : { title: 'flash', unit: 'B', scale: 'log' },
      y: { title: 'accuracy', unit: '%', scale: 'linear' },
      series: drawn.map(({ name, of }) => ({ name, points: of.map(point) })),
    },
    style: { styles: drawn.map(({ style }) => style), whiskers: drawn.map(({ whiskers }) => whiskers) },
  }
}

const PICTURE: Size = { width: 760, height: 400 }

/** The frontier as a picture that stands alone, in light and dark; what is recommended has its name. Null where nothing was measured. */
export async function renderFrontierSvg(report: LabReport): Promise<string | null> {
  const on = numbered(report)
  if (on.length === 0) return null
  const { names } = shortNames(on.map(({ name }) => name))
  const chosen = on.findIndex(({ name }) => name === report.recommendation?.configuration)
  const labels = names.map((name, index) => `${index + 1}${index === chosen ? ` ${name}` : ''}`)
  const { chart, style } = frontierChart(report, 'latency', labels)
  const drawn = await drawChart(chart, PICTURE, 'frontier', { ...style, legend: true })
  const ground = '<rect width="100%" height="100%" rx="6" fill="var(--panel)"/>'
  return `${drawn.replace('<title', () => `<style>\n${colourScheme(':root')}</style>\n${ground}\n<title`)}\n`
}
