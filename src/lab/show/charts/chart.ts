/** The lab's plots as SVG. All geometry comes from the report, none from the machine. */
import { categoriesFit, describe, plotted } from '../../../../runs/lab-report/charts/chart-data.ts'
import type { Chart } from '../../../../runs/lab-report/lab-report.ts'
import { drawBars, type Drawing } from './bars.ts'
import { drawPoints, type PointsStyle } from './points.ts'
import { drawSvg } from './svg.ts'

export interface Size {
  readonly width: number
  /** Of points; bars take what they need. */
  readonly height: number
}

export const WIDE: Size = { width: 860, height: 420 }
export const NARROW: Size = { width: 340, height: 320 }
const NARROW_BELOW = 500

/** The id has to be unique in the page. Promise of an <svg> element. */
export function drawChart(chart: Chart, size: Size, id: string, style: PointsStyle = {}): Promise<string> {
  const { option, height } = drawing(plotted(chart), size, style)
  return drawSvg(option, { ...size, height, id, title: chart.title, description: describe(chart) })
}

function drawing(chart: Chart, { width, height }: Size, style: PointsStyle): Drawing {
  const narrow = width < NARROW_BELOW
  const upright = chart.kind === 'points' && (chart.x.scale !== 'category' || categoriesFit(chart, width))
  return upright ? drawPoints(chart, width, height, style) : drawBars(chart, width, narrow)
}
