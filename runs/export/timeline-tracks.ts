/** A recorded timeline as exports read it: what is kept one by one, and before that the buckets it was folded into. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import type { Plain } from '../../emulator/snapshot/saved.ts'
import type { SpanBucket } from '../../emulator/timeline/folded-spans.ts'
import type { Span } from '../../emulator/timeline/span.ts'
import { spanData, spanText } from '../../emulator/timeline/span-text.ts'
import type { StepBucket, Steps } from '../../emulator/timeline/steps.ts'
import type { Timeline } from '../../emulator/timeline/timeline.ts'
import { FURTHER } from '../../emulator/timeline/track.ts'
import { LevelTrack, StateTrack } from '../../emulator/timeline/tracks.ts'
import type { SpanTrack, Track as Recorded } from '../../emulator/timeline/tracks.ts'
import type { FoldedSpans, LevelPiece, SpanPiece, StatePiece, TimelineView, Track } from './timeline-view.ts'

/**
 * The stretch [from, to) of a timeline, all of it unless it is said. A bucket at an end of the stretch is cut in
 * proportion: whoever wants these exactly records the stretch again.
 */
export const viewOf = (
  timeline: Timeline,
  title: string,
  from: Cycles = timeline.start,
  to: Cycles = timeline.until,
): TimelineView => ({
  title,
  from: Math.max(from, timeline.start),
  to: Math.min(to, timeline.until),
  tracks: [...timeline.tracks.values()].map(trackOf).sort((a, b) => rankOf(a) - rankOf(b)),
})

/** What is asked first stands first; groups that nobody knows come last, each in the order in which it came to be. */
const GROUPS: readonly string[] = [
  'current',
  'phases',
  'inference',
  'functions',
  'processor',
  'console',
  'sensors',
  'buses',
  'pins',
  'current of the chip',
  'current of the board',
  'parts of the chip',
  'parts of the board',
  'chip',
]

const rankOf = ({ info }: Track): number => {
  const rank = GROUPS.indexOf(info.group)
  return rank < 0 ? GROUPS.length : rank
}

function trackOf(track: Recorded): Track {
  const { id, name, group, unit } = track.info
  const info = { id, name, group, unit }
  if (track instanceof LevelTrack)
    return { kind: 'level', info, pieces: (from, to) => levels(track.steps, from, to) }
  if (track instanceof StateTrack)
    return { kind: 'state', info, pieces: (from, to) => states(track, from, to) }
  return { kind: track.info.kind, info, pieces: (from, to) => spans(track, from, to) }
}

function* levels(steps: Steps, from: Cycles, to: Cycles): Generator<LevelPiece> {
  for (const bucket of steps.bucketsIn(from, to)) {
    const { minimum, average, maximum } = bucket
    yield { ...cut(bucket, from, to), minimum, average, maximum }
  }
  for (const { begin, end, value } of recent(steps, from, to))
    yield { begin, end, minimum: value, average: value, maximum: value }
}

function* states({ steps, states: names }: StateTrack, from: Cycles, to: Cycles): Generator<StatePiece> {
  const state = (key: number): string => names[key] ?? ''
  for (const bucket of steps.bucketsIn(from, to)) {
    const { begin, end } = cut(bucket, from, to)
    const part = (end - begin) / (bucket.end - bucket.begin)
    const held = [...bucket.keys].sort(([, a], [, b]) => b - a)
    yield {
      begin,
      end,
      states: held.map(([key, cycles]) => ({ state: state(key), cycles: Math.round(cycles * part) })),
    }
  }
  for (const { begin, end, value } of recent(steps, from, to))
    yield { begin, end, states: [{ state: state(value), cycles: end - begin }] }
}

const cut = (
  { begin, end }: StepBucket,
  from: Cycles,
  to: Cycles,
): { readonly begin: Cycles; readonly end: Cycles } => ({
  begin: Math.max(begin, from),
  end: Math.min(end, to),
})

/** What is kept one by one. */
function* recent(
  steps: Steps,
  from: Cycles,
  to: Cycles,
): Generator<{ readonly begin: Cycles; readonly end: Cycles; readonly value: number }> {
  let begin = Math.max(from, steps.frontier)
  if (begin >= to) return
  let value = steps.valueAt(begin)
  const { cycles, values } = steps.changesIn(begin + 1, to)
  for (const [at, cycle] of cycles.entries()) {
    yield { begin, end: cycle, value }
    begin = cycle
    value = values[at] ?? 0
  }
  yield { begin, end: to, value }
}

/** By begin, the outer ones first: those that are kept may have begun before what is folded ends. */
function* spans(track: SpanTrack, from: Cycles, to: Cycles): Generator<SpanPiece | FoldedSpans> {
  const kept = track.spans.spansIn(from, to)[Symbol.iterator]()
  let next = kept.next()
  const until = function* (begin: Cycles): Generator<SpanPiece> {
    for (; next.done !== true && next.value.begin < begin; next = kept.next())
      yield spanOf(track, next.value, to)
  }
  for (const bucket of track.spans.bucketsIn(from, to)) {
    yield* until(bucket.begin)
    yield foldedOf(track, bucket)
  }
  yield* until(Infinity)
}

function foldedOf(
  { spans: { names } }: SpanTrack,
  { begin, end, kind, count, covered }: SpanBucket,
): FoldedSpans {
  const { name, depth } = names[kind] ?? { name: '', depth: 0 }
  return { kind: 'folded', begin, end, depth, name, count, busyCycles: covered }
}

function spanOf(track: SpanTrack, span: Span, to: Cycles): SpanPiece {
  const { names } = track.spans
  const { begin, end, kind, countsAs, value } = span
  const [text, data] = [spanText(track, span), spanData(track, span)]
  const { depth } = names[kind] ?? { depth: 0 }
  const name = names[countsAs]?.name ?? ''
  return {
    kind: 'span',
    begin,
    end: end === Infinity ? Math.max(to, begin) : end,
    depth,
    // Of names beyond what a track tells apart, the text is the name.
    name: name === FURTHER && text !== '' ? text : name,
    ...(value !== undefined && { value }),
    ...(text !== '' && name !== FURTHER && { text }),
    ...(data !== undefined && { data: flat(data) }),
  }
}

type Flat = Readonly<Record<string, string | number | boolean>>

/** What is within something else as JSON. */
function flat(data: Plain): Flat {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || ArrayBuffer.isView(data))
    return { data: simple(data) }
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => (value === undefined ? [] : [[key, simple(value)]])),
  )
}

const simple = (value: Plain): string | number | boolean => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return String(value)
  return JSON.stringify(ArrayBuffer.isView(value) ? [...value].map(Number) : (value ?? null))
}
