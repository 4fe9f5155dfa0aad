import { UserError } from '../errors.ts'
import type { StatisticsAnswer } from './protocol.ts'
import type { Subject } from './subject.ts'

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
