/** Which columns of a recording are what. */
import { SURROUNDING_UNITS } from '../../emulator/trace/surroundings.ts'
import { named } from './found.ts'
import type { ColumnChoice } from './choices.ts'
import { AXES, ColumnTrouble, KINDS, choosesChannels, exampleOf } from './planned.ts'
import type { Motion, Plan, PlanOptions, PlannedChannel } from './planned.ts'
import { sensors } from './sensors.ts'
import { readTitle } from './titles.ts'
import type { Title } from './titles.ts'
import { KIND_UNITS, factorOf, timeUnit, unitFits, unitsOf } from './units.ts'

/** @param head the first rows: NaN for what is no number, Infinity for one that is not finite @throws ColumnTrouble */
export function planColumns(
  titles: readonly string[],
  head: readonly (readonly number[])[],
  options: PlanOptions,
): Plan {
  const read = readTitles(titles, options)
  const motion = read.flatMap((one, at): Motion[] =>
    one.is === 'motion' ? [{ ...one, at, title: titles[at] ?? '' }] : [],
  )
  const times = read
    .flatMap((one, at) =>
      one.is === 'time' ? [{ at, title: titles[at] ?? '', unit: one.unit, rank: one.rank }] : [],
    )
    .sort((a, b) => a.rank - b.rank)
  const label = read.findIndex(({ is }) => is === 'label')
  const around = surroundings(titles, read)
  const planned =
    options.keep !== 'motion'
      ? { channels: everything(titles, read, head, options), notes: [] }
      : motion.length === 0 && around.length > 0
        ? { channels: around, notes: [] }
        : withOthers(sensors(titles, motion, head, options), around)
  return {
    times: options.rateHz === undefined ? times : [],
    label: label < 0 ? undefined : label,
    channels: planned.channels,
    notes: planned.notes,
  }
}

const withOthers = (
  { channels, notes }: ReturnType<typeof sensors>,
  around: readonly PlannedChannel[],
): ReturnType<typeof sensors> => ({ channels: [...channels, ...around], notes })

/** What other sensors than those of motion measure. @throws ColumnTrouble */
function surroundings(titles: readonly string[], read: readonly Title[]): readonly PlannedChannel[] {
  const found = read.flatMap((one, at): PlannedChannel[] =>
    one.is === 'surrounding'
      ? [{ at, title: titles[at] ?? '', name: one.what, unit: SURROUNDING_UNITS[one.what], factor: 1 }]
      : [],
  )
  const twin = found.find(({ name }, n) => found.findIndex((other) => other.name === name) < n)
  if (twin === undefined) return found
  throw new ColumnTrouble(`column "${named(twin.title)}": ${twin.name} is there twice`, 'take one away')
}

/** Titles of the columns that were not used. @param time of the column that was taken for it */
export function ignoredOf(
  titles: readonly string[],
  { label, channels }: Plan,
  time: number | undefined,
): readonly string[] {
  const used = new Set([label, time, ...channels.map(({ at }) => at)])
  return titles.filter((title, at) => title.trim() !== '' && !used.has(at))
}

/** By --columns where it is given, else by the titles. */
function readTitles(titles: readonly string[], options: PlanOptions): readonly Title[] {
  const found = titles.map((title): Title => {
    const read = readTitle(title)
    if (read.is !== 'axis') return read
    const { axesAre } = options
    return axesAre === undefined
      ? read
      : { is: 'motion', axis: read.axis, rank: 0, ...axesAre, unit: axesAre.unit }
  })
  const { columns } = options
  if (columns === undefined) return found
  const chosen = found.map((one): Title => {
    const keeps =
      (one.is === 'time' && !columns.some(({ as }) => readTitle(as).is === 'time')) ||
      (one.is === 'label' && !columns.some(({ as }) => as === 'label')) ||
      ((one.is === 'motion' || one.is === 'surrounding') && !choosesChannels(columns))
    return keeps ? one : { is: 'other' }
  })
  for (const choice of columns) {
    const at = columnOf(choice, titles)
    chosen[at] = chosenTitle(choice, found[at], titles, options)
  }
  return chosen
}

