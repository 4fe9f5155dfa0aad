import { UserError } from '../errors.ts'
import { shortly, wrongIn } from '../report/schema/validate.ts'
import type { LabReport } from './lab-report.ts'
import { labSchema } from './lab-schema.ts'

const VERSION: LabReport['schemaVersion'] = 1
const AGAIN = 'Make it again: boardless lab.'

/** More than any lab has: a chart or a table of more is refused before it is drawn. */
const MOST_ENTRIES = 20_000

/** What JSON text became, as the lab's report, all of it. @param file for messages @throws UserError in one line */
export function asLab(value: unknown, file: string): LabReport {
  const version = (value as { readonly schemaVersion?: unknown }).schemaVersion
  if (version !== VERSION)
    throw new UserError(
      `${file}: its lab report is of version ${shortly(version)}, and this tool reads version ${VERSION}. ${AGAIN}`,
    )
  const wrong = wrongIn(value, labSchema)
  if (wrong) throw new UserError(`${file}: its lab report is not whole: ${wrong.at} ${wrong.why}. ${AGAIN}`)
  const report = value as LabReport
  const most = Math.max(
    report.configurations.length,
    report.techniques.length,
    ...report.techniques
      .slice(0, MOST_ENTRIES)
      .flatMap(({ comparisons, tables, charts }) => [
        comparisons.length,
        tables.reduce((sum, { rows }) => sum + rows.length, 0),
        charts.reduce((sum, { series }) => series.reduce((all, { points }) => all + points.length, sum), 0),
      ]),
  )
  if (most > MOST_ENTRIES)
    throw new UserError(`${file}: has ${most} entries in one part, and no lab has more than ${MOST_ENTRIES}.`)
  return report
}
