import { readFile } from 'node:fs/promises'
import type { PartCurrents } from '../../emulator/power/coefficients.ts'
import { UserError } from '../../runs/errors.ts'
import { parseCurrents } from '../../runs/power-choices.ts'

/** Coefficients of a user's. @throws UserError for a file that cannot be read, or the first coefficient that cannot be */
export async function loadCurrents(file: string): Promise<Readonly<Record<string, PartCurrents>>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError(`${file}: cannot be read for --currents. Give a JSON file.`, undefined, { cause })
  })
  return parseCurrents(text, file)
}
