/** A timeline as tables: levels side by side, a row at each change; and all that happened, a row for each. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import { table } from './csv.ts'
import type { Column } from './csv.ts'
import { displayedIn } from './displayed.ts'
import type { Piece } from './output.ts'
import { secondsText } from './time.ts'
import { isFolded } from './timeline-view.ts'
import type { LevelPiece, LevelTrack, TimelineView, TrackInfo } from './timeline-view.ts'

interface Moment {
  readonly cycle: Cycles
  /** Of each track, what holds from now on. */
  readonly pieces: readonly (LevelPiece | undefined)[]
}

/**
 * Time, cycle, and a column for each level; three where a level is folded somewhere: its average, and what it was
 * between. The last row is the end.
 */
export function csvLevels(view: TimelineView): Iterable<Piece> {
  const levels = view.tracks.filter((track) => track.kind === 'level')
  const columns: Column<Moment>[] = [
    { title: 'time (s)', cell: ({ cycle }) => secondsText(cycle) },
    { title: 'time (cycles)', cell: ({ cycle }) => cycle },
    ...levels.flatMap((track, at) => columnsOf(track, at, view)),
  ]
  return table(columns, moments(levels, view))
}

function columnsOf(track: LevelTrack, at: number, { from, to }: TimelineView): readonly Column<Moment>[] {
  const { asciiUnit, scaled } = displayedIn(track.info.unit)
  const column = (what: string, value: (piece: LevelPiece) => number): Column<Moment> => ({
    title: `${track.info.name}${what}${asciiUnit === '' ? '' : ` (${asciiUnit})`}`,
    cell: ({ pieces }) => {
      const piece = pieces[at]
      return piece && scaled(value(piece))
    },
  })
  const average = column('', (piece) => piece.average)
  if (!some(track.pieces(from, to), isFolded)) return [average]
  return [average, column(' minimum', (piece) => piece.minimum), column(' maximum', (piece) => piece.maximum)]
}

function some<T>(all: Iterable<T>, is: (one: T) => boolean): boolean {
  for (const one of all) if (is(one)) return true
  return false
}

function* moments(levels: readonly LevelTrack[], { from, to }: TimelineView): Generator<Moment> {
  const streams = levels.map((track) => track.pieces(from, to)[Symbol.iterator]())
  const next = streams.map((stream) => taken(stream))
  const now: (LevelPiece | undefined)[] = streams.map(() => undefined)
  for (;;) {
    const cycle = next.reduce((least, piece) => Math.min(least, piece?.begin ?? Infinity), Infinity)
    if (cycle === Infinity) break
    streams.forEach((stream, at) => {
      if (next[at]?.begin !== cycle) return
      now[at] = next[at]
      next[at] = taken(stream)
    })
    yield { cycle, pieces: [...now] }
  }
  yield { cycle: to, pieces: now }
}

function taken(stream: Iterator<LevelPiece>): LevelPiece | undefined {
  const next = stream.next()
  return next.done === true ? undefined : next.value
}

interface Happening {
  readonly info: TrackInfo
  readonly kind: 'state' | 'span' | 'mark'
  readonly begin: Cycles
  readonly end: Cycles
  readonly depth?: number
  readonly name: string
  /** More than 1: of what is folded. */
  readonly count: number
  /** Within begin and end: less than these are apart where it is folded. */
  readonly cycles: Cycles
  readonly value?: number | undefined
  readonly text?: string | undefined
  readonly data?: Readonly<Record<string, string | number | boolean>> | undefined
}

const HAPPENING: readonly Column<Happening>[] = [
  { title: 'group', cell: ({ info }) => info.group },
  { title: 'track', cell: ({ info }) => info.name },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'begin (s)', cell: ({ begin }) => secondsText(begin) },
  { title: 'end (s)', cell: ({ end }) => secondsText(end) },
  { title: 'begin (cycles)', cell: ({ begin }) => begin },
  { title: 'end (cycles)', cell: ({ end }) => end },
  { title: 'lasted (cycles)', cell: ({ cycles }) => cycles },
  { title: 'depth', cell: ({ depth }) => depth },
  { title: 'name', cell: ({ name }) => name },
  { title: 'count', cell: ({ count }) => count },
  { title: 'value', cell: ({ value }) => value },
  { title: 'unit of value', cell: ({ info, value }) => (value === undefined ? undefined : info.unit) },
  { title: 'text', cell: ({ text }) => text },
  { title: 'data (JSON)', cell: ({ data }) => data && JSON.stringify(data) },
]

/** States, spans and marks, track by track. What is folded has a row for each name in it, and its count. */
export const csvEvents = (view: TimelineView): Iterable<Piece> => table(HAPPENING, happenings(view))

function* happenings({ tracks, from, to }: TimelineView): Generator<Happening> {
  for (const track of tracks) {
    const { info } = track
    if (track.kind === 'state')
      for (const { begin, end, states } of track.pieces(from, to))
        for (const { state, cycles } of states)
          yield { info, kind: 'state', begin, end, name: state, count: 1, cycles }
    if (track.kind === 'spans' || track.kind === 'marks') {
      const kind = track.kind === 'spans' ? 'span' : 'mark'
      for (const piece of track.pieces(from, to))
        if (piece.kind === 'folded') yield { ...piece, info, kind, cycles: piece.busyCycles }
        else yield { ...piece, info, kind, count: 1, cycles: piece.end - piece.begin }
    }
  }
}
