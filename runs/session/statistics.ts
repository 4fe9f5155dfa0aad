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
  const { timeline } = subject
  const known = tracks.filter((id) => timeline.tracks.has(id))
  let found = timeline.statisticsOfEach(known, from, to)
  const { replay } = found.some(({ kind }) => kind === 'folded') ? subject : { replay: undefined }
  if (replay) found = timeline.statisticsOfEach(known, from, to, replay)
  return Object.fromEntries(
    known.flatMap((id, i) => {
      const one = found[i]
      if (one?.kind === 'folded')
        throw new UserError(`the ends of that stretch are folded, and ${subject.whyNoReplay}.`)
      return one ? [[id, one] as const] : []
    }),
  )
}
