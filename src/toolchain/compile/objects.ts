import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { execa, ExecaError } from 'execa'
import pLimit from 'p-limit'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { checkCache, produce } from '../cache/cache.ts'
import type { Compiler } from './compiler.ts'
import type { Environment } from '../paths.ts'
import { touch } from '../cache/prune.ts'
import { sha256, type Unit } from './units.ts'
import { whyNotRun } from '../why-not-run.ts'

/** Compiles and archives into a folder where each product is named by what it was made from. */
export interface ObjectStore {
  readonly compiler: Compiler
  readonly directory: string
  readonly environment: Environment
}

function objectFile(store: ObjectStore, unit: Unit, flags: readonly string[]): string {
  const key = sha256(
    JSON.stringify([
      store.compiler.name,
      flags,
      unit.flags,
      unit.root.name,
      unit.path,
      unit.includes.map((root) => root.name),
      unit.identity,
    ]),
  )
  return join(store.directory, `${basename(unit.path)}.${key.slice(0, 24)}.o`)
}

/**
 * Compiles what is not in the store yet, on all cores, and gives the object files in the order of the units.
 * Throws UserError with the compiler's first errors.
 */
export async function compileAll(
  store: ObjectStore,
  units: readonly Unit[],
  flags: readonly string[],
  onCompiled: (done: number, of: number, path: string) => void,
): Promise<readonly string[]> {
  const files = units.map((unit) => objectFile(store, unit, flags))
  const limit = pLimit(availableParallelism())
  let done = 0
  const present = await Promise.all(files.map(touch))
  const missing = units.flatMap((unit, index) =>
    present[index] === true ? [] : [{ unit, file: files[index] ?? '' }],
  )
  if (missing.length > 0) await checkCache(store.directory)
  const tasks = missing.map(({ unit, file }) =>
    limit(async () => {
      await compile(store, unit, flags, file)
      done++
      onCompiled(done, missing.length, unit.path)
    }),
  )
  try {
    await Promise.all(tasks)
  } catch (error) {
    limit.clearQueue()
    await Promise.allSettled(tasks.slice(0, done + availableParallelism()))
    throw error
  }
  return files
}

async function compile(
  store: ObjectStore,
  unit: Unit,
  flags: readonly string[],
  file: string,
): Promise<void> {
  const { root, path } = unit
  const compiler = path.endsWith('.c') || path.endsWith('.S') ? store.compiler.gcc : store.compiler.gxx
  const roots = [...unit.includes, root]
  const compilerArguments = [
    ...flags,
    ...unit.flags,
    ...roots.map(({ directory, name }) => `-ffile-prefix-map=${directory}=${name}`),
    ...unit.includes.flatMap(({ directory }) => ['-I', directory]),
    '-c',
    join(root.directory, path),
  ]
  await produce(file, async (temporary) => {
    await runTool(
      store,
      compiler,
      [...compilerArguments, '-o', temporary],
      `${root.name}/${path} does not compile`,
      root.directory,
    )
  })
}

/** Makes an archive of objects, in their order. */
export async function archive(store: ObjectStore, name: string, objects: readonly string[]): Promise<string> {
  const key = sha256(...objects.map((object) => `${basename(object)}\n`))
  const file = join(store.directory, `${name}.${key.slice(0, 24)}.a`)
  if (!(await touch(file))) {
    await produce(file, async (temporary) => {
      await runTool(store, store.compiler.ar, ['qcsD', temporary, ...objects], `${name} cannot be archived`)
    })
  }
  return file
}

/** Runs a tool; when it fails, `what` and the tool's first errors are the message and a log has the rest. */
export async function runTool(
  store: ObjectStore,
  tool: string,
  toolArguments: readonly string[],
  what: string,
  cwd = store.directory,
): Promise<void> {
  try {
    await execa(tool, toolArguments, {
      cwd,
      env: { ...store.environment, LC_ALL: 'C', SOURCE_DATE_EPOCH: '0' },
      extendEnv: false,
      stdin: 'ignore',
      all: true,
    })
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error
    const said: unknown = error.all
    const output = typeof said === 'string' && said !== '' ? said : error.shortMessage
    const log = join(store.directory, '..', 'logs', `${sha256(what, output).slice(0, 16)}.log`)
    await produce(log, (temporary) =>
      writeFile(temporary, `${tool} ${toolArguments.join(' ')}\n\n${output}\n`),
    )
    const crashed = whyNotRun(error) ?? (compilerCrash.test(output) ? 'crashed' : undefined)
    const isEnvironment = noRoom.test(output) || crashed !== undefined
    const exitCode = isEnvironment ? ExitCode.environment : ExitCode.badInput
    const why =
      crashed === undefined ? firstErrors(output) : `${basename(tool)} ${crashed}; not the source is to blame`
    throw new UserError(`${what}: ${why} (all of it: ${log})`, exitCode, { cause: error })
  }
}

/** Not the source's fault. */
const compilerCrash = /internal compiler error|Killed signal terminated program|Segmentation fault/
const noRoom = /No space left on device|Disk quota exceeded|Cannot create temporary file/

const errorLine =
  /error:|Cannot create|undefined reference|multiple definition|will not fit|overflowed by|RAM is full/

const sizeLine = /overflowed by|RAM is full/

/** The lines that say what is wrong, at most three. */
export function firstErrors(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  const wrong = lines.filter((line) => errorLine.test(line) && !line.includes('ld returned'))
  // By how much comes after a line for each section.
  const errors = [
    ...wrong.filter((line) => sizeLine.test(line)),
    ...wrong.filter((line) => !sizeLine.test(line)),
  ]
  return (errors.length > 0 ? errors : lines.filter((line) => line !== '')).slice(0, 3).join('\n')
}
