const MOST_BYTES = 1024 * 1024
/** So much of the console's end is looked at for a match. */
const TAIL_BYTES = 4096
/** A longer line is told in pieces. */
const LONGEST_LINE = 4096
const NEWLINE = 10

export interface ConsoleOptions {
  /** Told of each line that is over. */
  readonly onLine?: (line: string) => void
  /** Whether `tailMatches` will be asked. */
  readonly keepTail?: boolean
}

/** What the firmware has printed: its first megabyte, and how much more there was. */
export class ConsoleText {
  #bytes = new Uint8Array(4096)
  #length = 0
  #dropped = 0
  #tail = ''
  readonly #line = new Uint8Array(LONGEST_LINE)
  #lineLength = 0

  constructor(private readonly options: ConsoleOptions = {}) {}

  add(byte: number): void {
    if (this.#length < MOST_BYTES) {
      if (this.#length === this.#bytes.length) this.#grow()
      this.#bytes[this.#length++] = byte
    } else this.#dropped += 1
    this.#line[this.#lineLength++] = byte
    if (byte === NEWLINE || this.#lineLength === LONGEST_LINE) this.endLine()
    if (!this.options.keepTail) return
    this.#tail += String.fromCharCode(byte)
    if (this.#tail.length > 2 * TAIL_BYTES) this.#tail = this.#tail.slice(-TAIL_BYTES)
  }

  /** Tells of what there is of a last line. */
  endLine(): void {
    if (this.#lineLength > 0) this.options.onLine?.(textOf(this.#line.subarray(0, this.#lineLength)))
    this.#lineLength = 0
  }

  /** Does the present line match? Asked after each byte; looked at where a line ends, and while it grows. */
  tailMatches(pattern: RegExp, lastByte: number): boolean {
    const line = this.#tail.slice(this.#tail.lastIndexOf('\n', lastByte === NEWLINE ? -2 : undefined) + 1)
    return new RegExp(pattern.source, pattern.flags.replace('g', '')).test(line)
  }

  report(): { readonly text: string; readonly droppedBytes: number } {
    return { text: textOf(this.#bytes.subarray(0, this.#length)), droppedBytes: this.#dropped }
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#bytes.length)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
