import type { Cycles } from '../../cpu/bus.ts'
import type { UartListener } from '../../nrf52840/listeners.ts'
import type { Saved } from '../../snapshot/saved.ts'
import { visibleText } from '../bytes.ts'
import type { RecordingContext } from './source.ts'

/** A line of more bytes is cut into marks. */
const LONGEST_LINE = 256
/** A UART's line is at an end where it has been quiet for so many frames. */
const PAUSE_FRAMES = 2
const FIRST_SENT = 'uart/UARTE0/sent'
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

interface Line {
  readonly since: Cycles
  until: Cycles
  readonly bytes: number[]
}

export type SavedText = readonly { readonly track: string; readonly line: Readonly<Line> }[]

/**
 * What comes over a UART, and what the console shows, as marks: a line where it is over, and what comes without a line's
 * end where the next byte shows a pause, or at the end of the recording.
 */
export class TextRecorder implements UartListener, Saved<SavedText> {
  readonly #lines = new Map<string, Line>()

  constructor(private readonly context: RecordingContext) {}

  sent(uart: string, byte: number, frameCycles: number): void {
    this.#byte(uart === 'UARTE0' ? FIRST_SENT : `uart/${uart}/sent`, byte, frameCycles)
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
    let line = this.#lines.get(track)
    if (line && now - line.until > PAUSE_FRAMES * frameCycles) {
      this.#end(track)
      line = undefined
    }
    if (!line) {
      const since = Number.isFinite(frameCycles) ? now - frameCycles : now
      this.#lines.set(track, (line = { since, until: now, bytes: [] }))
    }
    line.bytes.push(byte)
    line.until = now
    if (byte === NEWLINE || line.bytes.length >= LONGEST_LINE) this.#end(track)
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
    return [...this.#lines].map(([track, line]) => ({ track, line: copyOf(line) }))
  }

  restore(saved: SavedText): void {
    this.#lines.clear()
    for (const { track, line } of saved) this.#lines.set(track, copyOf(line))
  }
}

const copyOf = (line: Line): Line => ({ ...line, bytes: [...line.bytes] })
