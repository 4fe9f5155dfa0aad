import { UserError } from '../../runs/errors.ts'
import { readImage } from '../../runs/image/image.ts'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { loadDemangler } from './demangler.ts'
import { wholeFile } from './file-source.ts'

/**
 * Reads firmware for the nRF52840: ELF or Intel HEX, told apart by contents.
 * @throws UserError naming the file and what is wrong with it.
 */
export async function loadImage(file: string): Promise<FirmwareImage> {
  await loadDemangler()
  try {
    return await readImage(await wholeFile(file))
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const why = { ENOENT: 'no such file', EISDIR: 'is a directory', EACCES: 'may not be read' }[
      String(error.code)
    ]
    throw new UserError(`${file}: ${why ?? error.message}. Give an ELF or Intel HEX file.`, undefined, {
      cause: error,
    })
  }
}
