import { spanText } from '../../../emulator/timeline/span-text.ts'
import type { Timeline } from '../../../emulator/timeline/timeline.ts'
import type { Track } from '../../../emulator/timeline/tracks.ts'
import { SpanTrack, StateTrack } from '../../../emulator/timeline/tracks.ts'
import { operatorName } from '../../recording/query/operator-name.ts'
import type { RunReport } from '../../report/run-report.ts'
import type { FindAnswer, Hit } from './protocol.ts'

const MOST_HITS = 5000

/**
 * Spans and marks whose name or text has it, states that are named so; where they are folded, the buckets that have any.
 * @param more tracks of stretches that were recorded on request, beside those of the run
 */
export function find(
  timeline: Timeline,
  more: readonly Track[],
  text: string,
  report: RunReport | undefined,
): FindAnswer {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return { hits: [], isCut: false }
  const has = (one: string): boolean => one.toLowerCase().includes(wanted)
  const hits: Hit[] = []
  for (const track of [...timeline.tracks.values(), ...more])
    if (track instanceof SpanTrack) hits.push(...inSpans(track, has, report))
    else if (track instanceof StateTrack) hits.push(...inStates(track, timeline.until, has))
  hits.sort((a, b) => a.begin - b.begin)
  return { hits: hits.slice(0, MOST_HITS), isCut: hits.length > MOST_HITS }
}

function* inSpans(
  track: SpanTrack,
  has: (text: string) => boolean,
  report: RunReport | undefined,
): Generator<Hit> {
  const { spans, info } = track
  const shown = spans.names.map(({ name }) => operatorName(report, info.id, name))
  const matches = shown.map((name) => has(name) || has(info.name))
  for (const { begin, end, kind, count } of spans.bucketsIn(0, spans.frontier))
    if (count > 0 && matches[kind])
      yield { track: info.id, begin, end, name: shown[kind] ?? '', text: '', count }
  for (const span of spans.spansIn(spans.frontier, Infinity)) {
    const text = spanText(track, span)
    const name = shown[span.countsAs] ?? ''
    if (!matches[span.countsAs] && !has(text)) continue
    const end = span.end === Infinity ? span.begin : span.end
    yield { track: info.id, begin: span.begin, end, name, text, count: 1 }
  }
}

function* inStates(track: StateTrack, until: number, has: (text: string) => boolean): Generator<Hit> {
  const { steps, states, info } = track
  const matches = states.map((state) => has(state) || (track.isBusy(state) && has(info.name)))
  if (!matches.includes(true)) return
  const hit = (key: number, begin: number, end: number, count: number): Hit => ({
    track: info.id,
    begin,
    end,
    name: states[key] ?? '',
    text: '',
    count,
  })
  for (const { begin, end, keys } of steps.bucketsIn(0, steps.frontier))
    for (const [key] of keys) if (matches[key] && keys.length > 1) yield hit(key, begin, end, 2)
  const { cycles, values } = steps.changesIn(steps.frontier, until)
  for (const [i, cycle] of cycles.entries()) {
    const key = values[i] ?? 0
    if (matches[key]) yield hit(key, cycle, cycles[i + 1] ?? until, 1)
  }
}
