/** Results put into a report: pure, so that shards merged give what one machine gives. */
import { describeMeasurement, measurementKey } from '../keys.ts'
import type { Criteria, LabReport, TechniqueReport } from '../../../runs/lab-report/lab-report.ts'
import type { Lookup, Measurement, ResultOf } from '../measurement.ts'
import { CannotMeasure, type Made } from '../outcome.ts'
import type { LabContext, Technique } from '../technique.ts'
import { recommend, withFrontier } from './recommend.ts'

export interface ReportInputs {
  readonly version: string
  /** As typed, beyond the context's: --only and the criteria. */
  readonly command: string
  readonly techniques: readonly Technique[]
  readonly context: LabContext
  readonly results: ReadonlyMap<string, Made>
  readonly criteria: Criteria
}

export function labReport({
  version,
  command,
  techniques,
  context,
  results,
  criteria,
}: ReportInputs): LabReport {
  const lookup = lookupIn(results)
  const configurations = withFrontier(
    techniques
      .filter((one) => one.applies(context) === null)
      .flatMap((technique) => {
        try {
          return technique.configurations(context, lookup)
        } catch (error) {
          if (error instanceof CannotMeasure) return []
          throw error
        }
      }),
  )
  const start = techniques.some(({ id }) => id === 'baseline') ? configurations[0]?.name : undefined
  return {
    schemaVersion: 1,
    kind: 'lab',
    tool: { name: 'boardless', version },
    command,
    header: context.header,
    techniques: techniques.map((technique) => reportOf(technique, context, lookup)),
    configurations,
    recommendation: recommend(configurations, criteria, (device) => lookup(device).arenaBytes, start),
  }
}

function lookupIn(results: ReadonlyMap<string, Made>): Lookup {
  return <M extends Measurement>(measurement: M): ResultOf<M> => {
    const made = results.get(measurementKey(measurement))
    if (made === undefined) throw new Error(`was not planned: ${describeMeasurement(measurement)}`)
    if ('cannot' in made) throw new CannotMeasure(`${describeMeasurement(measurement)}: ${made.cannot}`)
    return made.result as ResultOf<M>
  }
}

/** A row that does not apply, or whose measurements are impossible, says so and has no figures. */
function reportOf(technique: Technique, context: LabContext, lookup: Lookup): TechniqueReport {
  const { id, row, title } = technique
  const empty = (note: string): TechniqueReport => ({
    id,
    row,
    title,
    changed: '',
    command: `${context.command} --only ${id}`,
    comparisons: [],
    claims: [],
    tables: [],
    charts: [],
    notes: [note],
  })
  const why = technique.applies(context)
  if (why !== null) return empty(`Does not apply: ${why}`)
  try {
    return technique.assemble(context, lookup)
  } catch (error) {
    if (error instanceof CannotMeasure) return empty(`Could not be measured: ${error.message}`)
    throw error
  }
}
