import { readFile } from 'node:fs/promises'
import { UserError } from '../runs/errors.ts'

/** A file that the user named. @param give what to name instead, such as "a .tflite file" @throws UserError */
export async function readInput(file: string, give: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw new UserError(`${file}: ${reasons[code] ?? String(cause)}. Give ${give}.`, undefined, { cause })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
}
