import './host.ts'
import { open, readFile, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { ByteSource } from '../../runs/bytes/byte-source.ts'
import { UserError } from '../../runs/errors.ts'

/** Node reads no more at once. */
const MOST_AT_ONCE = 1 << 30

/** Opens a file for as long as it is used. @param give what to do instead, for messages @throws UserError */
export async function withFile<T>(
  file: string,
  give: string,
  use: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const { handle, size } = await opened(file, give)
  try {
    return await use({ name: file, size, read: (from, length) => read(handle, from, length) })
  } finally {
    await handle.close()
  }
}

async function opened(file: string, give: string): Promise<{ handle: FileHandle; size: number }> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    const found = await handle.stat()
    if (found.isFile()) return { handle, size: found.size }
    throw Object.assign(new Error('is not a file'), found.isDirectory() && { code: 'EISDIR' })
  } catch (cause) {
    await handle?.close()
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause))
    throw new UserError(`${file}: ${why}: ${give}`, undefined, { cause })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
}

async function read(handle: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let at = 0
  while (at < length) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(length - at, MOST_AT_ONCE), from + at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

/** A file that is read at once, or a pipe, whose size is not known before. @throws what Node says of it */
export const wholeFile = async (file: string): Promise<ByteSource> => {
  const { size } = await stat(file)
  return { name: file, size, read: () => readFile(file) }
}
