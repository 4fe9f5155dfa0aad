import { isAbsolute, join } from 'node:path'
import { execa, ExecaError } from 'execa'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import type { Environment } from '../paths.ts'
import { whyNotRun } from '../why-not-run.ts'

/** GNU Arm Embedded tools: what to run, and what they call themselves. */
export interface Compiler {
  readonly gcc: string
  readonly gxx: string
  readonly ar: string
  readonly objcopy: string
  /** As in 12.2.1. */
  readonly version: string
  /** The first line of --version: distribution and date too. */
  readonly name: string
}

const lowestMajor = 10

export const installCommand =
  'sudo apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib'

/** Cortex-M4F, hard float. */
export const targetFlags: readonly string[] = [
  '-mcpu=cortex-m4',
  '-mthumb',
  '-mfloat-abi=hard',
  '-mfpu=fpv4-sp-d16',
]

const found = new Map<string, Promise<Compiler>>()

/**
 * Finds arm-none-eabi-gcc on PATH, or in the folder that BOARDLESS_TOOLCHAIN names, and tries it, once a process.
 * Throws UserError (environment) with the command that installs it, when it is missing or will not do.
 */
export function findCompiler(environment: Environment = process.env): Promise<Compiler> {
  const key = JSON.stringify([environment['PATH'], environment['BOARDLESS_TOOLCHAIN']])
  const search = found.get(key) ?? tryCompiler(environment)
  found.set(key, search)
  search.catch(() => found.delete(key))
  return search
}

async function tryCompiler(environment: Environment): Promise<Compiler> {
  const directory = environment['BOARDLESS_TOOLCHAIN']
  const tool = (name: string) => {
    const file = `arm-none-eabi-${name}`
    return directory === undefined || directory === '' ? file : join(directory, file)
  }
  const tools = { gcc: tool('gcc'), gxx: tool('g++'), ar: tool('ar'), objcopy: tool('objcopy') }
  const run = async (file: string, fileArguments: readonly string[], input = '') => {
    const options = { input, env: environment, extendEnv: false } as const
    return (await execa(file, fileArguments, options)).stdout.trim()
  }

  const ask = async (file: string, fileArguments: readonly string[]) => {
    try {
      return await run(file, fileArguments)
    } catch (error) {
      throw unsuitable(`${file} ${notRun(error)}`, directory)
    }
  }
  const machine = await ask(tools.gcc, ['-dumpmachine'])
  if (machine !== 'arm-none-eabi')
    throw unsuitable(`${tools.gcc} is for ${machine}, not arm-none-eabi`, directory)
  const [version, name] = await Promise.all([
    ask(tools.gcc, ['-dumpfullversion']),
    ask(tools.gcc, ['--version']),
    ask(tools.ar, ['--version']),
    ask(tools.objcopy, ['--version']),
  ])
  if (Number.parseInt(version, 10) < lowestMajor) {
    throw unsuitable(`${tools.gcc} is version ${version}, and ${lowestMajor} or later is needed`, directory)
  }
  await checkLibraries(tools.gxx, run, directory)
  return { ...tools, version, name: name.split('\n')[0] ?? name }
}

function notRun(error: unknown): string {
  const said = (error instanceof ExecaError ? String(error.stderr) : '').trim().split('\n')[0] ?? ''
  return whyNotRun(error) ?? `does not run${said === '' ? '' : ` (it says: ${said})`}`
}

type Run = (file: string, fileArguments: readonly string[], input?: string) => Promise<string>

async function checkLibraries(gxx: string, run: Run, directory: string | undefined): Promise<void> {
  const source = '#include <_newlib_version.h>\n#include <math.h>\n#include <type_traits>\n'
  try {
    await run(gxx, [...targetFlags, '-x', 'c++', '-fsyntax-only', '-'], source)
  } catch (error) {
    const said = error instanceof ExecaError ? String(error.stderr) : ''
    const not = whyNotRun(error)
    if (not !== undefined) throw unsuitable(`${gxx} ${not}`, directory)
    const header = /fatal error: (\S+): No such file/.exec(said)?.[1]
    const library = header === 'type_traits' ? 'libstdc++' : 'newlib'
    throw unsuitable(`${gxx} has no ${library}${header === undefined ? '' : ` (${header})`}`, directory)
  }
  const libc = await run(gxx, [...targetFlags, '-print-file-name=libc.a'])
  if (!isAbsolute(libc)) throw unsuitable(`${gxx} has no libc.a for the Cortex-M4F`, directory)
}

function unsuitable(what: string, directory: string | undefined): UserError {
  const isNamed = directory !== undefined && directory !== ''
  const where = isNamed ? ' (from BOARDLESS_TOOLCHAIN); correct or unset that, or' : ';'
  return new UserError(`${what}${where} install it: ${installCommand}`, ExitCode.environment)
}
