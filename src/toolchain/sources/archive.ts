import { gunzipSync, inflateRawSync } from 'node:zlib'

export interface ArchiveEntry {
  /** Relative, with forward slashes, never leaving the folder it is unpacked to. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** The regular files of a gzipped tar (POSIX.1-1988 ustar, with GNU and pax long names), less the top folder. */
export function readTarGz(archive: Uint8Array): ArchiveEntry[] {
  const tar = gunzipSync(archive)
  const entries: ArchiveEntry[] = []
  let longName: string | undefined
  let at = 0
  while (at + 512 <= tar.length) {
    const header = tar.subarray(at, at + 512)
    if (header[0] === 0) return entries
    const size = Number.parseInt(text(header, 124, 12), 8)
    if (!Number.isSafeInteger(size) || at + 512 + size > tar.length) throw new Error('the archive is damaged')
    const content = tar.subarray(at + 512, at + 512 + size)
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === 'L') {
      longName = text(content, 0, size)
    } else if (type === 'x') {
      longName = /\d+ path=([^\n]+)\n/.exec(Buffer.from(content).toString('utf8'))?.[1]
    } else {
      const prefix = text(header, 345, 155)
      const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100)
      longName = undefined
      if (type === '0' || type === '\0') {
        entries.push({ path: safe(name.slice(name.indexOf('/') + 1)), bytes: content })
      }
    }
    at += 512 + Math.ceil(size / 512) * 512
  }
  throw new Error('the archive is damaged')
}

/** The files of a zip archive (PKWARE APPNOTE 6.3: stored or deflated, no zip64, no encryption). */
export function readZip(archive: Uint8Array): ArchiveEntry[] {
  const zip = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const end = zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1')
  if (end < 0) throw new Error('the archive is damaged')
  const entries: ArchiveEntry[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const method = zip.readUInt16LE(at + 10)
    const compressed = zip.readUInt32LE(at + 20)
    const nameLength = zip.readUInt16LE(at + 28)
    const local = zip.readUInt32LE(at + 42)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const data = zip.subarray(from, from + compressed)
    if (!name.endsWith('/')) {
      entries.push({ path: safe(name), bytes: method === 0 ? data : inflateRawSync(data) })
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return entries
}

function text(bytes: Uint8Array, from: number, length: number): string {
  const field = Buffer.from(bytes.subarray(from, from + length)).toString('utf8')
  const end = field.indexOf('\0')
  return end < 0 ? field : field.slice(0, end)
}

function safe(path: string): string {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw new Error(`the archive has a file outside itself: ${path}`)
  }
  return path
}
