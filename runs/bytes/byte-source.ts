import { UserError } from '../errors.ts'

/** A file of any size, of which pieces are read: what is behind it is open as long as it is used. */
export interface ByteSource {
  /** As the user named it, for messages. */
  readonly name: string
  readonly size: number
  /** `length` bytes from there on; fewer where it ends before. */
  read(from: number, length: number): Promise<Uint8Array>
}

export const readAll = (source: ByteSource): Promise<Uint8Array> => source.read(0, source.size)

export const bytesSource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  read: (from, length) => Promise.resolve(bytes.subarray(from, from + length)),
})

/** A file that a page was given. @throws UserError when it is read and is no longer what it was */
export const blobSource = (name: string, blob: Blob): ByteSource => ({
  name,
  size: blob.size,
  read: async (from, length) => {
    try {
      return new Uint8Array(await blob.slice(from, from + length).arrayBuffer())
    } catch (cause) {
      throw new UserError(`${name}: cannot be read; it may have changed: choose it again.`, undefined, {
        cause,
      })
    }
  },
})

/** What a path ends in, which is the file's own name. */
export function fileName(path: string): string {
  const end = path.replace(/\/+$/, '')
  return end.slice(end.lastIndexOf('/') + 1)
}
