import { isOfFunctions } from '../../../emulator/timeline/record/functions.ts'
import { UserError } from '../../errors.ts'
import type { Replay } from '../replay.ts'
import type { Answer } from './answer.ts'
import { list, statistics, type Asked, type ListOptions } from './questions.ts'

/** A call may take thirty cycles: what is longer would not fit. */
const LONGEST = 10 * 64_000_000

/** Whether a track is asked for that has functions. */
export const asksForFunctions = (track: string | undefined): track is string =>
  track !== undefined && isOfFunctions(track)

/** With the calls of a stretch on it, inlined ones among them. @throws UserError for one that is too long */
function again(asked: Asked, replay: Replay): Asked {
  const { run, stretch, why } = asked
  const { from, to } = stretch
  if (to - from > LONGEST)
    throw new UserError(
      'each call of the stretch is run again for that, and it is longer than ten seconds. Give a shorter one: --in 1s+20ms.',
    )
  const { report, marks } = run
  return { run: { report, marks, timeline: replay.stretch(from, to) }, stretch, why, detail: undefined }
}

/** Calls of a stretch one by one, nested. */
export function listFunctions(asked: Asked, replay: Replay, track: string, options: ListOptions): Answer {
  const found = list(again(asked, replay), track, options)
  const names = found.rows.map(({ name }) => (typeof name === 'string' ? name : ''))
  const least = Math.min(...names.map((name) => name.length - name.trimStart().length))
  return {
    ...found,
    rows: found.rows.map((row, i) => ({ ...row, name: names[i]?.slice(least) ?? '' })),
    notes: [...found.notes, 'calls with all that comes between: interrupts, sleep; inlined ones too'],
  }
}

/** By name, what calls covered of a stretch and how many ended in it. */
export const statisticsOfFunctions = (asked: Asked, replay: Replay, track: string): Answer =>
  statistics(again(asked, replay), track)
