import { isAbsolute, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Style } from '../../runs/report/show/style.ts'
import { visibleText } from '../../runs/report/show/visible.ts'
import { showsProgress } from './output.ts'

/** Of every terminal, or what is shown on a narrower one. */
const NARROW = 80

/**
 * How to draw on a stream: NO_COLOR (no-color.org), FORCE_COLOR, TERM=dumb, width of the terminal. What is not a
 * terminal has no width: nothing is folded or cut there.
 */
export function styleFor(stream: NodeJS.WriteStream, environment = process.env): Style {
  const forced = environment['FORCE_COLOR']
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  const terminal = (stream.isTTY as boolean | undefined) ?? false // a pipe has no such property
  const color = forced !== undefined ? forced !== '0' : terminal && !refused
  const width = [stream.columns, Number(environment['COLUMNS'])].find((columns) => columns > 0) ?? NARROW
  return { color, width: terminal ? Math.max(width, NARROW) : Infinity }
}

/** A path as one would type it here: from the working directory where it is inside. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below
}

/** A thing in progress, shown on standard error: a bar on a terminal, a line for each new step elsewhere. */
export interface Progress {
  update(fraction: number, step?: string): void
  /** Makes room for other output. */
  clear(): void
  done(): void
}

const BAR_AFTER_MILLISECONDS = 300
const LINE_EVERY_MILLISECONDS = 5000

export function showProgress(title: string): Progress {
  if (!showsProgress()) return { update: () => undefined, clear: () => undefined, done: () => undefined }
  const shown = visibleText(title)
  return process.stderr.isTTY ? new BarProgress(shown) : new LineProgress(shown)
}

class BarProgress implements Progress {
  readonly #title: string
  readonly #began = performance.now()
  #bar: { update(value: number, payload: object): void; stop(): void } | undefined
  #loading = false
  #finished = false
  #latest = { fraction: 0, step: '' }

  constructor(title: string) {
    this.#title = title
  }

  update(fraction: number, step = ''): void {
    this.#latest = { fraction, step: visibleText(step) }
    if (this.#bar) this.#bar.update(fraction, { step: this.#latest.step })
    else if (!this.#loading && performance.now() - this.#began > BAR_AFTER_MILLISECONDS) void this.#start()
  }

  async #start(): Promise<void> {
    this.#loading = true
    const { SingleBar } = (await import('cli-progress')).default
    if (this.#finished) return
    const options = {
      format: '{title} {bar} {percentage} %  {step}',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
    }
    const characters = { barCompleteChar: '█', barIncompleteChar: '░', stopOnComplete: false, fps: 15 }
    const bar = new SingleBar({ ...options, ...characters, stream: process.stderr })
    bar.start(1, this.#latest.fraction, { title: this.#title, step: this.#latest.step })
    this.#bar = bar
    process.once('exit', () => this.done()) // the cursor comes back
  }

  clear(): void {
    if (this.#bar) process.stderr.write('\r\u001b[K')
  }

  done(): void {
    this.#finished = true
    this.#bar?.stop()
    this.#bar = undefined
  }
}

class LineProgress implements Progress {
  #last = performance.now()
  #step = ''

  constructor(readonly title: string) {}

  update(fraction: number, step = ''): void {
    const now = performance.now()
    if (now - this.#last < LINE_EVERY_MILLISECONDS) return
    this.#last = now
    this.#step = visibleText(step)
    process.stderr.write(
      `${this.title}: ${Math.floor(100 * fraction)} %${this.#step === '' ? '' : `, ${this.#step}`}\n`,
    )
  }

  clear(): void {
    // lines need no room
  }

  done(): void {
    // nothing is left standing
  }
}

/** Waits until everything printed has left, so that ending the process cuts nothing off. */
export async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    while (stream.writableLength > 0 && !stream.destroyed && stream.errored === null) await setTimeout(1)
  }
}
