/** The user's cache: where it is, and what is put there whole or not at all, whoever else is at it. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { makeFolder } from '../../make-folder.ts'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { whyNotWritten } from '../../write-whole.ts'
import type { Environment } from '../paths.ts'

/**
 * The folder that BOARDLESS_CACHE names, or `boardless` where this system keeps caches.
 * @throws UserError (environment) for a user without a home
 */
export function cacheDirectory(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const named = environment['BOARDLESS_CACHE'] ?? ''
  if (named !== '') return resolve(named)
  // A relative one is to be ignored: XDG Base Directory Specification.
  const xdg = environment['XDG_CACHE_HOME'] ?? ''
  if (isAbsolute(xdg)) return join(xdg, 'boardless')
  const local = environment['LOCALAPPDATA'] ?? ''
  if (platform === 'win32' && isAbsolute(local)) return join(local, 'boardless', 'Cache')
  const home = homeOf(environment)
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'boardless')
  return platform === 'win32'
    ? join(home, 'AppData', 'Local', 'boardless', 'Cache')
    : join(home, '.cache', 'boardless')
}

function homeOf(environment: Environment): string {
  const named = environment['HOME'] ?? ''
  if (isAbsolute(named)) return named
  try {
    const { homedir } = userInfo()
    if (isAbsolute(homedir)) return homedir
  } catch {
    // a number without an entry in the list of users
  }
  throw new UserError(
    'this user has no home folder to keep builds in: set BOARDLESS_CACHE to a folder',
    ExitCode.environment,
  )
}

/** Objects and firmware. */
export const buildDirectory = (environment?: Environment): string =>
  join(cacheDirectory(environment), 'build')

/** Finished measurements of the lab. */
export const labDirectory = (environment?: Environment): string => join(cacheDirectory(environment), 'lab')

/** Before any work: whether something could be put into `folder`. @throws UserError (environment) naming it */
export async function checkCache(folder: string): Promise<void> {
  await produce(join(folder, 'trial'), (temporary) => writeFile(temporary, ''))
  await rm(join(folder, 'trial'), { force: true })
}

/** Makes a folder of the cache where it is missing. @throws UserError (environment) naming it */
export async function makeCacheFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((cause: unknown) => {
    throw notWritten(folder, cause)
  })
}

/** `make` writes to a name of its own, which is then renamed. Where another process was first, theirs stays. */
export async function produce(file: string, make: (temporary: string) => Promise<void>): Promise<void> {
  await makeCacheFolder(dirname(file))
  await place(file, make)
}

/** The same for a folder. */
export async function produceFolder(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  await makeCacheFolder(dirname(folder))
  await place(folder, async (temporary) => {
    await mkdir(temporary)
    await fill(temporary)
  })
}

async function place(to: string, make: (temporary: string) => Promise<void>): Promise<void> {
  // Threads share a number of process; so do containers that share a cache.
  const temporary = `${to}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await make(temporary)
    await renameUnlessThere(temporary, to)
  } catch (cause) {
    throw isOfWriting(cause, to) ? notWritten(dirname(to), cause) : cause
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Of a write to `to` or what is made beside it; `make` reads other files too. */
function isOfWriting(cause: unknown, to: string): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT') return true
  const { path, dest } = cause as NodeJS.ErrnoException & { readonly dest?: string }
  return [path, dest].some((one) => one?.startsWith(to))
}

async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}

function notWritten(folder: string, cause: unknown): UserError {
  return new UserError(
    `the cache folder ${folder} cannot be written: ${whyNotWritten(cause)}. Set BOARDLESS_CACHE to a folder of your own`,
    ExitCode.environment,
    { cause },
  )
}
