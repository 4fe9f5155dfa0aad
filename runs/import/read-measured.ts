/** Reads a measured current, whatever program saved it. */
import { readAll, type ByteSource } from '../bytes/byte-source.ts'
import { sha256Of } from '../bytes/host.ts'
import { readCurrentCsv } from './current-csv.ts'
import type { MeasuredCurrent, MeasuredOptions } from './measured-current.ts'
import { isZip } from '../zip.ts'
import { readPpk2 } from './ppk2.ts'

/** @throws UserError naming the file and what is wrong with it */
export async function readMeasuredCurrent(
  source: ByteSource,
  options: MeasuredOptions = {},
): Promise<MeasuredCurrent> {
  if (!isZip(await source.read(0, 4))) return readCurrentCsv(source, options)
  const bytes = await readAll(source)
  return { sha256: sha256Of(bytes), ...readPpk2(source.name, bytes, options) }
}
