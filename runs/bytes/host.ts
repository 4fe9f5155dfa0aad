/** What runs need that their surroundings have, or portable.ts. */
export interface Host {
  readonly newHash: () => Hash
  /** A zlib stream, whole. @throws Error for what is damaged, and for more than `most` bytes */
  readonly unzlib: (bytes: Uint8Array, most: number) => Uint8Array
}

/** SHA-256 of what comes piece by piece. */
export interface Hash {
  update(bytes: Uint8Array): void
  /** Once, when all has come. In hexadecimal. */
  digest(): string
}

let provided: Host | undefined

/** Before anything else of a run: whoever starts says what there is. */
export function provideHost(host: Host): void {
  provided = host
}

function host(): Host {
  if (!provided) throw new Error('provideHost comes before anything else of a run')
  return provided
}

export const newHash = (): Hash => host().newHash()
export const unzlib = (bytes: Uint8Array, most: number): Uint8Array => host().unzlib(bytes, most)

export function sha256Of(bytes: Uint8Array): string {
  const hash = newHash()
  hash.update(bytes)
  return hash.digest()
}
