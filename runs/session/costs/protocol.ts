import type { Annotation } from '../../annotate/annotation.ts'
import type { RunReport } from '../../report/run-report.ts'

export type AnnotationAnswer =
  | { readonly kind: 'found'; readonly annotation: Annotation }
  /** In a sentence. */
  | { readonly kind: 'unknown'; readonly why: string }

/** A run that is made again, as far as it has come. */
export interface AgainAnswer {
  /** 0 to 1. */
  readonly share: number
  /** Once it is over. */
  readonly report: RunReport | undefined
}

export interface SourceText {
  readonly path: string
  readonly text: string
}
