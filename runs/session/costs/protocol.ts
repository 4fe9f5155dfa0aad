import type { Annotation } from '../../annotate/annotation.ts'
import type { RunReport } from '../../report/run-report.ts'

export type AnnotationAnswer =
  | {
      readonly kind: 'found'
      readonly annotation: Annotation
      /** What stands around lines that have code, of files that were given; by file and line. */
      readonly blocks: readonly SourceBlock[]
    }
  /** In a sentence. */
  | { readonly kind: 'unknown'; readonly why: string }

/** A run that is made again, as far as it has come. */
export interface AgainAnswer {
  /** 0 to 1. */
  readonly share: number
  /** Once it is over. */
  readonly report: RunReport | undefined
}

export interface SourceBlock {
  readonly path: string
  /** Of the first line. */
  readonly from: number
  readonly lines: readonly string[]
}

export interface SourceText {
  readonly path: string
  readonly text: string
}