function columnOf({ as, of }: ColumnChoice, titles: readonly string[]): number {
  const exact = titles.findIndex((title) => title.trim() === of)
  if (exact >= 0) return exact
  const loose = titles.findIndex((title) => title.trim().toLowerCase() === of.toLowerCase())
  if (loose >= 0) return loose
  const [, number] = /^col(\d+)$/i.exec(of) ?? []
  const at = Number(number) - 1
  if (number !== undefined && at >= 0 && at < titles.length) return at
  throw new ColumnTrouble(
    `--columns ${as}=${of}: there is no column "${of}"`,
    'name a column that is there, or colN',
  )
}

function chosenTitle(
  { as, of }: ColumnChoice,
  own: Title | undefined,
  titles: readonly string[],
  { keep }: PlanOptions,
): Title {
  const read = readTitle(as)
  if (read.is === 'label') return read
  if (read.is === 'time') {
    const [, unit] = /_(.*)$/.exec(as) ?? []
    if (unit !== undefined && timeUnit(unit) === undefined)
      throw new ColumnTrouble(
        `--columns ${as}=${of}: no such unit of time`,
        'use time_s, time_ms, time_us or time_ns',
      )
    return { ...read, unit: read.unit ?? (own?.is === 'time' ? own.unit : undefined) }
  }
  if (read.is === 'surrounding') return read
  if (read.is !== 'motion' || !/^[agm][xyz](_|$)/.test(as)) {
    if (keep === 'all') return { is: 'other' }
    throw new ColumnTrouble(
      `--columns ${as}=${of}: "${as}" is none of ax, ay, az, gx, gy, gz, mx, my, mz, time and label`,
      exampleOf(titles),
    )
  }
  if (read.unit === undefined && as.includes('_'))
    throw new ColumnTrouble(
      `--columns ${as}=${of}: unit not known`,
      `use ${unitsOf(read.kind)
        .map((unit) => `${as.slice(0, 2)}_${unit}`)
        .join(', ')}`,
    )
  const ownUnit =
    own?.is === 'motion' && own.unit !== undefined && unitFits(own.unit, read.kind) ? own.unit : undefined
  return { ...read, rank: 0, unit: read.unit ?? ownUnit }
}

/** Every column that has numbers in its first row; those of a motion sensor first, if there are no others. */
function everything(
  titles: readonly string[],
  read: readonly Title[],
  head: readonly (readonly number[])[],
  { asRecorded, columns }: PlanOptions,
): readonly PlannedChannel[] {
  const channels = read.flatMap((one, at): PlannedChannel[] => {
    const title = titles[at] ?? ''
    const wanted =
      !choosesChannels(columns) ||
      one.is === 'motion' ||
      columns?.some((choice) => columnOf(choice, titles) === at) === true
    if (one.is === 'time' || one.is === 'label' || !wanted || !isNumeric(head, at)) return []
    const as = columns?.find((choice) => columnOf(choice, titles) === at)?.as ?? title
    const plain = {
      at,
      title,
      name: one.is === 'other' || one.is === 'surrounding' ? as : title,
      unit: '',
      factor: 1,
    }
    if (one.is !== 'motion' || one.unit === undefined || one.rank > 0 || asRecorded === true) return [plain]
    return [
      { at, title, name: `${one.kind}${one.axis}`, unit: KIND_UNITS[one.kind], factor: factorOf(one.unit) },
    ]
  })
  const twin = channels.find(({ name }, at) => channels.findIndex((other) => other.name === name) < at)
  if (twin !== undefined)
    throw new ColumnTrouble(
      `column "${named(twin.title)}": ${twin.name} is there twice`,
      'take one away, or choose with --columns',
    )
  if (channels.length === 0)
    throw new ColumnTrouble('no columns of numbers', 'a column for each channel is needed')
  const order = KINDS.flatMap((kind) => AXES.map((axis) => `${kind}${axis}`))
  const place = ({ name }: PlannedChannel): number => order.indexOf(name)
  return channels.every(({ unit }) => unit !== '')
    ? [...channels].sort((a, b) => place(a) - place(b))
    : channels
}

const isNumeric = (head: readonly (readonly number[])[], at: number): boolean =>
  head.length === 0 || head.some((row) => !Number.isNaN(row[at] ?? NaN))
