import type { LabReport } from '../../../../runs/lab-report/lab-report.ts'
import { testingReport } from './report.ts'

/** What a file's name or a label might be. */
export const hostileName =
  '<img src=x onerror=alert(1)> "\'&amp; | `x` *b* [a](javascript:alert(1)) \u001b[31mred\u0007\u202e\n</svg></style> {a|b} зх漢字 zr0-c0'

/** The same lab, with such names wherever the user's files or data give one. */
export const hostileReport: LabReport = {
  ...testingReport,
  command: `boardless lab --model '${hostileName}'`,
  header: {
    ...testingReport.header,
    dataset: { ...testingReport.header.dataset, name: hostileName, labels: [hostileName, 'b'] },
  },
  techniques: testingReport.techniques.map((one) => ({
    ...one,
    title: `${one.title} ${hostileName}`,
    changed: hostileName,
    comparisons: one.comparisons.map((comparison) => ({
      ...comparison,
      case: hostileName + comparison.case,
    })),
    claims: one.claims.map((made) => ({ ...made, claim: hostileName, because: hostileName })),
    notes: [hostileName],
    tables: one.tables.map((table) => ({
      ...table,
      title: hostileName,
      rows: table.rows.map((row) => [hostileName, ...row.slice(1)]),
    })),
    charts: one.charts.map((chart) => ({
      ...chart,
      title: hostileName,
      x: { ...chart.x, title: hostileName },
      series: chart.series.map((series) => ({
        ...series,
        name: hostileName + series.name,
        points: series.points.map((point, index) => ({
          ...point,
          label: hostileName,
          ...(typeof point.x === 'string' && { x: `${index} ${hostileName}` }),
        })),
      })),
    })),
  })),
  configurations: testingReport.configurations.map((one) => ({ ...one, name: hostileName + one.name })),
  recommendation: testingReport.recommendation && {
    ...testingReport.recommendation,
    configuration: hostileName,
    reasons: [hostileName],
  },
}
