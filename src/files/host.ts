/** What Node has of its own for those who read files. */
import { createHash } from 'node:crypto'
import { provideHash } from '../../runs/bytes/sha256.ts'

provideHash(() => {
  const hash = createHash('sha256')
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') }
})
