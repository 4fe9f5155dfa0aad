import type { Cycles } from '../../cpu/bus.ts'
import { LevelTrack, SpanTrack, StateTrack } from '../tracks.ts'
import type { Track } from '../tracks.ts'
import { levelDrawing } from './level.ts'
import type { LevelDrawing } from './level.ts'
import { linesDrawing } from './lines.ts'
import type { LinesDrawing } from './lines.ts'
import type { Source } from './source.ts'
import { spansDrawing } from './spans.ts'
import type { SpansDrawing } from './spans.ts'
import { stateDrawing } from './states.ts'
import type { StateDrawing } from './states.ts'

export type Drawing = LevelDrawing | StateDrawing | SpansDrawing | LinesDrawing

/**
 * What to draw of one track: pieces that touch each other, each as fine as a column or as what is kept of it, and exact
 * where that takes no more pieces than columns. Columns stand at multiples of their width, so that nothing moves when
 * the stretch does.
 * @param sources by time, of the same track
 * @param column a power of two
 */
export function drawingOf(sources: readonly Source[], column: Cycles): Drawing | undefined {
  const first = sources[0]?.track
  if (first instanceof LevelTrack)
    return levelDrawing(
      sources.filter((one): one is Source<LevelTrack> => one.track instanceof LevelTrack),
      column,
    )
  if (first instanceof StateTrack)
    return stateDrawing(
      sources.filter((one): one is Source<StateTrack> => one.track instanceof StateTrack),
      column,
    )
  const spans = sources.filter((one): one is Source<SpanTrack> => one.track instanceof SpanTrack)
  if (first === undefined) return undefined
  return first.info.decoded === 'samples' ? linesDrawing(spans, column) : spansDrawing(spans, column)
}

/** Cycles that are known only together, where that is more than a column; else 0. */
export const coarseIn = (track: Track, from: Cycles, column: Cycles): Cycles => {
  const { frontier, foldedWidth } = track instanceof SpanTrack ? track.spans : track.steps
  return from < frontier && foldedWidth > column ? foldedWidth : 0
}
