/**
 * Edge Impulse's data acquisition format in JSON: payload.sensors [{ name, units }], payload.interval_ms, payload.values
 * a row for each sample (docs.edgeimpulse.com, "Data acquisition format").
 */
import { UserError } from '../errors.ts'
import { found } from './found.ts'
import { ignoredOf, planColumns } from './plan.ts'
import { ColumnTrouble } from './planned.ts'
import type { LogOptions, SensorLog } from './log.ts'
import type { TextSource } from './source.ts'
import { noticed } from './values.ts'

/** All of it is in memory while it is read. */
const LARGEST = 64 * 1024 * 1024

interface Payload {
  readonly interval_ms: number
  readonly sensors: readonly { readonly name: string; readonly units: string }[]
  readonly values: readonly unknown[]
}

/** @throws UserError, ColumnTrouble */
export async function readJson(source: TextSource, options: LogOptions): Promise<Omit<SensorLog, 'sha256'>> {
  const { file } = source
  const { interval_ms: interval, sensors, values } = payloadOf(await parsed(source), file)
  const titles = sensors.map(({ name, units }) => (units === '' ? name : `${name} (${units})`))
  const rows = values.map((row, at) => rowOf(row, at, titles.length, file))
  const firstRow = (rows[0] ?? []).map(String)
  if (rows.length === 0) throw new UserError(`${file}: payload.values is empty: no samples`)
  const stepSeconds = options.rateHz === undefined ? interval / 1000 : 1 / options.rateHz
  try {
    const plan = planColumns(titles, rows.slice(0, 400), options)
    const channels = plan.channels.map(({ at, name, unit, title, factor }) => ({
      name,
      unit,
      title,
      values: Float64Array.from(rows, (row) => (row[at] ?? NaN) * factor),
    }))
    return {
      format: 'Edge Impulse JSON',
      channels,
      times: Float64Array.from(rows, (_, at) => at * stepSeconds),
      sampleRateHz: rows.length < 2 ? null : Number((1 / stepSeconds).toPrecision(6)),
      labels: undefined,
      ignored: ignoredOf(titles, plan, undefined),
      notes: [...plan.notes.map((message) => ({ message, count: 1, line: 0 })), ...noticed(channels)],
    }
  } catch (cause) {
    if (!(cause instanceof ColumnTrouble)) throw cause
    throw new ColumnTrouble(`${cause.message}: ${found(titles, firstRow)}`, cause.advice)
  }
}

async function parsed(source: TextSource): Promise<unknown> {
  const pieces: string[] = []
  let length = 0
  for await (const piece of source.pieces()) {
    pieces.push(piece)
    length += piece.length
    if (length > LARGEST)
      throw new UserError(
        `${source.file}: JSON of more than 64 MB; export it as CSV, which is read bit by bit`,
      )
  }
  try {
    return JSON.parse(pieces.join('').replace(/^\uFEFF/, ''))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UserError(`${source.file}: not JSON: ${why}`, undefined, { cause })
  }
}

const WANTED = 'payload.sensors, payload.interval_ms and payload.values, as Edge Impulse exports them'

function payloadOf(json: unknown, file: string): Payload {
  const root = record(json)
  const payload = record(root?.['payload'])
  if (payload === undefined) {
    const keys = Array.isArray(json)
      ? 'a list'
      : `the keys ${
          Object.keys(root ?? {})
            .slice(0, 8)
            .join(', ') || 'none'
        }`
    throw new UserError(`${file}: JSON without payload: found ${keys}; wanted ${WANTED}; or export it as CSV`)
  }
  const { interval_ms: interval, sensors, values } = payload
  if (typeof interval !== 'number' || !(interval > 0) || !Number.isFinite(interval))
    throw new UserError(
      `${file}: payload.interval_ms is ${JSON.stringify(interval)}; wanted milliseconds between samples, above 0`,
    )
  if (!Array.isArray(sensors) || !Array.isArray(values))
    throw new UserError(`${file}: payload has no lists sensors and values; wanted ${WANTED}`)
  return {
    interval_ms: interval,
    values,
    sensors: sensors.map((one: unknown, at) => {
      const { name, units } = record(one) ?? {}
      if (typeof name !== 'string' || name === '')
        throw new UserError(`${file}: payload.sensors[${at}] has no name; wanted { name, units }`)
      return { name, units: typeof units === 'string' ? units : '' }
    }),
  }
}

/** One sensor alone may have numbers for rows. */
function rowOf(row: unknown, at: number, width: number, file: string): readonly number[] {
  const cells: readonly unknown[] = Array.isArray(row) ? row : [row]
  if (cells.length !== width)
    throw new UserError(
      `${file}: payload.values[${at}] has ${cells.length} values where there are ${width} sensors`,
    )
  const wrong = cells.find((cell) => typeof cell !== 'number' || !Number.isFinite(cell))
  if (wrong !== undefined)
    throw new UserError(`${file}: payload.values[${at}]: ${JSON.stringify(wrong)} is not a number`)
  return cells as readonly number[]
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
