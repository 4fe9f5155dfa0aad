import { basename } from 'node:path'
import type { BoardDescription } from '../../emulator/boards/board.ts'
import { UserError } from '../../runs/errors.ts'
import { bundled, MOST_FILES } from '../../runs/image/files/bundle.ts'
import type { GivenFirmware } from '../../runs/image/files/given-file.ts'
import { FORMATS, parseImages, readFirmware, withAddress } from '../../runs/image/image.ts'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { choicesFor } from '../../runs/simulation/begins.ts'
import { loadDemangler } from './demangler.ts'
import { wholeFile } from './file-source.ts'

/** Firmware as a command line names it. */
export interface FirmwareFiles {
  readonly file: string
  /** Others that go into the same chip. */
  readonly also?: readonly string[] | undefined
  /** What runs before it. */
  readonly bootFile?: string | undefined
  /** Of the one that is a raw binary: the address of its first byte. */
  readonly at?: number | undefined
}

/**
 * Reads firmware for the nRF52840: what `FORMATS` says, told apart by contents.
 * @param board where raw binaries go, unless they say otherwise
 * @throws UserError naming the file and what is wrong with it.
 */
export async function loadImage(
  firmware: string | FirmwareFiles,
  board?: BoardDescription,
): Promise<FirmwareImage> {
  await loadDemangler()
  const files = await readAll(firmware)
  return parseImages(files, board && choicesFor(board))
}

/** Its files as one: what a recorded run keeps, and a page is given. @throws UserError */
export async function firmwareAsOne(firmware: string | FirmwareFiles): Promise<GivenFirmware> {
  const files = await readAll(firmware)
  return bundled(files.map((one) => ({ ...one, file: basename(one.file) })))
}

async function readAll(firmware: string | FirmwareFiles): Promise<readonly GivenFirmware[]> {
  const { file, also = [], bootFile, at } = typeof firmware === 'string' ? { file: firmware } : firmware
  const names = [...(bootFile === undefined ? [] : [bootFile]), file, ...also]
  if (names.length > MOST_FILES)
    throw new UserError(`${names.length} files of firmware are too many: ${MOST_FILES} at most.`)
  const files = await Promise.all(names.map(readOne))
  return withAddress(files, at)
}

async function readOne(file: string): Promise<GivenFirmware> {
  try {
    return { file, bytes: await readFirmware(await wholeFile(file)) }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const why = { ENOENT: 'no such file', EISDIR: 'is a directory', EACCES: 'may not be read' }[
      String(error.code)
    ]
    throw new UserError(`${file}: ${why ?? error.message}. Give ${FORMATS}.`, undefined, {
      cause: error,
    })
  }
}
