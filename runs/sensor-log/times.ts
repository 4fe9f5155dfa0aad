/** The times of a whole recording: made to go forward, and what was noticed of them. */
import type { Note } from './log.ts'

export interface Timing {
  /** Seconds from the first row, without those left out. */
  readonly times: Float64Array
  readonly leavesOut: (row: number) => boolean
  readonly leftOut: number
  /** Median of the steps; NaN for one row. */
  readonly stepSeconds: number
  readonly notes: readonly Note[]
}

/** Longer than so many usual steps is a gap. */
const GAP_STEPS = 3
/** Further back than so many usual steps the recording has begun anew. */
const ANEW_STEPS = 10
/** What a run can be. */
const LONGEST_SECONDS = 4 * 365 * 86_400

export class TimesTrouble extends Error {
  constructor(
    message: string,
    readonly row: number,
    readonly advice: string,
  ) {
    super(message)
  }
}

class Noticed {
  count = 0
  first = 0
  longest = 0
  longestRow = 0

  add(row: number, length = 0): void {
    if (this.count === 0) this.first = row
    this.count += 1
    if (length <= this.longest) return
    this.longest = length
    this.longestRow = row
  }
}

/**
 * Rows with the time of one before them are left out; where time leaps back the recording goes on a usual step later.
 * @throws TimesTrouble where most rows have no time of their own, or the recording is longer than a run can be
 */
export function goForward(times: Float64Array, lineOf: (row: number) => number): Timing {
  const step = medianStep(times)
  const [same, back, anew, gaps] = [new Noticed(), new Noticed(), new Noticed(), new Noticed()]
  if (times.length > 1 && Number.isNaN(step))
    throw new TimesTrouble('time does not increase', 1, 'say how fast it was recorded: --rate 100Hz')
  const left = new Uint8Array(times.length)
  let leftOut = 0
  const leaveOut = (row: number): void => {
    left[row] = 1
    leftOut += 1
  }
  let shift = 0
  let newest = times[0] ?? 0
  for (let row = 1; row < times.length; row++) {
    const time = (times[row] ?? 0) + shift
    const forward = time - newest
    if (forward > 0) {
      if (forward > GAP_STEPS * step) gaps.add(row, forward)
    } else if (forward === 0) {
      same.add(row)
      leaveOut(row)
      continue
    } else if (-forward <= ANEW_STEPS * step) {
      back.add(row, -forward)
      leaveOut(row)
      continue
    } else {
      anew.add(row, -forward)
      shift += newest + step - time
    }
    newest = (times[row] ?? 0) + shift
    times[row] = newest
    if (newest - (times[0] ?? 0) > LONGEST_SECONDS)
      throw new TimesTrouble(
        'the recording is longer than four years',
        row,
        'name the unit: --columns time_ms=COLUMN',
      )
  }
  if (same.count * 2 > times.length)
    throw new TimesTrouble(
      `time does not increase: ${same.count} of ${times.length} rows have the time of the row before`,
      same.first,
      'say how fast it was recorded: --rate 100Hz',
    )
  const leavesOut = (row: number): boolean => left[row] === 1
  const kept = leftOut === 0 ? times : times.filter((_, row) => !leavesOut(row))
  return {
    times: kept,
    leavesOut,
    leftOut,
    stepSeconds: step,
    notes: notesOf({ same, back, anew, gaps }, step, lineOf),
  }
}

function notesOf(
  { same, back, anew, gaps }: Readonly<Record<'same' | 'back' | 'anew' | 'gaps', Noticed>>,
  step: number,
  lineOf: (row: number) => number,
): readonly Note[] {
  const at = ({ first }: Noticed): string => `first at line ${lineOf(first)}`
  const note = (noticed: Noticed, message: string): readonly Note[] =>
    noticed.count === 0 ? [] : [{ message, count: noticed.count, line: lineOf(noticed.first) }]
  return [
    ...note(
      gaps,
      `${many(gaps.count, 'gap')} in time, ${at(gaps)}, the longest of ${seconds(gaps.longest)} at line ${lineOf(gaps.longestRow)} ` +
        `where a step is ${seconds(step)}: the sample before it holds`,
    ),
    ...note(same, `${many(same.count, 'row')} with the time of the row before, ${at(same)}: left out`),
    ...note(back, `${many(back.count, 'row')} earlier than the row before, ${at(back)}: left out`),
    ...note(
      anew,
      `time begins anew ${anew.count === 1 ? 'once' : `${anew.count} times`}, ${at(anew)}: played on, a step of ${seconds(step)} later`,
    ),
  ]
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
export const seconds = (value: number): string =>
  value < 1 ? `${Number((1000 * value).toPrecision(3))} ms` : `${Number(value.toPrecision(4))} s`

/** Of the steps forward. */
function medianStep(times: Float64Array): number {
  const steps = new Float64Array(Math.max(0, times.length - 1))
  let count = 0
  for (let row = 1; row < times.length; row++) {
    const step = (times[row] ?? 0) - (times[row - 1] ?? 0)
    if (step > 0) steps[count++] = step
  }
  const sorted = steps.subarray(0, count).sort()
  return sorted[count >> 1] ?? NaN
}
