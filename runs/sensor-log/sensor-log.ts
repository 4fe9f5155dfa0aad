/** Recordings of sensors as people have them, of any size: what each holds, in our units. docs/recordings.md lists them. */
import type { ByteSource } from '../bytes/byte-source.ts'
import { UserError } from '../errors.ts'
import { readJson } from './json.ts'
import type { LogOptions, SensorLog } from './log.ts'
import { ColumnTrouble } from './planned.ts'
import { isResd, readResd } from './resd.ts'
import { TextSource } from './source.ts'
import { readTable } from './table.ts'

/** What is said where a file is no recording. */
export const GIVE = 'give a recording: CSV, JSON of Edge Impulse, or others of docs/recordings.md'

/** @throws UserError naming the file, and where there is one the line: what was found, what is missing, what would do */
export async function readSensorLog(bytes: ByteSource, options: LogOptions): Promise<SensorLog> {
  const { name: file } = bytes
  if (await isResd(bytes)) return readResd(bytes, options)
  const source = new TextSource(bytes, {
    give: GIVE,
    onProgress: (read, of) => options.onProgress?.(read / of, `${megabytes(read)} of ${megabytes(of)} MB`),
  })
  try {
    const first = await firstLetter(bytes)
    const parts =
      first === '{' || first === '[' ? await readJson(source, options) : await readTable(source, options)
    return { ...parts, sha256: source.sha256 }
  } catch (cause) {
    if (!(cause instanceof ColumnTrouble)) throw cause
    throw new UserError(`${file}: ${cause.message}; ${cause.advice}`, undefined, { cause })
  }
}

async function firstLetter(bytes: ByteSource): Promise<string> {
  for await (const piece of new TextSource(bytes, { give: GIVE }).pieces()) {
    const letter = piece
      .replace(/^\uFEFF/, '')
      .trimStart()
      .charAt(0)
    if (letter !== '') return letter
  }
  throw new UserError(`${bytes.name}: is empty: ${GIVE}`)
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
