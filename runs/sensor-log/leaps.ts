/** Values that no movement makes: alone among their neighbours, or a step from which nothing comes back. */
import type { LogChannel, Note } from './log.ts'

/** Fewer do not tell what is usual. */
const FEWEST_ROWS = 50
/** Differences that are looked at for what is usual, spread over the recording. */
const MOST_DIFFERENCES = 10_000
/** Greater than so many times what all but one in a hundred differences keep to, and than those beside it. */
const TIMES_USUAL = 10
const USUAL = 0.99

interface Found {
  readonly title: string
  readonly rows: readonly number[]
  readonly count: number
}

const MOST_NAMED = 3

/**
 * Spikes (one sample stands out and the next is back) and jumps (from one level to another within a sample), as a
 * lost sample, a glitch on the bus or two recordings in one file make them. A knock on the sensor can look the same:
 * both are told, and played as they are.
 * @param placeOf Where a row is, in words
 */
export function leaps(channels: readonly LogChannel[], placeOf: (row: number) => string): readonly Note[] {
  const found = channels.map((channel) => ({ title: channel.title, ...leapsOf(channel.values) }))
  return [
    ...note(
      found.map(({ title, spikes }) => ({ title, rows: spikes.rows, count: spikes.count })),
      'a sample that stands out alone',
      placeOf,
    ),
    ...note(
      found.map(({ title, jumps }) => ({ title, rows: jumps.rows, count: jumps.count })),
      'a jump between two samples',
      placeOf,
    ),
  ]
}

class Rows {
  readonly rows: number[] = []
  count = 0

  add(row: number): void {
    this.count += 1
    if (this.rows.length < MOST_NAMED) this.rows.push(row)
  }
}

function leapsOf(values: Float64Array): { readonly spikes: Rows; readonly jumps: Rows } {
  const [spikes, jumps] = [new Rows(), new Rows()]
  if (values.length < FEWEST_ROWS) return { spikes, jumps }
  const at = (row: number): number => values[row] ?? NaN
  const usual = usualDifference(values)
  const limit = TIMES_USUAL * usual
  const step = (row: number): number => at(row) - at(row - 1)
  for (let row = 1; row < values.length - 1; row++) {
    const [into, out] = [step(row), step(row + 1)]
    const large = Math.abs(into)
    if (!(large > limit)) continue
    const before = row > 1 ? Math.abs(step(row - 1)) : 0
    const after = row + 2 < values.length ? Math.abs(step(row + 2)) : 0
    if (TIMES_USUAL * before > large) continue
    if (Math.abs(into + out) * TIMES_USUAL <= large && TIMES_USUAL * after <= large) {
      spikes.add(row)
      row += 1
    } else if (TIMES_USUAL * Math.abs(out) <= large) jumps.add(row)
  }
  return { spikes, jumps }
}

/** What all but one in a hundred differences of one sample to the next keep to; the smallest above 0 where that is 0. */
function usualDifference(values: Float64Array): number {
  const every = Math.max(1, Math.ceil(values.length / MOST_DIFFERENCES))
  const differences = new Float64Array(Math.floor((values.length - 1) / every))
  for (let i = 0; i < differences.length; i++)
    differences[i] = Math.abs((values[i * every + 1] ?? 0) - (values[i * every] ?? 0))
  differences.sort()
  const usual = differences[Math.floor(USUAL * (differences.length - 1))] ?? 0
  return usual > 0 ? usual : (differences.find((difference) => difference > 0) ?? 0)
}

function note(found: readonly Found[], what: string, placeOf: (row: number) => string): readonly Note[] {
  const where = found.filter(({ count }) => count > 0)
  if (where.length === 0) return []
  const count = where.reduce((sum, one) => sum + one.count, 0)
  const places = where.map(({ title, rows, count: ofChannel }) => {
    const more = ofChannel > rows.length ? ` and ${ofChannel - rows.length} more` : ''
    return `${title} (${rows.map(placeOf).join(', ')}${more})`
  })
  return [
    {
      message: `${what}, ${TIMES_USUAL} times what is usual or more: ${places.join(', ')}; played as it is`,
      count,
      line: 0,
    },
  ]
}
