import { join } from 'node:path'
import { projectRoot } from './toolchain/paths.ts'

/** Where a training is written unless it is said: below the working directory. */
export const TRAINED_FOLDER = 'models/gesture'
export const modelFolder = (): string => join(projectRoot(), 'models', 'gesture')
export const heldOutRecording = (): string => join(projectRoot(), 'traces', 'basic-motions', 'heldout.csv')
export const trainingRecordings = (): string =>
  join(projectRoot(), 'traces', 'basic-motions', 'recordings.csv')
