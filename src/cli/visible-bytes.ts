import { visibleLines } from '../../runs/report/show/visible.ts'

const NEWLINE = 10
const RETURN = 13

/** How many bytes a UTF-8 character of this first byte has; 0 for a byte that begins none. */
const lengthOf = (byte: number): number =>
  byte < 0x80
    ? 1
    : byte >= 0xc2 && byte <= 0xdf
      ? 2
      : byte >= 0xe0 && byte <= 0xef
        ? 3
        : byte >= 0xf0 && byte <= 0xf4
          ? 4
          : 0

/**
 * What firmware prints, for a terminal: escape sequences and other control characters are shown, bytes that are no
 * UTF-8 by their number. A carriage return begins a new line, as nothing that was printed is taken back.
 */
export class VisibleBytes {
  #pending: number[] = []
  #returned = false

  /** What can be shown by now: a character that is cut waits for the rest of it. */
  add(bytes: Iterable<number>): string {
    let shown = ''
    for (const byte of bytes) shown += this.#byte(byte)
    return shown
  }

  end(): string {
    const rest = this.#pending.map(numbered).join('')
    this.#pending = []
    return rest
  }

  #byte(byte: number): string {
    if (this.#pending.length > 0) return this.#continue(byte)
    if (byte === RETURN) {
      this.#returned = true
      return ''
    }
    const before = this.#returned && byte !== NEWLINE ? '\n' : ''
    this.#returned = false
    const length = lengthOf(byte)
    if (length === 0) return before + numbered(byte)
    if (length === 1) return before + visibleLines(String.fromCharCode(byte))
    this.#pending = [byte]
    return before
  }

  #continue(byte: number): string {
    const isContinuation = byte >= 0x80 && byte < 0xc0
    if (!isContinuation) return this.end() + this.#byte(byte)
    this.#pending.push(byte)
    if (this.#pending.length < lengthOf(this.#pending[0] ?? 0)) return ''
    const bytes = Uint8Array.from(this.#pending)
    this.#pending = []
    const text = Buffer.from(bytes).toString('utf8')
    // Surrogates and overlong forms are no characters.
    return text.includes('\ufffd') && !isReplacement(bytes)
      ? [...bytes].map(numbered).join('')
      : visibleLines(text)
  }
}

const isReplacement = ([a, b, c]: Uint8Array): boolean => a === 0xef && b === 0xbf && c === 0xbd
const numbered = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`
