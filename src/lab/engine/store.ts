/** Finished results in files named by their content: what is there is whole, or is made again. */
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cache } from '../../model/experiment.ts'
import { writeWhole } from '../../write-whole.ts'

const version = 1

export class Store implements Cache {
  constructor(readonly folder: string) {}

  #file(key: string): string {
    return join(this.folder, `${key}.json`)
  }

  /** undefined for what is not there, was cut off, or is somebody else's. */
  async get(key: string): Promise<string | undefined> {
    const text = await readFile(this.#file(key), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const [head = '', ...body] = text.split('\n')
    const value = body.join('\n')
    return head === heading(key, value) ? value : undefined
  }

  async set(key: string, value: string): Promise<void> {
    await mkdir(this.folder, { recursive: true })
    await writeWhole(this.#file(key), `${heading(key, value)}\n${value}`)
  }
}

const heading = (key: string, value: string): string =>
  `boardless lab ${version} ${key} ${createHash('sha256').update(value).digest('hex')}`

/** The same store under keys of one's own: results of other code are not found. */
export const within = (store: Cache, name: string): Cache => {
  const own = (key: string) => createHash('sha256').update(`${name}\n${key}`).digest('hex')
  return { get: (key) => store.get(own(key)), set: (key, value) => store.set(own(key), value) }
}
