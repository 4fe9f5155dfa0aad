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
  /** Number of the name that it began with: what it covers is that name's. */
  readonly kind: number
  /** Number of the name that it ended with, and counts as. */
  countsAs: number
  /** What it carries beside its duration, in the track's unit: latency of an exception, bytes. */
  value: number | undefined
  text: string | undefined
  data: Plain
}

/** What is known when a span begins. */
export interface SpanBegin {
  readonly value?: number | undefined
  /** Of all spans of its name. */
  readonly nameData?: Plain
}

export interface SpanEnd {
  /** Another name than it began with: that of one that was cut off. */
  readonly name?: string | undefined

  readonly value?: number | undefined
  readonly text?: string | undefined
  readonly data?: Plain
}

/** A mark lasts no time, but is at a cycle: it counts where that cycle is. */
export const effectiveEnd = ({ begin, end }: Span): Cycles => Math.max(end, begin + 1)
