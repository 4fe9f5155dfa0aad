import { utf8 } from '../bytes/text.ts'
import { UserError } from '../errors.ts'

export const hex = (value: number, digits = 1): string =>
  `0x${(value >>> 0).toString(16).padStart(digits, '0')}`

/** Little-endian reading of a file that may end anywhere. Every read past the end names the file and the offset. */
export class Cursor {
  readonly #view: DataView

  /**
   * @param bytes the bytes to read
   * @param what the file's name, and the section where that helps; opens each error
   * @param base offset of `bytes` in the file, for errors
   */
  constructor(
    readonly bytes: Uint8Array,
    readonly what: string,
    readonly base = 0,
    public offset = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.offset >= this.bytes.length
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  i8(): number {
    return this.#view.getInt8(this.#take(1))
  }

  uleb(): number {
    const first = this.bytes[this.offset] ?? 0x80
    if (first < 0x80) {
      this.offset++
      return first
    }
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8()
      if (shift < 35) value += (byte & 0x7f) * 2 ** shift
      if (!(byte & 0x80)) return value
    }
  }

  sleb(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8()
      if (shift < 35) value += (byte & 0x7f) * 2 ** shift
      if (!(byte & 0x80)) return byte & 0x40 ? value - 2 ** (shift + 7) : value
    }
  }

  /** Bytes up to a NUL, as text; the NUL is consumed. */
  text(): string {
    const end = this.bytes.indexOf(0, this.offset)
    if (end < 0) throw this.truncated('a text that never ends')
    const text = nameOf(this.bytes.subarray(this.offset, end))
    this.offset = end + 1
    return text
  }

  slice(length: number): Uint8Array {
    const start = this.#take(length)
    return this.bytes.subarray(start, start + length)
  }

  skip(length: number): void {
    this.#take(length)
  }

  truncated(need: string): UserError {
    return new UserError(
      `${this.what}: truncated: ${need} at offset ${hex(this.base + this.offset)}, ` +
        `but the data ends at ${hex(this.base + this.bytes.length)}. Build or copy the file again.`,
    )
  }

  #take(length: number): number {
    const start = this.offset
    if (length < 0 || start + length > this.bytes.length) throw this.truncated(`${length} bytes wanted`)
    this.offset = start + length
    return start
  }
}

/** What would drive a terminal is replaced. */
export const harmless = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')

/** Names are UTF-8. */
const nameOf = (bytes: Uint8Array): string => harmless(utf8(bytes))

/** The NUL-terminated text at `offset` of a string table; what there is of it when the table ends first. */
export function stringAt(table: Uint8Array, offset: number): string {
  if (offset >= table.length) return ''
  const end = table.indexOf(0, offset)
  return nameOf(table.subarray(offset, end < 0 ? undefined : end))
}
