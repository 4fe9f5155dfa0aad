import type { Detail, Timeline } from '../../../emulator/timeline/timeline.ts'
import { LevelTrack, SpanTrack } from '../../../emulator/timeline/tracks.ts'
import type { Track } from '../../../emulator/timeline/tracks.ts'
import { addFigures, noFigures } from '../../../emulator/timeline/span-sums.ts'
import { microcoulombs, type NamedFigures, type Statistics } from '../../../emulator/timeline/statistics.ts'
import { UserError } from '../../errors.ts'
import { viewOf } from '../../export/timeline-tracks.ts'
import type { SpanPiece } from '../../export/timeline-view.ts'
import { didYouMean } from '../../nearest.ts'
import { spanText, type Stretch } from '../instant.ts'
import type { RecordedRun } from '../recorded-run.ts'
import { heldUpBy } from '../../report/show/words/reasons.ts'
import { INFERENCE, operatorName } from './operator-name.ts'
import { count, decimals, length, seconds, words, type Answer, type Parts, type Row } from './answer.ts'

/** What is asked of, and who records a stretch of it again; nobody where the run lacks what that takes. */
export interface Asked {
  readonly run: Pick<RecordedRun, 'report' | 'timeline' | 'marks'>
  readonly stretch: Stretch
  /** Made when it is first wanted. */
  readonly detail: Detail | undefined
  /** Why there is no detail. */
  readonly why: string
}

const volts = ({ report }: Asked['run']): number => report.power.supplyVolts

const answer = (
  asked: Asked,
  question: string,
  columns: Answer['columns'],
  rows: readonly Row[],
  notes: readonly string[] = [],
): Answer => ({
  question,
  fromCycle: asked.stretch.from,
  toCycle: asked.stretch.to,
  columns,
  rows,
  notes,
})

/** Exactly, also where the ends are folded. @throws UserError where that takes a replay that is not to be had */
function statisticsOfEach(asked: Asked, ids: readonly string[]): readonly Statistics[] {
  const { run, stretch, why } = asked
  const { from, to } = stretch
  let found = run.timeline.statisticsOfEach(ids, from, to)
  if (found.some(({ kind }) => kind === 'folded') && asked.detail)
    found = run.timeline.statisticsOfEach(ids, from, to, asked.detail)
  return found.map((one) => {
    if (one.kind !== 'folded') return one
    throw new UserError(
      `what happened at the ends of ${spanText(from)} to ${spanText(to)} is folded, and ${why}. Nearest that is known: ${spanText(one.from)} to ${spanText(one.to)}.`,
    )
  })
}

function statisticsOf(asked: Asked, id: string): Statistics {
  const [one] = statisticsOfEach(asked, [id])
  if (!one) throw new RangeError(`no track ${id}`)
  return one
}

const tracksIn = (timeline: Timeline): readonly Track[] => [...timeline.tracks.values()]

/** The tracks there are. */
export function tracks(asked: Asked): Answer {
  const rows = tracksIn(asked.run.timeline).map(({ info }) => ({
    id: info.id,
    group: info.group,
    kind: info.kind,
    name: info.name,
    unit: info.unit,
  }))
  return answer(
    asked,
    'Tracks',
    [words('id', 'track'), words('kind', 'kind'), words('unit', 'unit'), words('group', 'group')],
    rows,
  )
}

/** Names that were given. */
export function markers(asked: Asked): Answer {
  const rows = asked.run.marks.map(({ name, fromCycle, toCycle, note }) => ({
    name,
    fromCycle,
    toCycle,
    cycles: toCycle === null ? null : toCycle - fromCycle,
    note,
  }))
  return answer(
    asked,
    'Markers',
    [words('name', 'marker'), seconds('fromCycle', 'at s'), length('cycles', 'for'), words('note', 'note')],
    rows,
  )
}

/** Charge and current of the board, the chip and each part. */
export function currents(asked: Asked): Answer {
  const found = tracksIn(asked.run.timeline).filter(
    (track) => track instanceof LevelTrack && track.info.unit === 'pA',
  )
  const all = statisticsOfEach(
    asked,
    found.map(({ info }) => info.id),
  )
  const rows = found.flatMap(({ info }, i): Row[] => {
    const statistics = all[i]
    if (statistics?.kind !== 'level' || statistics.maximum === 0) return []
    const charge = microcoulombs(statistics.sum)
    return [
      {
        track: info.id,
        chargeMicrocoulombs: charge,
        energyMicrojoules: charge * volts(asked.run),
        averageMicroamps: statistics.average / 1e6,
        minimumMicroamps: statistics.minimum / 1e6,
        maximumMicroamps: statistics.maximum / 1e6,
        busyShare: statistics.busyCycles / statistics.cycles,
      },
    ]
  })
  return answer(
    asked,
    'Current',
    [
      words('track', 'track'),
      decimals('chargeMicrocoulombs', 'charge uC', 3),
      decimals('energyMicrojoules', 'energy uJ', 3),
      decimals('averageMicroamps', 'average uA', 3),
      decimals('maximumMicroamps', 'peak uA', 1),
    ],
    [...rows].sort((a, b) => Number(b['chargeMicrocoulombs']) - Number(a['chargeMicrocoulombs'])),
    [
      'by the coefficients of the current ledger; the interval of each is in the report (power) and in docs/currents.md',
    ],
  )
}

