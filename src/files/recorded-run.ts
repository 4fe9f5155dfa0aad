import './host.ts'
import type { Firmware } from '../../runs/recording/recorded-run.ts'
import { openRun, type OpenOptions, type OpenRun } from '../../runs/recording/open-run.ts'
import { readInput } from '../read-input.ts'
import { loadDemangler } from './demangler.ts'
import { firmwareAsOne, type FirmwareFiles } from './image.ts'

/** A `.boardless` file. @throws UserError */
export async function loadRun(file: string, options: Omit<OpenOptions, 'prepare'> = {}): Promise<OpenRun> {
  const bytes = await readInput(file, 'a .boardless file, which run --record writes')
  // Places that the run was given are names as the source has them.
  return openRun(bytes, file, { ...options, prepare: loadDemangler })
}

/** As it goes into a `.boardless` file. */
export const firmwareToKeep: (firmware: string | FirmwareFiles) => Promise<Firmware> = firmwareAsOne
