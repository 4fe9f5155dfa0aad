/** Runs that were made, by their contents: the same firmware, inputs, options and tool give the same run, to the byte. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { built } from '../built.ts'
import { sourceDigests } from '../lab/engine/fingerprint.ts'
import { buildDirectory, makeCacheFolder } from '../toolchain/cache/cache.ts'
import { pruneDaily, touch } from '../toolchain/cache/prune.ts'
import { writeWhole } from '../write-whole.ts'

export const hashOf = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}\n`).update(part)
  return hash.digest('hex')
}

const fileOf = (key: string): string => join(buildDirectory(), 'checks', `${key}.json.gz`)

/** undefined for what is not there, or was cut off. */
export async function stored(key: string): Promise<unknown> {
  try {
    const file = fileOf(key)
    const value: unknown = JSON.parse(gunzipSync(await readFile(file)).toString())
    await touch(file)
    return value
  } catch {
    return undefined
  }
}

/** @throws UserError (environment) where the cache cannot be written */
export async function store(key: string, value: unknown): Promise<void> {
  await makeCacheFolder(join(buildDirectory(), 'checks'))
  await writeWhole(fileOf(key), gzipSync(JSON.stringify(value), { level: 6 }))
  await pruneDaily(buildDirectory())
}

/** Of the code that makes runs. */
export const toolHash = (): string => (digest ??= (built?.sources ?? sourceDigests()).all)

let digest: string | undefined
