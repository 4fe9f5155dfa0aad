import type { Cycles } from '../../cpu/bus.ts'
import type { UartListener } from '../../nrf52840/listeners.ts'
import type { Saved } from '../../snapshot/saved.ts'
import { visibleText } from '../bytes.ts'
import type { RecordingContext } from './source.ts'

/** A line of more bytes is cut into marks. */
const LONGEST_LINE = 256
/** A UART's line is at an end where it has been quiet for so many frames. */
const PAUSE_FRAMES = 2
const CONSOLE = 'console'
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/** What has come on one track since the end of its last line; one a track, used again. */
interface Line {
  readonly track: string
  since: Cycles
  until: Cycles
  /** None where no line is under way. */
  bytes: number[]
}

export type SavedText = readonly { readonly track: string; readonly line: SavedLine }[]

interface SavedLine {
  readonly since: Cycles
  readonly until: Cycles
  readonly bytes: readonly number[]
}

/**
 * What comes over a UART, and what the console shows, as marks: a line where it is over, and what comes without a line's
 * end where the next byte shows a pause, or at the end of the recording.
 */
export class TextRecorder implements UartListener, Saved<SavedText> {
  readonly #lines = new Map<string, Line>()
  /** Not saved: among the lines. */
  #console: Line | undefined
  /** Those of the lines that a UART sends, by its name. Not saved: among the lines. */
  readonly #sent = new Map<string, Line>()

  constructor(private readonly context: RecordingContext) {}

  sent(uart: string, byte: number, frameCycles: number): void {
    let line = this.#sent.get(uart)
    if (!line) this.#sent.set(uart, (line = this.#line(`uart/${uart}/sent`)))
    this.#byte(line, byte, frameCycles)
  }

  received(uart: string, byte: number, frameCycles: number): void {
    this.#byte(this.#line(`uart/${uart}/received`), byte, frameCycles)
  }

  console(byte: number): void {
    this.#byte((this.#console ??= this.#line(CONSOLE)), byte, Infinity)
  }

  /** The recording ends: what has no end of its own ends here. */
  finish(): void {
    for (const line of this.#lines.values()) this.#end(line)
  }

  #line(track: string): Line {
    let line = this.#lines.get(track)
    if (!line) this.#lines.set(track, (line = { track, since: 0, until: 0, bytes: [] }))
    return line
  }

  #byte(line: Line, byte: number, frameCycles: number): void {
    const { now } = this.context
    if (line.bytes.length > 0 && now - line.until > PAUSE_FRAMES * frameCycles) this.#end(line)
    if (line.bytes.length === 0) line.since = Number.isFinite(frameCycles) ? now - frameCycles : now
    line.bytes.push(byte)
    line.until = now
    if (byte === NEWLINE || line.bytes.length >= LONGEST_LINE) this.#end(line)
  }

  #end(line: Line): void {
    const { track, since, until, bytes } = line
    if (bytes.length === 0) return
    const { timeline, now } = this.context
    const isConsole = track === CONSOLE
    const info = isConsole
      ? { id: track, name: CONSOLE, group: CONSOLE, unit: 'bytes' }
      : { id: track, name: track.slice('uart/'.length).replace('/', ' '), group: 'buses', unit: 'bytes' }
    timeline.marks(info).spans.mark(isConsole ? 'line' : 'text', now, {
      value: bytes.length,
      text: visibleText(bytes, isConsole ? withoutEnd(bytes) : bytes.length),
      data: { since, until },
    })
    bytes.length = 0
  }

  save(): SavedText {
    return [...this.#lines.values()]
      .filter(({ bytes }) => bytes.length > 0)
      .sort((a, b) => (a.track < b.track ? -1 : 1))
      .map(({ track, since, until, bytes }) => ({ track, line: { since, until, bytes: [...bytes] } }))
  }

  restore(saved: SavedText): void {
    for (const all of [this.#lines, this.#sent]) all.clear()
    this.#console = undefined
    for (const { track, line } of saved) Object.assign(this.#line(track), line, { bytes: [...line.bytes] })
  }
}

/** How many bytes are before a line's end. */
const withoutEnd = (bytes: readonly number[]): number => {
  if (bytes.at(-1) !== NEWLINE) return bytes.length
  return bytes.at(-2) === CARRIAGE_RETURN ? bytes.length - 2 : bytes.length - 1
}
