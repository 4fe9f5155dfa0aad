/** Node's own, for whoever reads files. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { useEmitted } from '../../emulator/cpu/engine/emitted.ts'
import { provideHost, type Host } from '../../runs/bytes/host.ts'
import { built, builtFile } from '../built.ts'

export const nodeHost: Host = {
  newHash() {
    const hash = createHash('sha256')
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') }
  },
  unzlib: (bytes, most) => inflateSync(bytes, { maxOutputLength: most }),
}

provideHost(nodeHost)

const interpreters = built?.interpreters ?? {}

useEmitted((key) => {
  const file = interpreters[key]
  return file === undefined ? undefined : bytesOf(file)
})

function bytesOf(file: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(readFileSync(builtFile(file)))
  } catch {
    return undefined
  }
}
