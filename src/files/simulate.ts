import type { RunReport } from '../../runs/report/run-report.ts'
import { machineOf, simulateWhole as ofImage } from '../../runs/simulation/simulate.ts'
import type { SimulateOptions, Simulated } from '../../runs/simulation/simulate.ts'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { loadImage, type FirmwareFiles } from './image.ts'

/** As `SimulateOptions`, of files. */
export interface SimulateFileOptions extends Omit<SimulateOptions, 'image'>, FirmwareFiles {
  /** Told of the image before it runs. */
  readonly onImage?: (image: FirmwareImage) => void
}

/** Runs a firmware file on a board, the Nano 33 BLE Sense when none is given, and reports. @throws UserError */
export const simulate = async (options: SimulateFileOptions): Promise<RunReport> =>
  (await simulateWhole(options)).report

/** The same for whoever needs more than the report has. @throws UserError */
export async function simulateWhole({
  file,
  also,
  bootFile,
  at,
  onImage,
  ...options
}: SimulateFileOptions): Promise<Simulated> {
  const image = await loadImage({ file, also, bootFile, at }, machineOf(options).board)
  onImage?.(image)
  return ofImage({ ...options, image })
}
