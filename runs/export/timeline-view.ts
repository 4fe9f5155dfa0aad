/** What exports read of a timeline, and no more: tracks in pieces, from the oldest on. Time is whole cycles of 64 MHz. */
import type { Cycles } from '../../emulator/cpu/bus.ts'

export interface TrackInfo {
  readonly id: string
  readonly name: string
  /** Groups within groups are parted by a slash. */
  readonly group: string
  /** Of a level, `pA` for currents; of what spans and marks carry. Empty where there is none. */
  readonly unit: string
  /** Levels of the same axis are drawn to one scale: an estimate and its measurement. Default: its own id. */
  readonly axis?: string
}

/** What the whole board draws: its track's id. */
export const BOARD_CURRENT = 'current/board'

/** A stretch in which a level is the same, or of which only this is known: then the minimum is below the maximum. */
export interface LevelPiece {
  readonly begin: Cycles
  readonly end: Cycles
  readonly minimum: number
  readonly average: number
  readonly maximum: number
}

/** A stretch in one state, or folded: how long it was in each, the longest first. */
export interface StatePiece {
  readonly begin: Cycles
  readonly end: Cycles
  readonly states: readonly { readonly state: string; readonly cycles: Cycles }[]
}

/** A span, or a mark, which ends where it begins or soon after. */
export interface SpanPiece {
  readonly kind: 'span'
  readonly begin: Cycles
  readonly end: Cycles
  /** 0 outermost. */
  readonly depth: number
  readonly name: string
  /** In the track's unit. */
  readonly value?: number
  readonly text?: string
  readonly data?: Readonly<Record<string, string | number | boolean>>
}

/** Spans of one name of which only this is known: they lie within the stretch, or reach into it. */
export interface FoldedSpans {
  readonly kind: 'folded'
  readonly begin: Cycles
  readonly end: Cycles
  readonly depth: number
  readonly name: string
  readonly count: number
  /** What they lasted within the stretch. */
  readonly busyCycles: Cycles
}

/** Pieces touch each other, by begin, and are cut at the ends of the stretch that is asked for. */
export interface LevelTrack {
  readonly kind: 'level'
  readonly info: TrackInfo
  pieces(from: Cycles, to: Cycles): Iterable<LevelPiece>
}

export interface StateTrack {
  readonly kind: 'state'
  readonly info: TrackInfo
  pieces(from: Cycles, to: Cycles): Iterable<StatePiece>
}

/**
 * Those that are under way in the stretch, whole; one that has not ended ends with it. By begin; of those that begin
 * together the outer ones first. They may overlap.
 */
export interface SpanTrack {
  readonly kind: 'spans'
  readonly info: TrackInfo
  pieces(from: Cycles, to: Cycles): Iterable<SpanPiece | FoldedSpans>
}

/** Those that begin in the stretch, by begin. They may overlap. */
export interface MarkTrack {
  readonly kind: 'marks'
  readonly info: TrackInfo
  pieces(from: Cycles, to: Cycles): Iterable<SpanPiece | FoldedSpans>
}

export type Track = LevelTrack | StateTrack | SpanTrack | MarkTrack

export interface TimelineView {
  /** Of the run, such as the firmware's file. */
  readonly title: string
  readonly from: Cycles
  readonly to: Cycles
  /** As they are to be shown. */
  readonly tracks: readonly Track[]
}

export const isFolded = ({ minimum, maximum }: LevelPiece): boolean => minimum < maximum
