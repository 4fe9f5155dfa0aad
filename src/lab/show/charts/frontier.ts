import { frontierChart, type Group } from '../../../../runs/lab-report/charts/frontier.ts'
import { numbered, shortNames } from '../../../../runs/lab-report/format.ts'
import type { Chart, LabReport } from '../../../../runs/lab-report/lab-report.ts'
import { colourScheme } from '../html-style.ts'
import { drawChart, type Size } from './chart.ts'
import type { PointsStyle } from './points.ts'
import type { SeriesStyle } from './theme.ts'

const styles: Readonly<Record<Group, SeriesStyle>> = {
  recommended: { color: 'var(--series-2)', symbol: 'diamond' },
  'on the frontier': { color: 'var(--series-1)', symbol: 'circle' },
  'not on it': { color: 'var(--faint)', symbol: 'circle' },
}

export function frontierPlot(
  report: LabReport,
  against: 'latency' | 'flash',
  labels?: readonly string[],
): { readonly chart: Chart; readonly style: PointsStyle } {
  const { chart, groups } = frontierChart(report, against, labels)
  return {
    chart,
    style: {
      styles: groups.map((group) => styles[group]),
      whiskers: groups.map((group) => group !== 'not on it'),
    },
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
  const { chart, style } = frontierPlot(report, 'latency', labels)
  const drawn = await drawChart(chart, PICTURE, 'frontier', { ...style, legend: true })
  const ground = '<rect width="100%" height="100%" rx="6" fill="var(--panel)"/>'
  return `${drawn.replace('<title', () => `<style>\n${colourScheme(':root')}</style>\n${ground}\n<title`)}\n`
}
