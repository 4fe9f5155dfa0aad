import { ExitCode, UserError } from '../../runs/errors.ts'
import { whyNotWritten, writeWhole } from '../write-whole.ts'
import { visibleText } from '../../runs/report/show/visible.ts'

/** The name that stands for standard output where a file is asked for. */
export const STDOUT = '-'

export interface OutputOptions {
  /** Exit code and errors only. */
  readonly quiet?: boolean
  readonly json?: unknown
}

/** What this command prints: set before it begins. */
let shown = { report: true, progress: true }

/** Standard output carries the report, or the data that an option sends there: never both. */
export function configureOutput(quiet: boolean, dataOnStdout: boolean): void {
  shown = { report: !quiet && !dataOnStdout, progress: !quiet }
}

export const showsReport = (): boolean => shown.report
export const showsProgress = (): boolean => shown.progress

/** What the command found out, for people. Nothing under --quiet, or where data go to standard output. */
export function printReport(text: string): void {
  if (shown.report) process.stdout.write(text)
}

/** One line for people while or after something is done. */
export function printNote(message: string): void {
  if (shown.progress) process.stderr.write(`boardless: ${visibleText(message)}\n`)
}

/** Writes the whole file or nothing; to standard output where it is named so. @throws UserError */
export async function writeOutput(file: string, content: string): Promise<void> {
  if (file !== STDOUT) return writeWhole(file, content)
  process.stdout.write(process.stdout.isTTY ? asciiControls(content) : content)
}

/** What JSON leaves as it is and a terminal would obey. */
const asciiControls = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * Errors of standard output. A reader that goes away (`boardless run ... | head`) is none: the command goes on, for the
 * files it writes and its exit code. A full disk is: one line, and the end.
 */
export function watchOutput(): void {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE' || cause.code === 'ERR_STREAM_DESTROYED') return
    try {
      process.stderr.write(`boardless: standard output cannot be written: ${whyNotWritten(cause)}.\n`)
    } finally {
      process.exit(ExitCode.badInput)
    }
  })
  process.stderr.on('error', () => undefined) // nowhere is left to say so
}

/** @throws UserError where two outputs of a command would be mixed on standard output */
export function checkOneStdout(named: readonly (readonly [option: string, file: unknown])[]): void {
  const options = named.filter(([, file]) => file === STDOUT).map(([option]) => `--${option}`)
  if (options.length > 1)
    throw new UserError(
      `${options.join(' and ')} cannot both go to standard output; give one of them a file.`,
    )
}
