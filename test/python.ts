/** Programs of others that tests ask, in Python: packages pinned by version and hash. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { cacheDirectory, produceFolder } from '../src/toolchain/cache/cache.ts'

/** A Python that has them, installed on first use; a string says why there is none. */
export async function findPython(requirements: string): Promise<{ python: string } | { missing: string }> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const venv = join(cacheDirectory(), 'tests', `venv-${wanted.slice(0, 12)}`)
  const python = join(venv, 'bin', 'python')
  if (existsSync(venv)) return { python }
  try {
    await produceFolder(venv, async (building) => {
      await execa('python3', ['-m', 'venv', building])
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes']
      await execa(join(building, 'bin', 'python'), [...pip, '--only-binary=:all:', '-r', requirements])
    })
    return { python }
  } catch (error) {
    // In continuous integration a test that did not run is a failure.
    if (process.env['CI']) throw error
    return { missing: error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error) }
  }
}
