import { utf8 } from '../bytes/text.ts'

const MOST_BYTES = 1024 * 1024
const CHUNK = 4096

export interface SavedConsoleText {
  /** All full but the last. */
  readonly chunks: readonly Uint8Array[]
  readonly dropped: number
}

/** What the firmware has printed: its first megabyte, and how much more there was. */
export class ConsoleText {
  /** Never written again. */
  #full: readonly Uint8Array[] = []
  #chunk = new Uint8Array(CHUNK)
  #length = 0
  #dropped = 0

  add(byte: number): void {
    if (this.#full.length * CHUNK === MOST_BYTES) {
      this.#dropped += 1
      return
    }
    this.#chunk[this.#length++] = byte
    if (this.#length < CHUNK) return
    this.#full = [...this.#full, this.#chunk]
    this.#chunk = new Uint8Array(CHUNK)
    this.#length = 0
  }

  save(): SavedConsoleText {
    return { chunks: this.#chunks, dropped: this.#dropped }
  }

  restore({ chunks, dropped }: SavedConsoleText): void {
    this.#full = chunks.filter(({ length }) => length === CHUNK)
    const last = chunks[this.#full.length] ?? new Uint8Array()
    this.#chunk = new Uint8Array(CHUNK)
    this.#chunk.set(last)
    this.#length = last.length
    this.#dropped = dropped
  }

  report(): { readonly text: string; readonly droppedBytes: number } {
    const bytes = new Uint8Array(this.#full.length * CHUNK + this.#length)
    this.#chunks.forEach((chunk, index) => bytes.set(chunk, index * CHUNK))
    return { text: utf8(bytes), droppedBytes: this.#dropped }
  }

  get #chunks(): readonly Uint8Array[] {
    return this.#length === 0 ? this.#full : [...this.#full, this.#chunk.slice(0, this.#length)]
  }
}
