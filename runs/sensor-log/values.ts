/** What is odd about the values of a recording. Nothing is corrected. */
import { unitByGravity } from './gravity.ts'
import { leaps } from './leaps.ts'
import type { LogChannel, Note } from './log.ts'
import { METRES_PER_SECOND_SQUARED_PER_G, KIND_UNITS } from './units.ts'

/** Fewer do not tell that a channel is constant. */
const FEWEST_ROWS = 10
/** Magnitudes that are looked at, spread over the recording. */
const MOST_MAGNITUDES = 10_000
/** No motion sensor for a board goes further. */
const FASTEST_DPS = 4000

export const noticed = (
  channels: readonly LogChannel[],
  placeOf: (row: number) => string = (row) => `sample ${row + 1}`,
): readonly Note[] => [
  ...constant(channels),
  ...gravity(channels),
  ...rotation(channels),
  ...leaps(channels, placeOf),
]

function constant(channels: readonly LogChannel[]): readonly Note[] {
  const still = channels.filter(
    ({ values }) => values.length >= FEWEST_ROWS && values.every((value) => value === values[0]),
  )
  if (still.length === 0) return []
  const names = still.map(
    ({ title, values, unit }) => `${title} (${Number((values[0] ?? 0).toPrecision(4))} ${unit})`,
  )
  return [
    {
      message: `the same in all rows: ${names.map((name) => name.replace(' )', ')')).join(', ')}`,
      count: still.length,
      line: 0,
    },
  ]
}

const threeOf = (channels: readonly LogChannel[], kind: string): readonly LogChannel[] =>
  ['x', 'y', 'z'].flatMap(
    (axis) => channels.find(({ name, unit }) => name === `${kind}${axis}` && unit !== '') ?? [],
  )

function gravity(channels: readonly LogChannel[]): readonly Note[] {
  const axes = threeOf(channels, 'a')
  const [first] = axes
  if (axes.length !== 3 || first === undefined) return []
  const every = Math.max(1, Math.ceil(first.values.length / MOST_MAGNITUDES))
  const rows = Array.from({ length: Math.ceil(first.values.length / every) }, (_, n) =>
    axes.map(({ values }) => values[n * every] ?? NaN),
  )
  const shows = unitByGravity(rows)
  const titles = axes.map(({ title }) => title).join(', ')
  const scaled = (factor: number): readonly (readonly number[])[] =>
    rows.map((row) => row.map((value) => value * factor))
  if (shows === 'ms2')
    return [looksLike(titles, 'about 9.8 g at rest', 'm/s2', `ax_ms2=${first.title},...`, rows.length)]
  if (shows === 'mg')
    return [looksLike(titles, 'about 1000 g at rest', 'mg', `ax_mg=${first.title},...`, rows.length)]
  if (shows === undefined && unitByGravity(scaled(METRES_PER_SECOND_SQUARED_PER_G)) === 'g')
    return [
      looksLike(
        titles,
        'about 0.1 g at rest',
        'g in columns of m/s2',
        `ax_g=${first.title},...`,
        rows.length,
      ),
    ]
  return []
}

const looksLike = (titles: string, is: string, like: string, choice: string, rows: number): Note => ({
  message: `${titles}: ${is}, in the middle half of ${rows} samples: looks like ${like}; it is played as it says. If so: --columns ${choice}`,
  count: 1,
  line: 0,
})

function rotation(channels: readonly LogChannel[]): readonly Note[] {
  const beyond = threeOf(channels, 'g').flatMap(({ title, values }) => {
    const count = values.reduce((sum, value) => sum + (Math.abs(value) > FASTEST_DPS ? 1 : 0), 0)
    return count === 0 ? [] : [{ title, count }]
  })
  if (beyond.length === 0) return []
  const count = beyond.reduce((sum, one) => sum + one.count, 0)
  return [
    {
      message: `${beyond.map(({ title }) => title).join(', ')}: ${count} samples beyond ${FASTEST_DPS} ${KIND_UNITS.g}, faster than sensors go: looks like degrees a second in columns of rad/s`,
      count,
      line: 0,
    },
  ]
}
