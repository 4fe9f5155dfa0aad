import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * A folder with all above it. Not by Node's `recursive`, which never comes back where a folder cannot be made and the
 * system says ENOENT, as in /proc (Node 20). @throws what mkdir does
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = []
  let above = resolve(folder)
  while (!(await isThere(above))) {
    missing.unshift(above)
    above = dirname(above)
  }
  for (const one of missing)
    await mkdir(one).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error // another process was first
    })
  if (missing.length === 0) await mkdir(resolve(folder)).catch(ignoreFolder(resolve(folder)))
}

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

/** What is there and is no folder is an error. */
const ignoreFolder =
  (path: string) =>
  async (error: NodeJS.ErrnoException): Promise<void> => {
    if (error.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
  }
