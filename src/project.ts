import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './toolchain/paths.ts'

/** Version of this package. */
export function toolVersion(): string {
  const parsed = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string }
  return parsed.version
}

/** Where a training is written unless it is said: below the working directory. */
export const TRAINED_FOLDER = 'models/gesture'
export const modelFolder = (): string => join(projectRoot(), 'models', 'gesture')
export const heldOutRecording = (): string => join(projectRoot(), 'traces', 'basic-motions', 'heldout.csv')
export const trainingRecordings = (): string =>
  join(projectRoot(), 'traces', 'basic-motions', 'recordings.csv')
