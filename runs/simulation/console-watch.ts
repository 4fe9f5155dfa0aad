import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { UntilReport } from '../report/run-report.ts'
import { ConsoleLines, type Piece, type SavedConsoleLines } from './console-lines.ts'
import { ConsoleText, type SavedConsoleText } from './console-text.ts'
import { fatalOf } from './gave-up.ts'
import { Until, type SavedUntil } from './until.ts'

/** A line without an end counts as it is, as a prompt does, once nothing has followed it for so long: 100 ms. */
const QUIET_CYCLES = CYCLES_PER_SECOND / 10

export interface ConsoleWatchOptions {
  /** What the run waits for. */
  readonly until?: RegExp
  readonly now: () => number
  /** Told of each line that is over. */
  readonly onLine: (line: string) => void
  /** `isMet` or `quietAt` has changed: the machine is to come back. */
  readonly onChange: () => void
}

export interface SavedConsoleWatch {
  readonly gaveUp: string | null
  readonly text: SavedConsoleText
  readonly lines: SavedConsoleLines
  readonly until: SavedUntil
  /** Infinity for never. */
  readonly quietAt: number
}

/** All that a run makes of its console. */
export class ConsoleWatch {
  /** What our firmware said when it could not go on. */
  gaveUp: string | undefined
  readonly #options: ConsoleWatchOptions
  readonly #text = new ConsoleText()
  readonly #lines = new ConsoleLines((piece) => this.#line(piece))
  readonly #until: Until | undefined
  #quietAt = Infinity

  constructor(options: ConsoleWatchOptions) {
    this.#options = options
    this.#until = options.until && new Until(options.until)
  }

  save(): SavedConsoleWatch {
    return {
      gaveUp: this.gaveUp ?? null,
      text: this.#text.save(),
      lines: this.#lines.save(),
      until: this.#until?.save() ?? null,
      quietAt: this.#quietAt,
    }
  }

  restore({ gaveUp, text, lines, until, quietAt }: SavedConsoleWatch): void {
    this.gaveUp = gaveUp ?? undefined
    this.#text.restore(text)
    this.#lines.restore(lines)
    this.#until?.restore(until)
    this.#quietAt = quietAt
  }

  add(byte: number): void {
    this.#text.add(byte)
    this.#lines.add(byte)
    if (!this.#until || this.#until.isMet) return
    const wasQuiet = this.#quietAt === Infinity
    this.#quietAt = this.#lines.isOpen ? this.#options.now() + QUIET_CYCLES : Infinity
    if (wasQuiet && this.#quietAt < Infinity) this.#options.onChange()
  }

  get isMet(): boolean {
    return this.#until?.isMet ?? false
  }

  /** Cycle at which `look` is to be called, unless something more is printed. */
  get quietAt(): number {
    return this.#quietAt
  }

  look(): void {
    const now = this.#options.now()
    if (now < this.#quietAt) return
    this.#quietAt = Infinity
    const { open } = this.#lines
    if (open) this.#until?.line(open, now)
  }

  /** The run is over: what there is of a last line is one. */
  end(): void {
    this.#lines.end()
  }

  report(): { readonly text: string; readonly droppedBytes: number } {
    return this.#text.report()
  }

  untilReport(): UntilReport | null {
    return this.#until?.report() ?? null
  }

  #line(piece: Piece): void {
    this.#options.onLine(piece.text.slice(piece.again))
    this.gaveUp ??= fatalOf(piece)
    if (this.#until?.line(piece, this.#options.now()) !== true) return
    this.#quietAt = Infinity
    this.#options.onChange()
  }
}
