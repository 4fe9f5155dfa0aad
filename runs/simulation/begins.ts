import type { BoardDescription } from '../../emulator/boards/board.ts'
import type { BootloaderDescription } from '../../emulator/boards/bootloader.ts'
import { missingHalf } from '../image/files/halves.ts'
import type { ImageChoices } from '../image/files/given-file.ts'
import type { FirmwareImage } from '../image/image.ts'
import { regionOf } from '../image/memory-map.ts'
import type { BeganReport } from '../report/run-report.ts'

/** `none`: whatever the board is delivered with, it has never run. */
export type BootChoice = 'none'

/** What of a board decides where a raw binary goes. */
export const choicesFor = ({ name, bootloader }: BoardDescription): ImageChoices =>
  bootloader === undefined ? {} : { behindBootloader: { address: bootloader.applicationAt, board: name } }

/** The bootloader that a firmware is started by, where the board has one, which is not in the file itself. */
export function bootloaderBefore(
  { bootloader }: BoardDescription,
  { vectorTable, segments }: FirmwareImage,
  boot: BootChoice | undefined,
): BootloaderDescription | undefined {
  if (boot === 'none' || bootloader?.applicationAt !== vectorTable) return undefined
  const isBelow = segments.some(({ address }) => regionOf(address) === 'flash' && address < vectorTable)
  return isBelow ? undefined : bootloader
}

export const beganOf = (
  { vectorTable }: FirmwareImage,
  leftBy: BootloaderDescription | undefined,
): BeganReport => ({
  how: leftBy ? 'left-by-bootloader' : vectorTable === 0 ? 'reset' : 'bare',
  vectorTable,
  bootloader: leftBy?.name ?? null,
  leaves: leftBy?.leaves ?? [],
})

/** What must be known of a firmware before it runs: that half of it is not there. */
export const warningsOf = (
  image: FirmwareImage,
  leftBy: BootloaderDescription | undefined,
  boot: BootChoice | undefined,
): readonly string[] => {
  // Whoever asks for a bare chip knows that no bootloader is there.
  const missing = missingHalf(image, leftBy !== undefined || boot === 'none')
  return missing === undefined ? [] : [missing]
}
