import { utf8 } from '../bytes/text.ts'

/** What is looked at as one line: as much as a report keeps of the whole console. */
const LONGEST_LINE = 1024 * 1024
/** Of a longer line, so much of the piece before stands again in front of the next one. */
const OVERLAP = 4096
const NEWLINE = 10
const RETURN = 13

/** A line without its end, or a piece of a line that is too long to be held. */
export interface Piece {
  /** Invalid UTF-8 as U+FFFD. */
  readonly text: string
  /** Characters at the beginning that were told already. */
  readonly again: number
  /** The line begins here, and it ends here. */
  readonly isBegin: boolean
  readonly isEnd: boolean
}

export interface SavedConsoleLines {
  /** Of the line that is not over. */
  readonly bytes: Uint8Array
  readonly again: number
  readonly afterReturn: boolean
}

/** Cuts what the firmware prints into lines; a line ends with \n, \r or both. */
export class ConsoleLines {
  #bytes = new Uint8Array(256)
  #length = 0
  #again = 0
  #afterReturn = false
  #saved: Uint8Array = new Uint8Array()
  readonly #onLine: (piece: Piece) => void

  constructor(onLine: (piece: Piece) => void) {
    this.#onLine = onLine
  }

  save(): SavedConsoleLines {
    const { length } = this.#saved
    if (length !== this.#length || this.#saved.some((byte, i) => byte !== this.#bytes[i]))
      this.#saved = this.#bytes.slice(0, this.#length)
    return { bytes: this.#saved, again: this.#again, afterReturn: this.#afterReturn }
  }

  restore({ bytes, again, afterReturn }: SavedConsoleLines): void {
    while (this.#bytes.length < bytes.length) this.#grow()
    this.#bytes.set(bytes)
    this.#length = bytes.length
    this.#again = again
    this.#afterReturn = afterReturn
    this.#saved = bytes
  }

  add(byte: number): void {
    const endsReturn = this.#afterReturn && byte === NEWLINE
    this.#afterReturn = byte === RETURN
    if (endsReturn) return
    if (byte === NEWLINE || byte === RETURN) {
      this.#onLine(this.#piece(true))
      this.#length = this.#again = 0
      return
    }
    if (this.#length === this.#bytes.length) this.#grow()
    this.#bytes[this.#length++] = byte
    if (this.#length === LONGEST_LINE) this.#cut()
  }

  get isOpen(): boolean {
    return this.#length > this.#again
  }

  /** What there is of a line that has no end yet. */
  get open(): Piece | undefined {
    return this.isOpen ? this.#piece(true) : undefined
  }

  /** The run is over, and with it the last line. */
  end(): void {
    const last = this.open
    this.#length = this.#again = 0
    if (last) this.#onLine(last)
  }

  #cut(): void {
    this.#onLine(this.#piece(false))
    this.#bytes.copyWithin(0, this.#length - OVERLAP, this.#length)
    this.#length = this.#again = OVERLAP
  }

  #piece(isEnd: boolean): Piece {
    return {
      text: utf8(this.#bytes.subarray(0, this.#length)),
      again: utf8(this.#bytes.subarray(0, this.#again)).length,
      isBegin: this.#again === 0,
      isEnd,
    }
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#bytes.length)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