/** Time in each state, or of each name, of one track or of all that are no current. */
export function statistics(asked: Asked, wanted?: string): Answer {
  const { timeline } = asked.run
  const ids = wanted === undefined ? [...timeline.tracks.keys()] : [trackNamed(timeline, wanted).info.id]
  const all = asked.stretch.to - asked.stretch.from
  const each = statisticsOfEach(asked, ids)
  const rows = ids.flatMap((id, i): Row[] => {
    const found = each[i]
    if (!found) return []
    if (found.kind === 'level') {
      if (wanted === undefined) return []
      const { average, minimum, maximum, changes } = found
      return [
        {
          track: id,
          what: `${minimum} to ${maximum}, ${average} on average`,
          cycles: found.busyCycles,
          share: found.busyCycles / all,
          times: changes,
        },
      ]
    }
    if (found.kind === 'state')
      return found.states.map(({ state, cycles }) => ({
        track: id,
        what: state,
        cycles,
        share: cycles / all,
        times: null,
      }))
    return found.names.map(({ name, coveredCycles, count }) => ({
      track: id,
      what: operatorName(asked.run.report, id, name),
      cycles: coveredCycles,
      share: coveredCycles / all,
      times: count,
    }))
  })
  return answer(
    asked,
    'Statistics',
    [
      words('track', 'track'),
      words('what', 'state or name'),
      count('times', 'times'),
      count('cycles', 'cycles'),
      { key: 'share', title: 'share', show: (value) => `${(100 * Number(value)).toFixed(2)} %` },
    ],
    rows,
  )
}

/** At whatever depth: a handler that interrupts another is the same handler. */
function byName(names: readonly NamedFigures[]): readonly NamedFigures[] {
  const all = new Map<string, NamedFigures>()
  for (const { name, depth, ...figures } of names) {
    const known = all.get(name) ?? { name, depth, ...noFigures() }
    addFigures(known, figures)
    all.set(name, known)
  }
  return [...all.values()]
}

/** Exceptions with their latency, from the request to the first instruction of the handler. */
export function interrupts(asked: Asked): Answer {
  const id = 'exceptions'
  if (!asked.run.timeline.tracks.has(id))
    return answer(asked, 'Exceptions', [words('exception', 'exception')], [])
  const found = statisticsOf(asked, id)
  const rows =
    found.kind !== 'spans'
      ? []
      : byName(found.names).map(({ name, ...one }) => ({
          exception: name,
          times: one.count,
          shortestCycles: one.count > 0 ? one.shortest : null,
          longestCycles: one.count > 0 ? one.longest : null,
          leastLatencyCycles: one.values > 0 ? one.least : null,
          meanLatencyCycles: one.values > 0 ? one.valueSum / one.values : null,
          worstLatencyCycles: one.values > 0 ? one.most : null,
        }))
  return answer(
    asked,
    'Exceptions',
    [
      words('exception', 'exception'),
      count('times', 'times'),
      count('shortestCycles', 'shortest'),
      count('longestCycles', 'longest'),
      count('leastLatencyCycles', 'latency\nleast'),
      {
        key: 'meanLatencyCycles',
        title: '\nmean',
        show: (value) => (value === null ? '' : Number(value).toFixed(1)),
      },
      count('worstLatencyCycles', '\nworst'),
    ],
    rows,
    [
      'cycles; the latency is from the request to the first instruction of the handler, time masked or asleep included',
    ],
  )
}

const nameIn = ({ name }: Row): string => (typeof name === 'string' ? name.trim() : '')

