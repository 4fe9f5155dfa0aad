import { CommanderError } from 'commander'
import { ExitCode, UserError } from '../../runs/errors.ts'
import { visibleText } from '../../runs/report/show/visible.ts'
import { commandLine } from './command-line.ts'
import { INTERRUPTED } from './outcome.ts'
import { watchOutput } from './output.ts'
import { flush } from './terminal.ts'

/** Runs the command line. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  watchOutput()
  const abort = new AbortController()
  onInterrupt(abort)
  let exitCode: number = ExitCode.fine
  const program = commandLine((code) => (exitCode = code), abort.signal)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    exitCode = report(error, argv.includes('--debug'))
  }
  await flush()
  return exitCode
}

/** The first Ctrl-C ends the run in an orderly way, the second at once. */
function onInterrupt(abort: AbortController): void {
  process.on('SIGINT', () => {
    if (abort.signal.aborted) process.exit(INTERRUPTED)
    abort.abort()
    setTimeout(() => process.exit(INTERRUPTED), 5000).unref()
  })
  process.on('SIGTERM', () => process.exit(143))
}

function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return ExitCode.fine
    if (error.code !== 'commander.help') say(usage(error))
    return ExitCode.badInput
  }
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`)
  if (error instanceof UserError) {
    say(error.message)
    return error.exitCode
  }
  const message = error instanceof Error ? error.message : String(error)
  say(`unexpected: ${message}${debug ? '' : ' (--debug shows where)'}`)
  return ExitCode.budgetFailed
}

/** As commander says it, with its suggestion, and where all commands are. */
function usage({ code, message }: CommanderError): string {
  const said = message.replace(/^error: /, '')
  return code === 'commander.unknownCommand'
    ? `${said}${said.endsWith('?)') ? '' : '.'} See boardless --help.`
    : said
}

function say(message: string): void {
  process.stderr.write(`boardless: ${visibleText(message.replace(/\s*\n\s*/g, ' '))}\n`)
}
