const MOST_BYTES = 1024 * 1024
/** So much of the console's end is looked at for a match. */
const TAIL_BYTES = 4096
const NEWLINE = 10

/** What the firmware has printed: its first megabyte, and how much more there was. */
export class ConsoleText {
  readonly #bytes: number[] = []
  #tail = ''
  #dropped = 0

  add(byte: number): void {
    if (this.#bytes.length < MOST_BYTES) this.#bytes.push(byte)
    else this.#dropped += 1
    this.#tail += String.fromCharCode(byte)
    if (this.#tail.length > 2 * TAIL_BYTES) this.#tail = this.#tail.slice(-TAIL_BYTES)
  }

  /** Does the present line match? Asked after each byte; looked at where a line ends, and while it grows. */
  tailMatches(pattern: RegExp, lastByte: number): boolean {
    const line = this.#tail.slice(this.#tail.lastIndexOf('\n', lastByte === NEWLINE ? -2 : undefined) + 1)
    return new RegExp(pattern.source, pattern.flags.replace('g', '')).test(line)
  }

  report(): { readonly text: string; readonly droppedBytes: number } {
    return { text: Buffer.from(this.#bytes).toString('utf8'), droppedBytes: this.#dropped }
  }
}
