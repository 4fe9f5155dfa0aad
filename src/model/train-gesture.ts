import { readFile } from 'node:fs/promises'
import { UserError } from '../../runs/errors.ts'
import { writeFolder } from '../write-whole.ts'
import { parseRecordings } from './data/dataset.ts'
import { trainGestureModel, type GestureModel, type GestureOptions, type OnProgress } from './gesture.ts'

/** Trains on a table of recordings and writes the model's files into `folder`, all or none. */
export async function trainGestureModelFiles(
  recordingsFile: string,
  folder: string,
  options: Omit<GestureOptions, 'recordings' | 'trainedOn'> = {},
  onProgress?: OnProgress,
): Promise<GestureModel> {
  const recordings = parseRecordings(await readText(recordingsFile), recordingsFile)
  const model = await trainGestureModel({ ...options, recordings, trainedOn: recordingsFile }, onProgress)
  await writeFolder(folder, {
    'gesture_float32.tflite': model.float32,
    'gesture_int8.tflite': model.int8,
    'metadata.json': `${JSON.stringify(model.metadata, null, 2)}\n`,
  })
  return model
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new UserError(`${path}: ${absent ? 'no such file' : String(cause)}`, undefined, { cause })
  }
}
