import type { Bench } from '../lab/make/bench.ts'

/** A bench as text, without the folder, which is each machine's own; the same bench gives the same text. */
export const benchText = ({ dataset, given, fingerprints }: Bench): string =>
  JSON.stringify({
    dataset,
    given: given && { ...given, bytes: Buffer.from(given.bytes).toString('base64') },
    fingerprints,
  })

export function benchOf(text: string, folder: string): Bench {
  const { dataset, given, fingerprints } = JSON.parse(text) as Omit<Bench, 'given' | 'folder'> & {
    readonly given: (Omit<NonNullable<Bench['given']>, 'bytes'> & { readonly bytes: string }) | null
  }
  return {
    dataset,
    given: given && { ...given, bytes: new Uint8Array(Buffer.from(given.bytes, 'base64')) },
    folder,
    fingerprints,
  }
}
