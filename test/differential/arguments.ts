import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UserError } from '../../runs/errors.ts'

/** The command line's options. @throws UserError with the usage for one that there is not. */
export function readArguments<T extends ParseArgsConfig>(
  config: T,
  usage: string,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  }
}

/** Runs a command: an error of the user's is one line and an exit code. */
export async function runCommand(name: string, command: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await command()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    process.stderr.write(`${name}: ${error.message}\n`)
    process.exitCode = error.exitCode
  }
}
