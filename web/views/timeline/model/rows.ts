import type { TrackInfo } from '../../../../emulator/timeline/track.ts'

/** What the user made of the rows. */
export interface Arrangement {
  /** Ids of tracks. */
  readonly hidden: readonly string[]
  readonly shown: readonly string[]
  readonly pinned: readonly string[]
  /** Names of groups of the first run; of those below, with the run in front, as `run-2:buses`. */
  readonly closed: readonly string[]
  /** Of those below, which are folded unless it is said. */
  readonly opened?: readonly string[]
  /** Ids of tracks that were moved, each in front of another of its group. */
  readonly moved: readonly (readonly [id: string, before: string])[]
}

export interface RowTrack {
  readonly run: string
  readonly info: TrackInfo
}

export type Row =
  | {
      readonly kind: 'track'
      readonly key: string
      readonly run: string
      readonly info: TrackInfo
      readonly isPinned: boolean
      readonly top: number
      readonly height: number
    }
  | {
      readonly kind: 'group'
      readonly key: string
      readonly run: string
      readonly group: string
      readonly title: string
      readonly isOpen: boolean
      readonly count: number
      readonly top: number
      readonly height: number
    }

export type TrackRow = Extract<Row, { readonly kind: 'track' }>

export interface Rows {
  /** Above, and always there. */
  readonly pinned: readonly TrackRow[]
  readonly pinnedHeight: number
  /** Those that scroll, from 0. */
  readonly rows: readonly Row[]
  readonly height: number
}

/** What is asked first stands first; groups that nobody knows come last. */
const GROUPS: readonly (readonly [group: string, title: string])[] = [
  ['current', 'Current'],
  ['processor', 'Processor'],
  ['phases', 'Phases'],
  ['inference', 'Inference'],
  ['functions', 'Functions'],
  ['parts of the chip', 'Peripherals'],
  ['parts of the board', 'Parts of the board'],
  ['chip', 'Chip'],
  ['buses', 'Buses'],
  ['pins', 'Pins'],
  ['sensors', 'Sensors'],
  ['console', 'Console'],
  ['current of the chip', 'Current of the chip'],
  ['current of the board', 'Current of the board'],
]

/** In the order that they are best read in, within their group. */
const FIRST = [
  'current/board',
  'current/difference',
  'current/chip',
  'processor',
  'cache',
  'exceptions',
  'resets',
]

const CLOSED_AT_FIRST: readonly string[] = [
  'parts of the chip',
  'parts of the board',
  'current of the chip',
  'current of the board',
]

/** Of runs below the first. */
const OPEN_BELOW: readonly string[] = ['phases', 'inference']

export const NOTHING_ARRANGED: Arrangement = {
  hidden: [],
  shown: [],
  pinned: ['current/board', 'current/difference'],
  closed: CLOSED_AT_FIRST,
  moved: [],
}

/** As it stands beside its row. */
export const trackTitle = ({ name, group, id }: TrackInfo): string => {
  if (id === 'current/difference') return 'Measured − estimated'
  if (group === 'current') return name === 'board' ? 'Board current' : name === 'chip' ? 'Chip current' : name
  return name.replace(/, samples$/, '').replace('interpreters and operators', 'operators')
}

export const HEADER = 26
const GAP = 8

/** @param lanes how deep the spans of a track go, where that is known */
export function rowsOf(
  tracks: readonly RowTrack[],
  arrangement: Arrangement,
  lanes: (key: string) => number,
): Rows {
  const { hidden, pinned, closed } = arrangement
  const seen = tracks.filter(({ info }) => !hidden.includes(info.id))
  let top = 0
  const row = ({ run, info }: RowTrack, isPinned: boolean): TrackRow => {
    const key = keyOf(run, info.id)
    const height = heightOf(info, isPinned, lanes(key))
    const made: TrackRow = { kind: 'track', key, run, info, isPinned, top: top + GAP / 2, height }
    top += height + GAP
    return made
  }
  const above = [...new Set(seen.map(({ run }) => run))].flatMap((run) =>
    pinned.flatMap((id) => seen.filter((one) => one.run === run && one.info.id === id)),
  )
  const pinnedRows = above.map((one) => row(one, true))
  const pinnedHeight = top
  top = 0
  const rows: Row[] = []
  const runs = [...new Set(seen.map((one) => one.run))]
  const heading = (run: string, group: string, title: string, isOpen: boolean, count: number): void => {
    rows.push({
      kind: 'group',
      key: keyOf(run, group),
      run,
      group,
      title,
      isOpen,
      count,
      top,
      height: HEADER,
    })
    top += HEADER
  }
  for (const run of runs) {
    const ours = seen.filter((one) => one.run === run && !pinned.includes(one.info.id))
    if (runs.length > 1) {
      const isOpen = !closed.includes(keyOf(run, ALL))
      heading(run, ALL, '', isOpen, ours.length)
      if (!isOpen) continue
    }
    for (const [group, title] of groupsOf(ours.map(({ info }) => info))) {
      const members = arranged(
        ours.filter(({ info }) => info.group === group),
        arrangement,
      )
      const isOpen = isOpenIn(arrangement, run, run === runs[0], group)
      // One by itself needs no heading.
      if (!isOpen || members.length > 1) heading(run, group, title, isOpen, members.length)
      if (isOpen) rows.push(...members.map((one) => row(one, false)))
    }
  }
  return { pinned: pinnedRows, pinnedHeight, rows, height: top + GAP }
}

/** In place of a group: the whole run. */
export const ALL = ''

function isOpenIn(
  { closed, opened = [] }: Arrangement,
  run: string,
  isFirst: boolean,
  group: string,
): boolean {
  if (isFirst) return !closed.includes(group)
  const key = keyOf(run, group)
  return OPEN_BELOW.includes(group) ? !closed.includes(key) : opened.includes(key)
}

export const keyOf = (run: string, id: string): string => `${run}:${id}`

/** In the order that they stand in. */
export function groupsOf(tracks: readonly TrackInfo[]): readonly (readonly [group: string, title: string])[] {
  const groups = new Set(tracks.map(({ group }) => group))
  const known = GROUPS.filter(([group]) => groups.has(group))
  const others = [...groups].filter((group) => !GROUPS.some(([one]) => one === group))
  return [
    ...known,
    ...others.map((group) => [group, group.charAt(0).toUpperCase() + group.slice(1)] as const),
  ]
}

function arranged(tracks: readonly RowTrack[], { moved }: Arrangement): readonly RowTrack[] {
  const rank = ({ info }: RowTrack): number =>
    FIRST.includes(info.id) ? FIRST.indexOf(info.id) : FIRST.length
  const sorted = [...tracks].sort((a, b) => rank(a) - rank(b))
  for (const [id, before] of moved) {
    const from = sorted.findIndex(({ info }) => info.id === id)
    const [one] = from < 0 ? [] : sorted.splice(from, 1)
    if (!one) continue
    const to = sorted.findIndex(({ info }) => info.id === before)
    sorted.splice(to < 0 ? sorted.length : to, 0, one)
  }
  return sorted
}

const LANE = 17
const SAMPLES_LANE = 48

function heightOf({ kind, decoded, id }: TrackInfo, isPinned: boolean, lanes: number): number {
  if (kind === 'level')
    return id === 'current/difference' ? 56 : isPinned && id.startsWith('current/') ? 128 : 40
  if (decoded === 'samples') return Math.max(lanes, 1) * SAMPLES_LANE
  if (kind === 'spans') return Math.max(lanes, 1) * LANE
  return 16
}
