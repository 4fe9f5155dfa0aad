import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * A folder with all above it. Not by Node's `recursive`, which never comes back where a folder cannot be made and the
 * system says ENOENT, as in /proc (Node 20). @throws what mkdir and stat do
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = []
  let above = resolve(folder)
  for (; !(await isThere(above)); above = dirname(above)) missing.unshift(above)
  for (const one of missing.length === 0 ? [above] : missing) await makeOne(one)
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    // Another process may have been first; a file is no folder.
    if (codeOf(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
