/** Microsoft's FAT specification, as far as a listing of the root folder needs it. Nothing of it is trusted. */
export interface Volume {
  readonly kind: 'FAT12' | 'FAT16' | 'FAT32'
  readonly label: string
  /** Block of the root folder. */
  readonly rootBlock: number
}

export interface ListedFile {
  readonly name: string
  readonly bytes: number
}

const ENTRY = 32
const LONG_NAME = 0x0f
const LABEL = 0x08
const FOLDER = 0x10
const DELETED = 0xe5
const FIRST_PARTITION = 446 + 8

const word = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
const long = (bytes: Uint8Array, at: number): number =>
  (word(bytes, at) + word(bytes, at + 2) * 0x1_0000) >>> 0
const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length)).trimEnd()

const isSigned = (bytes: Uint8Array): boolean => bytes[510] === 0x55 && bytes[511] === 0xaa

/** Of a boot sector that lies at `start`; undefined where it is none. */
export function readVolume(bytes: Uint8Array, start: number): Volume | undefined {
  const perSector = word(bytes, 11)
  const perCluster = bytes[13] ?? 0
  const tables = bytes[16] ?? 0
  if (!isSigned(bytes) || ![512, 1024, 2048, 4096].includes(perSector) || perCluster === 0 || tables === 0)
    return undefined
  const reserved = word(bytes, 14)
  const short = word(bytes, 22)
  const sectorsInTable = short === 0 ? long(bytes, 36) : short
  const behindTables = start + reserved + tables * sectorsInTable
  if (short === 0)
    return {
      kind: 'FAT32',
      label: textAt(bytes, 71, 11),
      rootBlock: behindTables + (long(bytes, 44) - 2) * perCluster,
    }
  const sectors = word(bytes, 19) === 0 ? long(bytes, 32) : word(bytes, 19)
  const rootSectors = Math.ceil((word(bytes, 17) * ENTRY) / perSector)
  const clusters = Math.floor((sectors - reserved - tables * short - rootSectors) / perCluster)
  return { kind: clusters < 4085 ? 'FAT12' : 'FAT16', label: textAt(bytes, 43, 11), rootBlock: behindTables }
}

/** First block of the first partition; undefined where there is no table of them. */
export function firstPartition(bytes: Uint8Array): number | undefined {
  const start = long(bytes, FIRST_PARTITION)
  return isSigned(bytes) && start > 0 && (bytes[FIRST_PARTITION - 4] ?? 0) !== 0 ? start : undefined
}

/** What a block of a folder lists, and the volume's label where that is there. */
export function readFolder(bytes: Uint8Array): {
  readonly files: readonly ListedFile[]
  readonly label: string
} {
  const files: ListedFile[] = []
  let label = ''
  for (let at = 0; at + ENTRY <= bytes.length && bytes[at] !== 0; at += ENTRY) {
    const attributes = bytes[at + 11] ?? 0
    if (bytes[at] === DELETED || attributes === LONG_NAME) continue
    const [base, extension] = [textAt(bytes, at, 8), textAt(bytes, at + 8, 3)]
    if (attributes & LABEL) label = textAt(bytes, at, 11)
    else if (attributes & FOLDER) files.push({ name: `${base}/`, bytes: 0 })
    else files.push({ name: extension === '' ? base : `${base}.${extension}`, bytes: long(bytes, at + 28) })
  }
  return { files, label }
}
