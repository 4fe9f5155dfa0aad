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

/** Recorded of a stretch when it is asked for: it takes room, or time. */
export interface Extras {
  /** Each call, inlined ones among them. */
  readonly functions: boolean
  /** Each transfer of EasyDMA. */
  readonly dma: boolean
}

/** A measurement that lies over the run. */
export interface MeasuredFacts {
  readonly name: string
  /** How it was laid, as `--align` has it. */
  readonly align: string
  /** The same in words. */
  readonly how: string
  readonly format: string
  readonly samples: number
  readonly samplesPerSecond: number | null
  /** It has digital channels. */
  readonly hasPins: boolean
  /** In cycles of the run; it may begin before it, and end after. */
  readonly from: number
  readonly to: number
  /** Where its first moment is. */
  readonly offset: number
  /** What `query current --measured` says of it all. */
  readonly sentences: readonly string[]
}

/** A stretch measured and estimated, as `query current --measured` answers it. */
export interface ComparedAnswer {
  readonly question: string
  /** Where both are. */
  readonly from: number
  readonly to: number
  readonly columns: readonly { readonly title: string; readonly isText: boolean }[]
  /** All of it, then each phase. */
  readonly rows: readonly (readonly string[])[]
  readonly notes: readonly string[]
  readonly measuredMicroamps: number
  readonly estimatedMicroamps: number
  readonly lowMicroamps: number
  readonly highMicroamps: number
  readonly measuredMicrocoulombs: number
  /** Null where nothing was estimated. */
  readonly differenceShare: number | null
  /** Of the estimate's interval. */
  readonly inside: 'yes' | 'below' | 'above'
}

/** Something by which runs are laid above each other. */
export type Moment =
  | { readonly by: 'start' }
  | { readonly by: 'name'; readonly name: string }
  /** The first line that matches. */
  | { readonly by: 'console'; readonly pattern: string }
  /** From 1 on. */
  | { readonly by: 'inference'; readonly number: number }
