/** Files that are there whole or not at all: written beside their place and renamed. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ExitCode, UserError } from '../runs/errors.ts'

/** What comes piece by piece is written as it comes: it may be larger than memory. */
type Content = string | Uint8Array | Iterable<string | Uint8Array>

/** Half-written: an exit in the middle takes them away. */
const unfinished = new Set<string>()
process.on('exit', () => {
  for (const file of unfinished) rmSync(file, { force: true })
})

/** Writes the whole file or nothing. @throws UserError when it cannot be written. */
export async function writeWhole(file: string, content: Content): Promise<void> {
  await writeAll(file, [[file, content]])
}

/** Writes all files or none of them, by their paths below `folder`, which are made. @throws UserError */
export async function writeFolder(folder: string, files: Readonly<Record<string, Content>>): Promise<void> {
  const entries = Object.entries(files).map(([name, content]) => [join(folder, name), content] as const)
  await writeAll(folder, entries, (file) => mkdir(dirname(file), { recursive: true }))
}

/** Before any work: whether `file` could be written. Leaves nothing. @throws UserError */
export async function checkFile(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined)
  if (there?.isDirectory() === true) throw new UserError(`${file}: cannot be written: is a folder.`)
  if (there !== undefined && !there.isFile())
    throw new UserError(`${file}: cannot be written: not a file. Give the name of one.`)
  await tryIn(dirname(file), file)
}

/** Before any work: whether `folder` is one that could be written to, or made. Leaves nothing. @throws UserError */
export async function checkFolder(folder: string): Promise<void> {
  let place = folder
  for (;;) {
    const there = await stat(place).catch(() => undefined)
    if (there?.isDirectory() === true) break
    if (there !== undefined) throw new UserError(`${folder}: cannot be written: ${place} is not a folder.`)
    if (dirname(place) === place) break
    place = dirname(place)
  }
  await tryIn(place, folder)
}

/** By doing it: who may do what, and where, is said by nothing else; /proc has its own ideas. */
async function tryIn(folder: string, target: string): Promise<void> {
  const file = join(folder, `.boardless-${randomBytes(4).toString('hex')}.part`)
  unfinished.add(file)
  try {
    await writeFile(file, '')
  } catch (cause) {
    throw notWritten(target, cause)
  } finally {
    await rm(file, { force: true }).catch(() => undefined)
    unfinished.delete(file)
  }
}

function notWritten(target: string, cause: unknown): UserError {
  return new UserError(`${target}: cannot be written: ${whyNotWritten(cause)}.`, ExitCode.badInput, { cause })
}

/** What the system says of a write, in our words. */
export function whyNotWritten(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return reasons[code] ?? String(cause)
}

/** @param target what the user named */
async function writeAll(
  target: string,
  files: readonly (readonly [file: string, content: Content])[],
  prepare?: (file: string) => Promise<unknown>,
): Promise<void> {
  const suffix = `.${randomBytes(4).toString('hex')}.part`
  const temporary = files.map(([file]) => file + suffix)
  temporary.forEach((file) => unfinished.add(file))
  try {
    for (const [file, content] of files) {
      await prepare?.(file)
      await writeFile(file + suffix, content)
    }
    for (const [file] of files) await rename(file + suffix, file)
  } catch (cause) {
    await Promise.all(temporary.map((file) => rm(file, { force: true }).catch(() => undefined)))
    if (cause instanceof UserError) throw cause // of who makes the pieces
    throw notWritten(target, cause)
  } finally {
    temporary.forEach((file) => unfinished.delete(file))
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder',
  ENOTDIR: 'is not a folder',
  EEXIST: 'is not a folder',
  EISDIR: 'is a folder',
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  EROFS: 'read-only',
  ENOSPC: 'disk full',
  EDQUOT: 'disk full',
}