/** One exception each time, the worst latency first. @throws UserError for one that never was */
export function worstLatencies(asked: Asked, name: string, most: number): Answer {
  const listed = list(asked, 'exceptions', { pattern: undefined, nth: undefined, most: Infinity })
  const names = [...new Set(listed.rows.map((row) => nameIn(row)))]
  const rows = listed.rows.filter((row) => nameIn(row) === name)
  if (rows.length === 0)
    throw new UserError(
      `no exception "${name}" there.${didYouMean(name, names, names.length === 0 ? '' : `There are ${names.join(', ')}.`)}`,
    )
  const worst = rows
    .map((row) => ({
      beginCycle: Number(row['beginCycle']),
      latencyCycles: row['value'] === null ? null : Number(row['value']),
      cycles: row['cycles'] === null ? null : Number(row['cycles']),
    }))
    .sort((a, b) => Number(b.latencyCycles) - Number(a.latencyCycles))
  return answer(
    asked,
    `${name}, the worst latency first`,
    [
      seconds('beginCycle', 'at s'),
      count('latencyCycles', 'latency'),
      { key: 'latencyMicroseconds', title: 'us' },
      count('cycles', 'handler'),
    ],
    worst.slice(0, most).map((row) => ({
      ...row,
      latencyMicroseconds: row.latencyCycles === null ? null : row.latencyCycles / 64,
    })),
    [`${rows.length} in all; cycles from the request to the first instruction of the handler, and in it`],
  )
}

export interface ListOptions {
  readonly pattern: RegExp | undefined
  /** The n-th of them, from 1; all when not given. */
  readonly nth: number | undefined
  readonly most: number
  /** Of what, in words. */
  readonly what?: string
}

/** Spans and marks of a track one by one. */
export function list(asked: Asked, wanted: string, { pattern, nth, most, what }: ListOptions): Answer {
  const { run, stretch, why } = asked
  const track = trackNamed(run.timeline, wanted)
  if (!(track instanceof SpanTrack))
    throw new UserError(`${track.info.id} is a ${track.info.kind}: it has statistics, and nothing to list.`)
  const { id } = track.info
  const isKept = track.spans.frontier <= stretch.from
  const detail = isKept ? undefined : asked.detail
  if (!isKept && !detail)
    throw new UserError(
      `what ${id} has before ${spanText(track.spans.frontier)} is folded, and ${why}. Ask for what came later: --in ${spanText(track.spans.frontier).replace(' ', '')}..`,
    )
  const { from, to } = stretch
  const timeline = detail?.stretch(from, to) ?? run.timeline
  const pieces = piecesOf(timeline, id, from, to).filter(
    ({ name, text }) =>
      pattern === undefined || pattern.test(name) || (text !== undefined && pattern.test(text)),
  )
  const chosen = nth === undefined ? pieces.slice(0, most) : pieces.slice(nth - 1, nth)
  if (nth !== undefined && chosen.length === 0)
    throw new UserError(`there is no number ${nth} of ${what ?? id} there: ${pieces.length} in all.`)
  const goesOn = openAtEnd(timeline, id)
  const rows = chosen.map((piece, i) => ({
    number: nth ?? i + 1,
    beginCycle: piece.begin,
    cycles: goesOn(piece) ? null : piece.end - piece.begin,
    depth: piece.depth,
    name: operatorName(run.report, id, piece.name),
    text: piece.text ?? (goesOn(piece) ? 'goes on' : null),
    value: piece.value ?? null,
    ...(id === PHASES && { reasons: reasonsIn(piece) }),
  }))
  const more =
    nth === undefined && pieces.length > most ? [`${pieces.length - most} more; --limit shows them`] : []
  return answer(
    asked,
    track.info.name,
    [
      count('number', '#'),
      seconds('beginCycle', 'at s'),
      // What has no length is all moments.
      ...(rows.some(({ cycles }) => cycles !== 0) ? [length('cycles', 'for')] : []),
      words('name', 'what'),
      words('text', ''),
      ...(rows.some(({ value }) => value !== null)
        ? [count('value', track.info.unit === '' ? 'value' : track.info.unit)]
        : []),
      ...(id === PHASES ? [{ ...words('reasons', 'why'), isSpare: true, showParts: heldUp }] : []),
    ],
    rows.map((row) => ({ ...row, name: `${'  '.repeat(row.depth)}${row.name}` })),
    more,
  )
}

const PHASES = 'phases'

/** Where the cycles of a phase went, which add up to them. */
const reasonsIn = ({ data = {} }: SpanPiece): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(data).flatMap(([reason, cycles]) =>
      typeof cycles === 'number' ? [[reason, cycles]] : [],
    ),
  )

const heldUp = (parts: Parts): string =>
  Array.isArray(parts) ? '' : heldUpBy(parts as Record<string, number>)

/** Which spans have not ended where a timeline does: how long they are is not known there. */
function openAtEnd(timeline: Timeline, id: string): (piece: SpanPiece) => boolean {
  const track = timeline.tracks.get(id)
  const open = track instanceof SpanTrack ? track.spans.open : []
  const keyOf = (begin: number, depth: number): string => `${begin} ${depth}`
  const names = track instanceof SpanTrack ? track.spans.names : []
  const keys = new Set(open.map(({ begin, kind }) => keyOf(begin, names[kind]?.depth ?? 0)))
  return ({ begin, depth }) => keys.has(keyOf(begin, depth))
}

