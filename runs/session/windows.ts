import { windowOf, type Window } from '../../emulator/timeline/window.ts'
import type { Timeline } from '../../emulator/timeline/timeline.ts'
import { UserError } from '../errors.ts'
import type { StatisticsAnswer, WindowAnswer, WindowRequest } from './protocol.ts'
import type { Subject } from './subject.ts'

/** What to draw of a stretch, by track. @throws UserError where detail is wanted that cannot be had */
export function windowsOf(subject: Subject, request: WindowRequest): WindowAnswer {
  const { timeline } = subject
  const from = Math.max(request.from, timeline.start)
  const to = Math.min(request.to, timeline.until)
  if (!(from < to)) return { from, to: from, windows: {}, replayed: false }
  const view = { from, to, pixels: Math.max(1, Math.round(request.pixels)) }
  if (request.detail && request.tracks.some((id) => isFolded(timeline, id, from))) {
    const { replay } = subject
    if (!replay)
      throw new UserError(`what happened there in detail is run again, and ${subject.whyNoReplay}.`)
    return { from, to, windows: drawn(replay.stretch(from, to), request.tracks, view), replayed: true }
  }
  return { from, to, windows: drawn(timeline, request.tracks, view), replayed: false }
}

const isFolded = (timeline: Timeline, id: string, from: number): boolean => {
  const track = timeline.tracks.get(id)
  if (!track) return false
  return ('steps' in track ? track.steps.frontier : track.spans.frontier) > from
}

const drawn = (
  timeline: Timeline,
  ids: readonly string[],
  view: Parameters<typeof windowOf>[1],
): Readonly<Record<string, Window>> =>
  Object.fromEntries(
    ids.flatMap((id) => {
      const track = timeline.tracks.get(id)
      return track ? [[id, windowOf(track, view)] as const] : []
    }),
  )

/** Of a stretch, exactly, by track. @throws UserError where its ends are folded and cannot be run again */
export function statisticsOf(
  subject: Subject,
  tracks: readonly string[],
  from: number,
  to: number,
): StatisticsAnswer {
  return Object.fromEntries(
    tracks
      .filter((id) => subject.timeline.tracks.has(id))
      .map((id) => {
        let found = subject.timeline.statistics(id, from, to)
        const { replay } = found.kind === 'folded' ? subject : { replay: undefined }
        if (found.kind === 'folded' && replay) found = subject.timeline.statistics(id, from, to, replay)
        if (found.kind === 'folded')
          throw new UserError(`the ends of that stretch are folded, and ${subject.whyNoReplay}.`)
        return [id, found] as const
      }),
  )
}
