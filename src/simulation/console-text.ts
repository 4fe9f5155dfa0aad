const MOST_BYTES = 1024 * 1024

/** What the firmware has printed: its first megabyte, and how much more there was. */
export class ConsoleText {
  #bytes = new Uint8Array(4096)
  #length = 0
  #dropped = 0

  add(byte: number): void {
    if (this.#length === MOST_BYTES) {
      this.#dropped += 1
      return
    }
    if (this.#length === this.#bytes.length) this.#grow()
    this.#bytes[this.#length++] = byte
  }

  report(): { readonly text: string; readonly droppedBytes: number } {
    const text = Buffer.from(this.#bytes.subarray(0, this.#length)).toString('utf8')
    return { text, droppedBytes: this.#dropped }
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#bytes.length)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
