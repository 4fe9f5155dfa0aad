/** A file of text that may be of any size, read piece by piece, and what is said of files that are none. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { UserError } from '../errors.ts'

export interface SourceOptions {
  /** What to give instead, for messages. */
  readonly give: string
  /** Bytes read, of how many there are. */
  readonly onProgress?: ((read: number, of: number) => void) | undefined
}

const PIECE_BYTES = 256 * 1024
/** No row of a recording is longer; what is, is something else. */
export const LONGEST_LINE = 1024 * 1024

interface Magic {
  readonly bytes: readonly number[]
  readonly answer: string
}

const MAGIC: readonly Magic[] = [
  {
    bytes: [0xff, 0xfe],
    answer: 'is text in UTF-16; save it as UTF-8, or: iconv -f UTF-16 -t UTF-8 FILE > utf8.csv',
  },
  {
    bytes: [0xfe, 0xff],
    answer: 'is text in UTF-16; save it as UTF-8, or: iconv -f UTF-16 -t UTF-8 FILE > utf8.csv',
  },
  { bytes: [0x50, 0x4b, 3, 4], answer: 'is a ZIP archive or a spreadsheet; unpack it, or export it as CSV' },
  { bytes: [0x1f, 0x8b], answer: 'is compressed by gzip; gunzip it first' },
  { bytes: [0x89, 0x48, 0x44, 0x46], answer: 'is HDF5; export it as CSV' },
  { bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], answer: 'is a NumPy array; export it as CSV' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], answer: 'is an SQLite database; export it as CSV' },
  { bytes: [0x50, 0x41, 0x52, 0x31], answer: 'is Parquet; export it as CSV' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], answer: 'is an ELF file' },
  { bytes: [0x52, 0x49, 0x46, 0x46], answer: 'is a RIFF file, perhaps WAV: sound goes to --audio' },
]

/** Text of a file, in pieces, with its hash. One at a time; what it has open is closed at the end or when left. */
export class TextSource {
  readonly #hash = createHash('sha256')

  constructor(
    readonly file: string,
    private readonly options: SourceOptions,
  ) {}

  /** Once all pieces have been read. */
  get sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  /** @throws UserError for a file that cannot be read or is not text */
  async *pieces(): AsyncGenerator<string> {
    const handle = await this.#open()
    try {
      yield* this.#decoded(handle)
    } catch (cause) {
      if (cause instanceof UserError) throw cause
      throw new UserError(`${this.file}: cannot be read: ${messageOf(cause)}`, undefined, { cause })
    } finally {
      await handle.close()
    }
  }

  /** As `pieces`, in whole lines without their ends. @throws UserError for a line of more than LONGEST_LINE */
  async *lines(): AsyncGenerator<readonly string[]> {
    let rest = ''
    let count = 0
    for await (const piece of this.pieces()) {
      const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      count += lines.length
      const long = [...lines, rest].findIndex(({ length }) => length > LONGEST_LINE)
      if (long >= 0) {
        const line = count - lines.length + 1 + long
        throw new UserError(`${this.file}: line ${line} is longer than 1 MB: ${this.options.give}`)
      }
      if (lines.length > 0) yield lines
    }
    if (rest !== '') yield [rest.replace(/\r$/, '')]
  }

  async #open(): Promise<FileHandle> {
    try {
      const handle = await open(this.file)
      const found = await handle.stat()
      if (!found.isDirectory()) return handle
      await handle.close()
      throw Object.assign(new Error('folder'), { code: 'EISDIR' })
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
      throw new UserError(
        `${this.file}: ${REASONS[code] ?? messageOf(cause)}: ${this.options.give}`,
        undefined,
        { cause },
      )
    }
  }

  async *#decoded(handle: FileHandle): AsyncGenerator<string> {
    const { size } = await handle.stat()
    const buffer = new Uint8Array(PIECE_BYTES)
    let decoder: TextDecoder | undefined
    let read = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES)
      if (bytesRead === 0) break
      const bytes = buffer.subarray(0, bytesRead)
      if (read === 0) this.#checkKind(bytes)
      this.#checkNul(bytes, read)
      this.#hash.update(bytes)
      decoder ??= decoderOf(bytes)
      read += bytesRead
      this.options.onProgress?.(read, Math.max(size, read))
      yield decoder.decode(bytes, { stream: true })
    }
    if (decoder !== undefined) yield decoder.decode()
  }

  #checkKind(bytes: Uint8Array): void {
    const found = MAGIC.find((one) => one.bytes.every((byte, at) => bytes[at] === byte))
    if (found !== undefined) throw new UserError(`${this.file}: ${found.answer.replace('FILE', this.file)}`)
    // Text in UTF-16 without a mark: every second byte is 0.
    const head = bytes.subarray(0, 512)
    const zeros = [0, 1].map((odd) => head.filter((byte, at) => at % 2 === odd && byte === 0).length)
    if (head.length >= 8 && Math.max(...zeros) > head.length / 3)
      throw new UserError(
        `${this.file}: looks like text in UTF-16; save it as UTF-8, or: iconv -f UTF-16${(zeros[1] ?? 0) > (zeros[0] ?? 0) ? 'LE' : 'BE'} -t UTF-8 ${this.file} > utf8.csv`,
      )
  }

  #checkNul(bytes: Uint8Array, before: number): void {
    const nul = bytes.indexOf(0)
    if (nul >= 0)
      throw new UserError(`${this.file}: byte ${before + nul} is 0: not text. ${capital(this.options.give)}`)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** UTF-8; what is not, is of an older Windows: degrees and micro in a header. */
function decoderOf(bytes: Uint8Array): TextDecoder {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return new TextDecoder('utf-8')
  } catch {
    return new TextDecoder('windows-1252')
  }
}
