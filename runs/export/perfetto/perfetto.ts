/**
 * Perfetto's native trace (TrackEvent): a track for the run, within it one for each group, within these the tracks.
 * Levels are counters, states and spans slices, marks instants or slices. Times are nanoseconds, from which the cycle
 * is found again (../time.ts).
 */
import { displayedIn } from '../displayed.ts'
import type { Piece } from '../output.ts'
import { isFolded } from '../timeline-view.ts'
import type {
  FoldedSpans,
  LevelPiece,
  LevelTrack,
  SpanPiece,
  StateTrack,
  TimelineView,
  Track,
} from '../timeline-view.ts'
import { Packets } from './packets.ts'
import type { Annotation, EventName } from './packets.ts'

export function* perfetto(view: TimelineView): Generator<Piece> {
  const packets = new Packets()
  const groups = new Groups(packets, view.title)
  for (const track of view.tracks) yield* written(track, view, groups, packets)
  yield* packets.taken(true)
}

/** Parents of tracks, made when they are first needed; ranks are in the order of the timeline. */
class Groups {
  readonly #root: number
  readonly #known = new Map<string, number>()
  #rank = 0

  constructor(
    private readonly packets: Packets,
    title: string,
  ) {
    this.#root = packets.track({ name: title, rank: 0 })
  }

  parent(group: string): number {
    if (group === '') return this.#root
    const known = this.#known.get(group)
    if (known !== undefined) return known
    const slash = group.lastIndexOf('/')
    const parent = this.parent(slash < 0 ? '' : group.slice(0, slash))
    const made = this.packets.track({ name: group.slice(slash + 1), parent, rank: this.rank() })
    this.#known.set(group, made)
    return made
  }

  rank(): number {
    return this.#rank++
  }
}

function written(track: Track, view: TimelineView, groups: Groups, packets: Packets): Generator<Piece> {
  switch (track.kind) {
    case 'level':
      return level(track, view, groups, packets)
    case 'state':
      return states(track, view, groups, packets)
    case 'spans':
    case 'marks':
      return spans(track, view, groups, packets)
  }
}

function* level(
  track: LevelTrack,
  { from, to }: TimelineView,
  groups: Groups,
  packets: Packets,
): Generator<Piece> {
  const { info } = track
  const { unit, factor } = displayedIn(info.unit)
  const parent = groups.parent(info.group)
  const curves: [string, (piece: LevelPiece) => number][] = [[info.name, (piece) => piece.average]]
  for (const piece of track.pieces(from, to))
    if (isFolded(piece)) {
      curves.push([`${info.name} minimum`, ({ minimum }) => minimum])
      curves.push([`${info.name} maximum`, ({ maximum }) => maximum])
      break
    }
  const axis = info.axis ?? info.id
  for (const [name, value] of curves) {
    const uuid = packets.track({ name, parent, rank: groups.rank(), counter: { unit, axis } })
    let last = NaN
    for (const piece of track.pieces(from, to)) {
      last = scaled(value(piece), factor)
      packets.counter(uuid, piece.begin, last)
      yield* packets.taken()
    }
    if (!Number.isNaN(last)) packets.counter(uuid, to, last)
  }
}

/** Picoamperes as microamperes: dividing gives the double nearest to it. */
const scaled = (value: number, factor: number): number =>
  factor === 1 ? value : value / Math.round(1 / factor)

function* states(
  track: StateTrack,
  { from, to }: TimelineView,
  groups: Groups,
  packets: Packets,
): Generator<Piece> {
  const { info } = track
  const uuid = packets.track({ name: info.name, parent: groups.parent(info.group), rank: groups.rank() })
  for (const { begin, end, states: held } of track.pieces(from, to)) {
    const name = { interned: held.map(({ state }) => state).join(' | ') }
    const shares = held.length > 1 ? held : []
    const annotations = shares.map(({ state, cycles }): Annotation => [`${state} (cycles)`, cycles])
    packets.begin(uuid, begin, name, annotations)
    packets.end(uuid, end)
    yield* packets.taken()
  }
}

interface Lane {
  readonly uuid: number
  /** Ends of what is open, the innermost last. */
  readonly open: number[]
}

/** Slices nest on a track: what would not goes to another of the same name, which Perfetto shows as one. */
function* spans(
  track: Extract<Track, { kind: 'spans' | 'marks' }>,
  { from, to }: TimelineView,
  groups: Groups,
  packets: Packets,
): Generator<Piece> {
  const { info } = track
  const parent = groups.parent(info.group)
  const rank = groups.rank()
  const lanes: Lane[] = []
  const closeUntil = ({ uuid, open }: Lane, cycle: number): void => {
    for (let end = open.at(-1); end !== undefined && end <= cycle; end = open.at(-1)) {
      packets.end(uuid, end)
      open.pop()
    }
  }
  const lane = (end: number): Lane => {
    for (const one of lanes) if ((one.open.at(-1) ?? Infinity) >= end) return one
    const made = { uuid: packets.track({ name: info.name, parent, rank }), open: [] }
    lanes.push(made)
    return made
  }
  for (const piece of track.pieces(from, to)) {
    for (const one of lanes) closeUntil(one, piece.begin)
    const { uuid, open } = lane(piece.end)
    if (track.kind === 'marks' && piece.end === piece.begin)
      packets.instant(uuid, piece.begin, nameOf(piece, track.kind), annotationsOf(piece, track))
    else {
      packets.begin(uuid, piece.begin, nameOf(piece, track.kind), annotationsOf(piece, track))
      open.push(piece.end)
    }
    yield* packets.taken()
  }
  for (const one of lanes) closeUntil(one, Infinity)
}

/** A mark is known by its text. */
function nameOf(piece: SpanPiece | FoldedSpans, kind: 'spans' | 'marks'): EventName {
  if (piece.kind === 'folded') return { text: `${piece.count} × ${piece.name}` }
  const { name, text } = piece
  return kind === 'marks' && text !== undefined && text !== '' ? { text } : { interned: name }
}

function annotationsOf(piece: SpanPiece | FoldedSpans, { kind, info }: Track): readonly Annotation[] {
  if (piece.kind === 'folded')
    return [
      ['count', piece.count],
      ['busy (cycles)', piece.busyCycles],
    ]
  const { name, value, text, data } = piece
  return [
    ...(value === undefined ? [] : [[info.unit === '' ? 'value' : `value (${info.unit})`, value] as const]),
    ...(text === undefined ? [] : [kind === 'marks' ? (['kind', name] as const) : (['text', text] as const)]),
    ...Object.entries(data ?? {}),
  ]
}
