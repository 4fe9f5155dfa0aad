/** What measurements are made with: the same in every thread. */
import type { Normalisation } from '../../model/data/dataset.ts'
import type { Dataset } from '../../model/data/windows.ts'

/** The user's own model. */
export interface GivenFile {
  /** As the user named it. */
  readonly name: string
  readonly bytes: Uint8Array
  readonly sha256: string
  /** From metadata.json beside it; null: values go in as they are recorded. */
  readonly normalisation: Normalisation | null
}

export interface Bench {
  readonly dataset: Dataset
  readonly given: GivenFile | null
  /** Where finished parts are kept. */
  readonly folder: string
  /** What the parts depend on beside what they are called. */
  readonly fingerprints: { readonly training: string; readonly board: string }
}
