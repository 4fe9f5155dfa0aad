import type { RunReport } from '../../runs/report/run-report.ts'
import { simulateWhole as ofImage } from '../../runs/simulation/simulate.ts'
import type { SimulateOptions, Simulated } from '../../runs/simulation/simulate.ts'
import { loadImage } from './image.ts'

/** As `SimulateOptions`, of a file. */
export interface SimulateFileOptions extends Omit<SimulateOptions, 'image'> {
  readonly file: string
}

/** Runs a firmware file on a board, the Nano 33 BLE Sense when none is given, and reports. @throws UserError */
export const simulate = async (options: SimulateFileOptions): Promise<RunReport> =>
  (await simulateWhole(options)).report

/** The same for whoever needs more than the report has. @throws UserError */
export async function simulateWhole({ file, ...options }: SimulateFileOptions): Promise<Simulated> {
  return ofImage({ ...options, image: await loadImage(file) })
}
