/** Files that are there whole or not at all: written beside their place and renamed. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ExitCode, UserError } from './errors.ts'

type Content = string | Uint8Array

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
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = reasons[code] ?? String(cause)
    throw new UserError(`${target}: cannot be written: ${why}.`, ExitCode.badInput, { cause })
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
  ENOSPC: 'disk full',
}
