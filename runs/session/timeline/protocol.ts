import type { Drawing } from '../../../emulator/timeline/drawn/drawn.ts'
import type { Statistics } from '../../../emulator/timeline/statistics.ts'

export interface DrawRequest {
  readonly tracks: readonly string[]
  readonly from: number
  readonly to: number
  /** Cycles, a power of two. */
  readonly column: number
}

/** What is folded of a track: before a cycle, stretches of so many cycles are known only together. */
export interface FoldedBefore {
  readonly before: number
  readonly width: number
}

export interface DrawAnswer {
  readonly from: number
  readonly to: number
  readonly column: number
  readonly drawings: Readonly<Record<string, Drawing>>
  /** Of those that are folded further than a column. */
  readonly folded: Readonly<Record<string, FoldedBefore>>
  /** Stretches that were run again and are drawn in full, by time. */
  readonly detailed: readonly { readonly from: number; readonly to: number }[]
}

export type DetailAnswer =
  /** It is there: what is drawn now has it. */
  | { readonly kind: 'there' }
  /** Somebody wanted another one meanwhile. */
  | { readonly kind: 'superseded' }
  /** It would take too long to run again, or more memory than there is room for. */
  | { readonly kind: 'too-much' }
  | { readonly kind: 'never'; readonly why: string }

export interface MeasureAnswer {
  readonly from: number
  readonly to: number
  /** By track. */
  readonly statistics: Readonly<Record<string, Statistics>>
}

/** Something that was found: a span or mark, or a stretch in which there are several. */
export interface Hit {
  readonly track: string
  readonly begin: number
  readonly end: number
  readonly name: string
  readonly text: string
  /** More than one where they are folded. */
  readonly count: number
}

export interface FindAnswer {
  /** By time. */
  readonly hits: readonly Hit[]
  /** There are more. */
  readonly isCut: boolean
}
