import type { Cycles } from '../cpu/bus.ts'
import type { Plain } from '../snapshot/saved.ts'

/** What spans of one name at one depth have in common. */
export interface SpanName {
  readonly name: string
  /** 0 outermost. */
  readonly depth: number
  readonly data?: Plain
}

/** One span, or with the same begin and end a mark. */
export interface Span {
  /** Its number on the track. */
  readonly number: number
  readonly begin: Cycles
  /** Infinity while it is open. */
  end: Cycles
  /** Number of its name. */
  readonly kind: number
  /** What it carries beside its duration, in the track's unit: latency of an exception, bytes. */
  value: number | undefined
  text: string | undefined
  data: Plain
}

export interface SpanEnd {
  readonly value?: number | undefined
  readonly text?: string | undefined
  readonly data?: Plain
}

/** A mark lasts no time, but is at a cycle: it counts where that cycle is. */
export const effectiveEnd = ({ begin, end }: Span): Cycles => Math.max(end, begin + 1)
