/** What bundle.ts puts beside the files that it makes, known to them as BUILT. */
export interface Built {
  /** Files with the bytes of emitted interpreters, by `interpreterKey`. */
  readonly interpreters: Readonly<Record<string, string>>
  /** File with the demangler's bytes. */
  readonly demangler: string
  readonly sources: SourceDigests
}

/** SHA-256 of the code that results come from, and of the packages that it uses. */
export interface SourceDigests {
  /** Of a training and its variants. */
  readonly training: string
  /** Of a run on the board. */
  readonly board: string
  /** Of all code. */
  readonly all: string
}

declare const BUILT: Built | undefined

/** Undefined where the sources run as they are. */
export const built = typeof BUILT === 'undefined' ? undefined : BUILT

export const builtFile = (name: string): URL => new URL(name, import.meta.url)
