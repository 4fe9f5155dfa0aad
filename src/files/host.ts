/** Node's own, for whoever reads files. */
import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { provideHost, type Host } from '../../runs/bytes/host.ts'

export const nodeHost: Host = {
  newHash() {
    const hash = createHash('sha256')
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') }
  },
  unzlib: (bytes, most) => inflateSync(bytes, { maxOutputLength: most }),
}

provideHost(nodeHost)
