import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa, ExecaError } from 'execa'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import type { SourcePackage } from './packages.ts'
import type { Environment } from '../paths.ts'
import { meaningOf, whyNotRun } from '../why-not-run.ts'

const installCommands = {
  cargo: 'sudo apt-get install cargo',
  pip: 'sudo apt-get install python3-pip',
  npm: 'sudo apt-get install npm',
} as const

/**
 * Has the package's own manager, as it is set up on this machine, fetch the archive.
 * `scratch` is an empty folder to work in. Gives the archives found: cargo's own cache may hold several.
 */
export async function fetchArchives(
  source: SourcePackage,
  scratch: string,
  environment: Environment,
): Promise<Uint8Array[]> {
  const run = (command: string, commandArguments: readonly string[]) =>
    execa(command, commandArguments, {
      cwd: scratch,
      env: command === 'cargo' ? withToolchains(environment) : environment,
      extendEnv: false,
      stdin: 'ignore',
      all: true,
    })
  const { name, version } = source
  try {
    switch (source.manager) {
      case 'cargo':
        return await fetchCrate(source, scratch, environment, run)
      case 'pip':
        await run('pip', [
          ...['download', '--quiet', '--no-deps', '--ignore-requires-python', '--disable-pip-version-check'],
          ...(source.archive === 'zip' ? ['--only-binary', ':all:'] : ['--no-binary', name]),
          ...['--dest', '.', `${name}==${version}`],
        ])
        break
      case 'npm':
        await run('npm', ['pack', '--silent', '--ignore-scripts', `${name}@${version}`])
        break
    }
  } catch (error) {
    throw explain(source, error)
  }
  return readAll(
    scratch,
    (await readdir(scratch)).filter((file) => /\.(tgz|tar\.gz|whl)$/.test(file)),
  )
}

/**
 * rustup's cargo looks for its toolchains in the home folder. Where that has none, as under another HOME, those beside
 * cargo's own folder are meant.
 */
function withToolchains(environment: Environment): Environment {
  const home = environment['HOME'] ?? homedir()
  if (environment['RUSTUP_HOME'] !== undefined || existsSync(join(home, '.rustup'))) return environment
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (!existsSync(join(folder, 'cargo'))) continue
    const toolchains = join(folder, '..', '..', '.rustup')
    return existsSync(toolchains) ? { ...environment, RUSTUP_HOME: toolchains } : environment
  }
  return environment
}

type Run = (command: string, commandArguments: readonly string[]) => Promise<unknown>

async function fetchCrate(
  { name, version }: SourcePackage,
  scratch: string,
  environment: Environment,
  run: Run,
): Promise<Uint8Array[]> {
  const home = environment['CARGO_HOME'] ?? join(homedir(), '.cargo')
  const cached = async () => {
    const cache = join(home, 'registry', 'cache')
    const registries = existsSync(cache) ? await readdir(cache) : []
    return registries
      .map((registry) => join(registry, `${name}-${version}.crate`))
      .map((file) => join(cache, file))
  }
  const present = async () => (await cached()).filter((file) => existsSync(file))
  if ((await present()).length === 0) {
    try {
      await run('cargo', ['info', '--quiet', `${name}@${version}`])
    } catch (error) {
      // `cargo info` came with cargo 1.82; before that only a project's dependencies can be fetched.
      if (!(error instanceof ExecaError) || !error.message.includes('no such')) throw error
      await writeFile(
        join(scratch, 'Cargo.toml'),
        `[package]\nname = "fetch"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n[dependencies]\n${name} = "=${version}"\n`,
      )
      await writeFile(join(scratch, 'lib.rs'), '')
      await run('cargo', ['fetch', '--quiet'])
    }
  }
  return readAll('', await present())
}

function readAll(directory: string, files: readonly string[]): Promise<Uint8Array[]> {
  return Promise.all(files.map((file) => readFile(join(directory, file))))
}

function explain(source: SourcePackage, error: unknown): unknown {
  if (!(error instanceof ExecaError)) return error
  const what = `${source.carries} (${source.name} ${source.version})`
  const not = whyNotRun(error)
  if (not !== undefined) {
    const remedy =
      error.code === 'ENOENT'
        ? `install it: ${installCommands[source.manager]}`
        : `its path: ${programOf(source.manager)}`
    return new UserError(
      `${source.manager} ${not}, and ${what} is fetched with it; ${remedy}`,
      ExitCode.environment,
      { cause: error },
    )
  }
  const all: unknown = error.all
  const output = typeof all === 'string' ? all : ''
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const said = lines.filter((line) => /error|could not|caused by/i.test(line)).at(-1) ?? lines.at(-1) ?? ''
  const means = meaningOf(output) ?? `to see all of it: ${error.escapedCommand}`
  return new UserError(
    `${what} could not be fetched and is not in the cache: ${means} ` +
      `(${source.manager} said: ${said.trim() === '' ? 'nothing' : said.trim()})`,
    ExitCode.environment,
    { cause: error },
  )
}

/** As PATH has it. */
function programOf(name: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? name
}
