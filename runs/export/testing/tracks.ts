/** Tracks made of lists, for tests. */
import type {
  FoldedSpans,
  LevelPiece,
  LevelTrack,
  MarkTrack,
  SpanPiece,
  SpanTrack,
  StatePiece,
  StateTrack,
  TrackInfo,
} from '../timeline-view.ts'

interface Stretch {
  readonly begin: number
  readonly end: number
}

const info = (group: string, name: string, unit: string): TrackInfo => ({
  id: `${group}.${name}`,
  group,
  name,
  unit,
})

function* cut<T extends Stretch>(pieces: readonly T[], from: number, to: number): Generator<T> {
  for (const piece of pieces)
    if (piece.end > from && piece.begin < to)
      yield { ...piece, begin: Math.max(piece.begin, from), end: Math.min(piece.end, to) }
}

/** What was folded is given whole. @param changes cycle and value, or a piece that is folded */
export function levelTrack(
  group: string,
  name: string,
  unit: string,
  changes: readonly (readonly [number, number] | LevelPiece)[],
  to: number,
  axis?: string,
): LevelTrack {
  const begins = changes.map((one) => ('begin' in one ? one.begin : one[0]))
  const pieces = changes.map((one, at): LevelPiece => {
    if ('begin' in one) return one
    const [begin, value] = one
    return { begin, end: begins[at + 1] ?? to, minimum: value, average: value, maximum: value }
  })
  return {
    kind: 'level',
    info: { ...info(group, name, unit), ...(axis !== undefined && { axis }) },
    pieces: (from, until) => cut(pieces, from, until),
  }
}

export function stateTrack(
  group: string,
  name: string,
  changes: readonly (readonly [number, string] | StatePiece)[],
  to: number,
): StateTrack {
  const begins = changes.map((one) => ('begin' in one ? one.begin : one[0]))
  const pieces = changes.map((one, at): StatePiece => {
    if ('begin' in one) return one
    const [begin, state] = one
    const end = begins[at + 1] ?? to
    return { begin, end, states: [{ state, cycles: end - begin }] }
  })
  return { kind: 'state', info: info(group, name, ''), pieces: (from, until) => cut(pieces, from, until) }
}

type Listed = Omit<SpanPiece, 'kind'> | FoldedSpans

const spans = (listed: readonly Listed[]): readonly (SpanPiece | FoldedSpans)[] =>
  listed.map((one) => ('kind' in one ? one : { kind: 'span', ...one }))

export const spanTrack = (
  group: string,
  name: string,
  unit: string,
  listed: readonly Listed[],
): SpanTrack => ({
  kind: 'spans',
  info: info(group, name, unit),
  pieces: () => spans(listed),
})

export const markTrack = (
  group: string,
  name: string,
  unit: string,
  listed: readonly Listed[],
): MarkTrack => ({
  kind: 'marks',
  info: info(group, name, unit),
  pieces: () => spans(listed),
})
