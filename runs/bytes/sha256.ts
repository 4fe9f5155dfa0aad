import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** SHA-256 of what comes piece by piece. */
export interface Hash {
  update(bytes: Uint8Array): void
  /** Once, when all has come. In hexadecimal. */
  digest(): string
}

let make = (): Hash => {
  const hash = sha256.create()
  return { update: (bytes) => hash.update(bytes), digest: () => bytesToHex(hash.digest()) }
}

/** Whose surroundings have a faster one gives it: Node's is ten times as fast, to the same result. */
export function provideHash(faster: () => Hash): void {
  make = faster
}

export const newHash = (): Hash => make()

export function sha256Of(bytes: Uint8Array): string {
  const hash = make()
  hash.update(bytes)
  return hash.digest()
}
