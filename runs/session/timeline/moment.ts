import { UserError } from '../../errors.ts'
import { viewOf } from '../../export/timeline-tracks.ts'
import type { TimelineView } from '../../export/timeline-view.ts'
import { markNamed, type Mark } from '../../recording/marks.ts'
import { consoleLine } from '../../recording/query/measured.ts'
import { INFERENCE } from '../../recording/query/operator-name.ts'
import type { Subject } from '../subject.ts'
import type { Moment } from './protocol.ts'

/** Where in a run something is that other runs have too. @throws UserError where it is not there */
export function momentOf(subject: Subject, marks: readonly Mark[], moment: Moment): number {
  const { timeline } = subject
  switch (moment.by) {
    case 'start':
      return timeline.start
    case 'name':
      return markNamed(marks, moment.name).fromCycle
    case 'console':
      return consoleLine(viewOf(timeline, ''), patternOf(moment.pattern))
    case 'inference':
      return inference(subject, moment.number)
  }
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (cause) {
    throw new UserError(`${text}: not a regular expression.`, undefined, { cause })
  }
}

/** The n-th, from 1 on; where it is folded, its bucket is run again. */
function inference(subject: Subject, number: number): number {
  const { timeline, replay } = subject
  if (!(Number.isInteger(number) && number >= 1)) throw new UserError('the first inference is number 1.')
  let left = number
  for (const piece of inferencesIn(viewOf(timeline, ''))) {
    const count = piece.kind === 'folded' ? piece.count : 1
    if (left > count) {
      left -= count
      continue
    }
    if (piece.kind === 'span') return piece.begin
    if (!replay) throw new UserError(`inference ${number} is folded, and ${subject.whyNoReplay}.`)
    const again = viewOf(replay.stretch(piece.begin, piece.end), '', piece.begin, piece.end)
    // One that goes on where the bucket begins was counted in the bucket before.
    const begun = [...inferencesIn(again)].filter(({ begin }) => begin >= piece.begin)
    const found = begun[left - 1]
    if (found) return found.begin
    left -= begun.length
  }
  throw new UserError(`${subject.title} has no inference ${number}, but ${number - left}.`)
}

const inferencesIn = (
  view: TimelineView,
): readonly {
  readonly kind: 'span' | 'folded'
  readonly begin: number
  readonly end: number
  readonly count: number
}[] => {
  const operators = view.tracks.find(({ info }) => info.id === 'operators')
  if (operators?.kind !== 'spans') return []
  return [...operators.pieces(view.from, view.to)].flatMap((piece) =>
    INFERENCE.test(piece.name) ? [{ ...piece, count: piece.kind === 'folded' ? piece.count : 1 }] : [],
  )
}
