import type { CoefficientReport } from '../report/power-report.ts'
import type { LevelPiece, StatePiece, TimelineView } from '../export/timeline-view.ts'
import { Cumulative } from './cumulative.ts'

/** What the board draws if every coefficient were at that end of its interval at once. */
export interface EstimateInterval {
  readonly low: (from: number, to: number) => number
  readonly high: (from: number, to: number) => number
}

interface Ends {
  readonly low: number
  readonly high: number
  /** Picoamperes that the upper end has where the value is 0. */
  readonly slack: number
}

const EXACT: Ends = { low: 1, high: 1, slack: 0 }

/** Part by part, in the states that it was in: averages in pA of stretches that lie in the view. */
export function estimateInterval(
  { tracks, from, to }: TimelineView,
  coefficients: readonly CoefficientReport[],
): EstimateInterval {
  const ends = new Map(
    coefficients.filter(({ unit }) => unit === 'microamps').map((one) => [keyOf(one), endsOf(one)]),
  )
  const parts = tracks.flatMap((current) => {
    const part = /^current\/(.+)$/.exec(current.info.id)?.[1]
    const states = tracks.find(({ info }) => info.id === `state/${part}`)
    if (part === undefined || current.kind !== 'level' || states?.kind !== 'state') return []
    const of = (end: 'low' | 'high'): Cumulative =>
      Cumulative.of(
        scaled(
          current.pieces(from, to),
          states.pieces(from, to),
          (state) => ends.get(`${part}/${state}`) ?? EXACT,
          end,
        ),
      )
    return [{ low: of('low'), high: of('high') }]
  })
  const sum = (end: 'low' | 'high') => (begin: number, until: number) =>
    parts.reduce((total, part) => total + part[end].average(begin, until), 0)
  return { low: sum('low'), high: sum('high') }
}

const keyOf = ({ part, state }: CoefficientReport): string => `${part}/${state}`

const endsOf = ({ value, low, high }: CoefficientReport): Ends =>
  value > 0 ? { low: low / value, high: high / value, slack: 0 } : { low: 1, high: 1, slack: 1e6 * high }

/** Both ascend and cover the same stretch. */
function* scaled(
  levels: Iterable<LevelPiece>,
  states: Iterable<StatePiece>,
  endsIn: (state: string) => Ends,
  end: 'low' | 'high',
): Generator<LevelPiece> {
  const all = states[Symbol.iterator]()
  let state = all.next()
  for (const level of levels) {
    for (let begin = level.begin; begin < level.end;) {
      while (state.done !== true && state.value.end <= begin) state = all.next()
      const until = state.done === true ? level.end : Math.min(level.end, state.value.end)
      const average = state.done === true ? level.average : averageOf(level.average, state.value, endsIn, end)
      yield { begin, end: until, minimum: average, average, maximum: average }
      begin = until
    }
  }
}

/** In proportion, where a bucket has several states. */
function averageOf(
  level: number,
  { begin, end, states }: StatePiece,
  endsIn: (state: string) => Ends,
  which: 'low' | 'high',
): number {
  return states.reduce((sum, { state, cycles }) => {
    const ends = endsIn(state)
    return sum + ((level * ends[which] + (which === 'high' ? ends.slack : 0)) * cycles) / (end - begin)
  }, 0)
}
