import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { ExitCode, UserError } from '../errors.ts'
import type { RunReport } from './run-report.ts'
import { runReportSchema } from './schema.ts'

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

/** Half-written: an exit in the middle takes them away. */
const unfinished = new Set<string>()
process.on('exit', () => {
  for (const file of unfinished) rmSync(file, { force: true })
})

/** Writes the whole file or nothing. @throws UserError when it cannot be written. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.part`
  unfinished.add(temporary)
  try {
    await writeFile(temporary, content)
    await rename(temporary, file)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = {
      ENOENT: 'no such folder',
      EACCES: 'not allowed',
      EISDIR: 'is a folder',
      ENOSPC: 'disk full',
    }[code]
    throw new UserError(`${file}: cannot be written: ${why ?? String(cause)}.`, ExitCode.badInput, { cause })
  } finally {
    unfinished.delete(temporary)
  }
}
