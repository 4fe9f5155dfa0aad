import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { parseRecordings } from './data/dataset.ts'
import { trainGestureModel, type GestureModel, type GestureOptions, type OnProgress } from './gesture.ts'

/** Trains on a table of recordings and writes the model's files into `folder`, each whole or not at all. */
export async function trainGestureModelFiles(
  recordingsFile: string,
  folder: string,
  options: Omit<GestureOptions, 'recordings' | 'trainedOn'> = {},
  onProgress?: OnProgress,
): Promise<GestureModel> {
  const recordings = parseRecordings(await readText(recordingsFile), recordingsFile)
  const model = await trainGestureModel({ ...options, recordings, trainedOn: recordingsFile }, onProgress)
  await mkdir(folder, { recursive: true })
  const write = async (name: string, content: string | Uint8Array) => {
    const path = join(folder, name)
    await writeFile(`${path}.part`, content)
    await rename(`${path}.part`, path)
  }
  await write('gesture_float32.tflite', model.float32)
  await write('gesture_int8.tflite', model.int8)
  await write('metadata.json', `${JSON.stringify(model.metadata, null, 2)}\n`)
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
