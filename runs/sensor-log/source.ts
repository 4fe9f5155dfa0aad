/** A file of text that may be of any size, read piece by piece, and what is said of files that are none. */
import type { ByteSource } from '../bytes/byte-source.ts'
import { newHash, type Hash } from '../bytes/host.ts'
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

/** Text of a file, in pieces, with its hash. */
export class TextSource {
  readonly file: string
  #sha256: string | undefined

  constructor(
    private readonly source: ByteSource,
    private readonly options: SourceOptions,
  ) {
    this.file = source.name
  }

  /** Once all pieces have been read. */
  get sha256(): string {
    if (this.#sha256 === undefined) throw new Error(`${this.file} has not been read to its end`)
    return this.#sha256
  }

  /** @throws UserError for a file that cannot be read or is not text */
  async *pieces(): AsyncGenerator<string> {
    try {
      yield* this.#decoded(newHash())
    } catch (cause) {
      if (cause instanceof UserError) throw cause
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new UserError(`${this.file}: cannot be read: ${why}`, undefined, { cause })
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

  async *#decoded(hash: Hash): AsyncGenerator<string> {
    const { size } = this.source
    let decoder: Decoder | undefined
    let read = 0
    for (;;) {
      const bytes = await this.source.read(read, PIECE_BYTES)
      if (bytes.length === 0) break
      if (read === 0) this.#checkKind(bytes)
      this.#checkNul(bytes, read)
      hash.update(bytes)
      decoder ??= decoderOf(bytes)
      read += bytes.length
      this.options.onProgress?.(read, Math.max(size, read))
      yield decoder.decode(bytes, { stream: true })
    }
    this.#sha256 = hash.digest()
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

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

type Decoder = InstanceType<typeof TextDecoder>

/** UTF-8; what is not, is of an older Windows: degrees and micro in a header. */
function decoderOf(bytes: Uint8Array): Decoder {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return new TextDecoder('utf-8')
  } catch {
    return new TextDecoder('windows-1252')
  }
}
