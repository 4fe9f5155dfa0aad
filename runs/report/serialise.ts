import type { RunReport } from './run-report.ts'
import { runReportSchema } from './schema/schema.ts'

/** The same report as the same bytes: keys in the schema's order, free maps in alphabetical order. */
export function serialise(report: RunReport | readonly RunReport[]): string {
  const ordered = Array.isArray(report)
    ? report.map((one) => order(one, runReportSchema))
    : order(report, runReportSchema)
  return `${JSON.stringify(ordered, undefined, 2)}\n`
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
}

function order(value: unknown, schema: Shape): unknown {
  const shape = schema.anyOf?.[0] ?? schema
  if (Array.isArray(value)) return value.map((item) => order(item, shape.items ?? {}))
  if (typeof value !== 'object' || value === null) return value
  const record = value as Readonly<Record<string, unknown>>
  const keys = shape.properties ? Object.keys(shape.properties) : Object.keys(record).sort()
  return Object.fromEntries(
    keys
      .filter((key) => key in record)
      .map((key) => [key, order(record[key], shape.properties?.[key] ?? {})]),
  )
}
