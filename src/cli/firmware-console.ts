import { openSync, closeSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { UserError } from '../../runs/errors.ts'
import { whyNotWritten } from '../write-whole.ts'
import { showsReport, STDOUT } from './output.ts'
import type { Progress } from './terminal.ts'
import { VisibleBytes } from './visible-bytes.ts'

/** Where the firmware's console goes, and how. */
export interface FirmwareConsole {
  readonly onConsole: ((byte: number) => void) | undefined
  /** What is left of a last line; on a screen or before a report it gets its line end. */
  end(): void
}

export interface ConsoleChoices {
  /** `-` standard output, `fd:3` a descriptor, else a file; left out: standard output, before the report. */
  readonly console?: string
  /** A terminal gets the bytes too. */
  readonly raw?: boolean
  /** It goes nowhere. */
  readonly isSilent?: boolean
}

/** A longer line is shown in pieces. */
const LONGEST_LINE = 4096
const NEWLINE = 10

/** Opens where the console goes. @throws UserError when that cannot be written */
export function firmwareConsole(
  { console: to, raw = false, isSilent = !showsReport() }: ConsoleChoices,
  progress: Progress,
): FirmwareConsole {
  if (to === undefined && isSilent) return { onConsole: undefined, end: () => undefined }
  if (to === undefined || to === STDOUT) {
    const write = (bytes: Uint8Array): void => {
      progress.clear()
      process.stdout.write(bytes)
    }
    return lineByLine(write, process.stdout.isTTY && !raw, true, () => undefined)
  }
  const descriptor = open(to)
  const write = (bytes: Uint8Array): void => writeAll(descriptor, bytes, to)
  const screen = isatty(descriptor)
  return lineByLine(write, screen && !raw, screen, () => {
    if (!/^fd:/.test(to)) closeSync(descriptor)
  })
}

function lineByLine(
  write: (bytes: Uint8Array) => void,
  madeVisible: boolean,
  endsLine: boolean,
  close: () => void,
): FirmwareConsole {
  const shown = madeVisible ? new VisibleBytes() : undefined
  let line: number[] = []
  let last = NEWLINE
  const print = (): void => {
    if (line.length === 0) return
    write(shown ? Buffer.from(shown.add(line)) : Buffer.from(line))
    last = line.at(-1) ?? last
    line = []
  }
  process.once('exit', print)
  return {
    onConsole: (byte) => {
      line.push(byte)
      if (byte === NEWLINE || line.length === LONGEST_LINE) print()
    },
    end: () => {
      process.removeListener('exit', print)
      print()
      const rest = shown?.end() ?? ''
      if (rest !== '') write(Buffer.from(rest))
      if (endsLine && last !== NEWLINE) write(Buffer.from('\n'))
      close()
    },
  }
}

function open(to: string): number {
  const [, descriptor] = /^fd:(\d+)$/.exec(to) ?? []
  try {
    if (descriptor === undefined) return openSync(to, 'w')
    writeSync(Number(descriptor), '') // is it one?
    return Number(descriptor)
  } catch (cause) {
    throw notWritten(to, cause)
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, to: string): void {
  try {
    for (let from = 0; from < bytes.length;) from += writeSync(descriptor, bytes, from)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EPIPE') return // its reader went away
    throw notWritten(to, cause)
  }
}

const notWritten = (to: string, cause: unknown): UserError =>
  new UserError(`--console ${to}: cannot be written: ${whyNotWritten(cause)}.`, undefined, { cause })
