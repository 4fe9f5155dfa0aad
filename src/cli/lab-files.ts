import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ExitCode, UserError } from '../errors.ts'

/** Writes all files or none of them, by their paths below `folder`. @throws UserError */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const suffix = `.${randomBytes(4).toString('hex')}.part`
  const paths = Object.keys(files).map((name) => join(folder, name))
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path + suffix, content)
    }
    for (const path of paths) await rename(path + suffix, path)
  } catch (cause) {
    await Promise.all(paths.map((path) => rm(path + suffix, { force: true }).catch(() => undefined)))
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = {
      ENOTDIR: 'is not a folder',
      EEXIST: 'is not a folder',
      EACCES: 'not allowed',
      ENOSPC: 'disk full',
    }[code]
    throw new UserError(`${folder}: cannot be written: ${why ?? String(cause)}`, ExitCode.badInput, { cause })
  }
}