/** The n-th invocation of an interpreter, and the operators in it. @param nth from 1 @throws UserError */
export function inference(asked: Asked, nth: number): Answer {
  const { run } = asked
  const [one] = list(asked, 'operators', {
    pattern: INFERENCE,
    nth,
    most: 1,
    what: 'the inferences',
  }).rows
  const begin = Number(one?.['beginCycle'])
  const cycles = one?.['cycles']
  if (typeof cycles !== 'number') throw new UserError(`the ${nth}. inference had not ended when the run did.`)
  const within: Asked = {
    run,
    why: asked.why,
    stretch: { from: begin, to: begin + cycles },
    get detail() {
      return asked.detail
    },
  }
  const all = list(within, 'operators', { pattern: undefined, nth: undefined, most: Infinity })
  const current = statisticsOf(within, 'current/board')
  const charge = current.kind === 'level' ? microcoulombs(current.sum) : 0
  return {
    ...all,
    question: `Inference ${nth}`,
    rows: all.rows.map((row) => ({ ...row, share: Number(row['cycles']) / cycles })),
    columns: [
      ...all.columns.filter(({ key }) => key !== 'number' && key !== 'text'),
      { key: 'cycles', title: 'cycles' },
      { key: 'share', title: 'share', show: (value) => `${(100 * Number(value)).toFixed(1)} %` },
    ],
    notes: [
      `${charge.toPrecision(5)} uC of the board, ${(charge * volts(run)).toPrecision(5)} uJ at ${volts(run)} V`,
    ],
  }
}

function piecesOf(timeline: Timeline, id: string, from: number, to: number): readonly SpanPiece[] {
  const track = viewOf(timeline, '', from, to).tracks.find(({ info }) => info.id === id)
  if (track?.kind !== 'spans' && track?.kind !== 'marks') return []
  return [...track.pieces(from, to)].filter(
    (piece): piece is SpanPiece => piece.kind !== 'folded' && piece.begin >= from,
  )
}

/** By id, or by the one name or beginning of an id that it can be. @throws UserError */
export function trackNamed(timeline: Timeline, wanted: string): Track {
  const known = timeline.tracks.get(wanted)
  if (known) return known
  const found = tracksIn(timeline).filter(
    ({ info }) =>
      info.name === wanted || info.id.split('/').at(-1) === wanted || info.id.startsWith(`${wanted}/`),
  )
  const [one] = found
  if (one && found.length === 1) return one
  const ids = tracksIn(timeline).map(({ info }) => info.id)
  if (found.length > 1)
    throw new UserError(`${wanted} can be ${found.map(({ info }) => info.id).join(', ')}. Give one of them.`)
  throw new UserError(`no track "${wanted}".${didYouMean(wanted, ids, `There are ${ids.join(', ')}.`)}`)
}

/** What everything was at a moment. */
export function at(asked: Asked, cycle: number): Answer {
  const { run, detail, why } = asked
  if (!detail) throw new UserError(`to see a moment it is run again, and ${why}.`)
  const end = Math.min(cycle + 1, run.report.run.cycles)
  const again = detail.stretch(Math.max(0, end - 1), end)
  const rows = tracksIn(again).flatMap((track): Row[] => {
    const { id } = track.info
    if (track instanceof SpanTrack)
      return piecesAt(again, id, cycle).map((piece) => ({
        track: id,
        is: piece.name,
        sinceCycle: piece.begin,
      }))
    const value = track.steps.valueAt(cycle)
    const is = track instanceof LevelTrack ? `${value / 1e6} uA` : (track.states[value] ?? '')
    return value === 0 && track instanceof LevelTrack ? [] : [{ track: id, is, sinceCycle: null }]
  })
  return {
    ...answer(
      asked,
      `At ${spanText(cycle)}`,
      [words('track', 'track'), words('is', 'is'), seconds('sinceCycle', 'since s')],
      rows,
    ),
    fromCycle: cycle,
    toCycle: end,
  }
}

function piecesAt(timeline: Timeline, id: string, cycle: number): readonly SpanPiece[] {
  const track = viewOf(timeline, '', timeline.start, cycle + 1).tracks.find(({ info }) => info.id === id)
  if (track?.kind !== 'spans') return []
  return [...track.pieces(timeline.start, cycle + 1)].filter(
    (piece): piece is SpanPiece => piece.kind !== 'folded' && piece.begin <= cycle && piece.end > cycle,
  )
}
