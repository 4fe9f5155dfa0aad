import type { Cycles } from '../../cpu/bus.ts'
import type { UartListener } from '../../nrf52840/listeners.ts'
import type { Saved } from '../../snapshot/saved.ts'
import { visibleText } from './bytes.ts'
import type { RecordingContext } from './source.ts'

/** A line of more bytes is cut into marks. */
const LONGEST_LINE = 256
/** A UART's line is at an end where it has been quiet for so many frames. */
const PAUSE_FRAMES = 2
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

interface Line {
  readonly since: Cycles
  readonly until: Cycles
  readonly bytes: readonly number[]
}

export type SavedText = readonly { readonly track: string; readonly line: Line }[]

/**
 * What comes over a UART, and what the console shows, as marks: a line where it is over, and what comes without a line's
 * end where the next byte shows a pause, or at the end of the recording.
 */
export class TextRecorder implements UartListener, Saved<SavedText> {
  readonly #lines = new Map<string, Line>()

  constructor(private readonly context: RecordingContext) {}

  sent(uart: string, byte: number, frameCycles: number): void {
    this.#byte(`uart/${uart}/sent`, byte, frameCycles)
  }

  received(uart: string, byte: number, frameCycles: number): void {
    this.#byte(`uart/${uart}/received`, byte, frameCycles)
  }

  console(byte: number): void {
    this.#byte('console', byte, Infinity)
  }

  /** The recording ends: what has no end of its own ends here. */
  finish(): void {
    for (const track of [...this.#lines.keys()]) this.#end(track)
  }

  #byte(track: string, byte: number, frameCycles: number): void {
    const { now } = this.context
    const before = this.#lines.get(track)
    if (before && now - before.until > PAUSE_FRAMES * frameCycles) this.#end(track)
    const since = Number.isFinite(frameCycles) ? now - frameCycles : now
    const line = this.#lines.get(track) ?? { since, until: now, bytes: [] }
    const bytes = [...line.bytes, byte]
    this.#lines.set(track, { since: line.since, until: now, bytes })
    if (byte === NEWLINE || bytes.length >= LONGEST_LINE) this.#end(track)
  }

  #end(track: string): void {
    const line = this.#lines.get(track)
    if (!line) return
    this.#lines.delete(track)
    const { since, until, bytes } = line
    const { timeline, now } = this.context
    const isConsole = track === 'console'
    const ended = bytes.at(-1) === NEWLINE ? (bytes.at(-2) === CARRIAGE_RETURN ? 2 : 1) : 0
    const text = visibleText(isConsole ? bytes.slice(0, bytes.length - ended) : bytes)
    const info = isConsole
      ? { id: track, name: 'console', group: 'console', unit: 'bytes' }
      : { id: track, name: track.slice('uart/'.length).replace('/', ' '), group: 'buses', unit: 'bytes' }
    timeline.marks(info).spans.mark(isConsole ? 'line' : 'text', now, {
      value: bytes.length,
      text,
      data: { since, until },
    })
  }

  save(): SavedText {
    return [...this.#lines].map(([track, line]) => ({ track, line }))
  }

  restore(saved: SavedText): void {
    this.#lines.clear()
    for (const { track, line } of saved) this.#lines.set(track, line)
  }
}
