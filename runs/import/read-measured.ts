/** Reads a measured current, whatever program saved it. */
import { createHash } from 'node:crypto'
import { readInput } from '../../src/read-input.ts'
import { readCurrentCsv } from './current-csv.ts'
import { GIVE } from './measured-current.ts'
import type { MeasuredCurrent, MeasuredOptions } from './measured-current.ts'
import { isZip, readPpk2 } from './ppk2.ts'

/** @throws UserError naming the file and what is wrong with it */
export async function readMeasuredCurrent(
  file: string,
  options: MeasuredOptions = {},
): Promise<MeasuredCurrent> {
  if (!(await isZip(file))) return readCurrentCsv(file, options)
  const bytes = await readInput(file, GIVE)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { sha256, ...readPpk2(file, bytes, options) }
}
