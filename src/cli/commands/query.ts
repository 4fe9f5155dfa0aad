import { ExitCode, UserError } from '../../../runs/errors.ts'
import { didYouMean } from '../../../runs/nearest.ts'
import { parseInstant, parseStretch, type Stretch } from '../../../runs/recording/instant.ts'
import { namedBy, withMark, withoutMark, type Mark } from '../../../runs/recording/marks.ts'
import type { RecordedRun } from '../../../runs/recording/recorded-run.ts'
import { readRun, withMarks } from '../../../runs/recording/run-file.ts'
import { INFERENCE } from '../../../runs/recording/query/operator-name.ts'
import { AS_FOLDED, layOver, LONGEST_AGAIN, measuredAnswer } from '../../../runs/recording/query/measured.ts'
import { loadMeasured } from '../../files/measured.ts'
import { viewOf } from '../../../runs/export/timeline-tracks.ts'
import type { Anchor } from '../../../runs/measured/anchor.ts'
import { readInput } from '../../read-input.ts'
import { writeWhole } from '../../write-whole.ts'
import { replayOf, type OpenRun } from '../../../runs/recording/open-run.ts'
import { loadRun } from '../../files/recorded-run.ts'
import { renderAnswer } from '../../../runs/recording/show/render-answer.ts'
import { answerJson, type Answer } from '../../../runs/recording/query/answer.ts'
import {
  at,
  currents,
  inference,
  interrupts,
  list,
  markers,
  statistics,
  tracks,
  worstLatencies,
  type Asked,
} from '../../../runs/recording/query/questions.ts'
import {
  asksForFunctions,
  listFunctions,
  statisticsOfFunctions,
} from '../../../runs/recording/query/functions.ts'
import { trace } from '../../../runs/recording/query/trace.ts'
import { renderReport } from '../../../runs/report/show/render.ts'
import { printNote, printReport, showsReport, writeOutput } from '../output.ts'
import { styleFor } from '../terminal.ts'

export const QUESTIONS = [
  'report',
  'tracks',
  'current',
  'stats',
  'list',
  'phase',
  'inference',
  'console',
  'interrupts',
  'at',
  'trace',
  'markers',
  'mark',
  'unmark',
] as const

export interface QueryOptions {
  readonly in?: string
  readonly text?: RegExp
  readonly limit?: number
  readonly json?: string
  readonly from?: string
  readonly to?: string
  readonly at?: string
  readonly note?: string
  readonly all?: boolean
  readonly measured?: string
  readonly align?: Anchor
  readonly column?: string
}

/** Answers a question about a recorded run. */
export async function query(
  file: string,
  question: string | undefined,
  subject: string | undefined,
  options: QueryOptions,
): Promise<number> {
  const known = QUESTIONS.find((one) => one === (question ?? 'report'))
  if (known === undefined)
    throw new UserError(
      `no question "${question}".${didYouMean(question ?? '', QUESTIONS, `There are ${QUESTIONS.join(', ')}.`)}`,
    )
  checkOptions(known, options)
  if (known === 'mark' || known === 'unmark') return changeMarks(file, known, subject, options)
  const opened = await loadRun(file, {
    isRunAgain: asksForFunctions(subject) || isRunAgain(known, subject, options),
  })
  const end = opened.run.report.run.cycles
  if (known === 'report') {
    printReport(renderReport(opened.run.report, styleFor(process.stdout)))
    return ExitCode.fine
  }
  const asked: Asked = {
    run: opened.run,
    stretch: stretchOf(options, end, opened.run),
    get detail() {
      return opened.replay
    },
    why: opened.why,
  }
  const found =
    known === 'trace'
      ? traced(opened, asked, options)
      : options.measured !== undefined
        ? await measuredCurrent(opened, asked, options)
        : (ofFunctions(opened, known, asked, subject, options) ?? answerTo(known, asked, subject, options))
  if (options.json !== undefined) await writeOutput(options.json, answerJson(found))
  if (showsReport()) printReport(renderAnswer(found, styleFor(process.stdout)))
  return ExitCode.fine
}

/** @throws UserError for options of other questions */
function checkOptions(question: (typeof QUESTIONS)[number], options: QueryOptions): void {
  const of: readonly (readonly [keyof QueryOptions, readonly string[]])[] = [
    ['measured', ['current']],
    ['align', ['current']],
    ['column', ['current']],
    ['at', ['mark']],
    ['note', ['mark']],
    ['all', ['unmark']],
  ]
  for (const [option, questions] of of)
    if (options[option] !== undefined && !questions.includes(question))
      throw new UserError(`--${option} is of ${questions.join(', ')}, and not of ${question}.`)
  if (options.measured === undefined && (options.align ?? options.column) !== undefined)
    throw new UserError('--align and --column are of a measurement: give it with --measured FILE.')
}

/** `--in`, or `--from` and `--to`, each a time or a marker. */
function stretchOf({ in: within, from, to }: QueryOptions, end: number, { marks }: RecordedRun): Stretch {
  const named = namedBy(marks)
  if (within !== undefined && (from ?? to) !== undefined)
    throw new UserError('--in is a stretch already: leave --from and --to out.')
  if (within !== undefined) return parseStretch(within, end, named)
  if ((from ?? to) === undefined) return { from: 0, to: end }
  return parseStretch(`${from ?? ''}..${to ?? ''}`, end, named)
}

/** What is asked of the whole run has no ends that could be folded, and is in the file. */
const isRunAgain = (
  question: (typeof QUESTIONS)[number],
  subject: string | undefined,
  options: QueryOptions,
): boolean =>
  (question === 'interrupts' && subject !== undefined) ||
  options.measured !== undefined ||
  ((options.in ?? options.from ?? options.to) === undefined
    ? !['report', 'tracks', 'markers', 'current', 'stats', 'interrupts'].includes(question)
    : !['report', 'tracks', 'markers'].includes(question))

/** Tracks that come to be with the first thing on them. */
const LACKING: Readonly<
  Partial<Record<string, { readonly track: string; readonly title: string; readonly why: string }>>
> = {
  console: { track: 'console', title: 'console', why: 'the firmware printed nothing' },
  phase: { track: 'phases', title: 'phases', why: 'no phase was marked, nor given with --phase' },
  inference: { track: 'operators', title: 'inferences', why: 'no interpreter was seen at work' },
  interrupts: { track: 'exceptions', title: 'Exceptions', why: 'there was none' },
}

const DEFAULT_LIMIT = 50

function traced(
  opened: OpenRun,
  { stretch }: Asked,
  { in: within, from, to, limit = DEFAULT_LIMIT }: QueryOptions,
): Answer {
  if ((within ?? from ?? to) === undefined)
    throw new UserError('trace of which stretch? Give one: --in 1s+20us.')
  return trace(replayOf(opened, 'a stretch'), stretch, limit)
}

/** Calls are run again, inlined ones told apart; nothing where they are not asked for, or are in the file. */
function ofFunctions(
  opened: OpenRun,
  question: (typeof QUESTIONS)[number],
  asked: Asked,
  track: string | undefined,
  { in: within, from, to, text, limit = DEFAULT_LIMIT }: QueryOptions,
): Answer | undefined {
  if (!asksForFunctions(track) || (question !== 'list' && question !== 'stats')) return undefined
  const isRecorded = asked.run.timeline.tracks.has(track)
  if (question === 'stats' && isRecorded && (within ?? from ?? to) === undefined) return undefined
  const replay = opened.withFunctions
  if (replay && question === 'stats') return statisticsOfFunctions(asked, replay, track)
  if (replay) return listFunctions(asked, replay, track, { pattern: text, nth: undefined, most: limit })
  if (isRecorded) return undefined
  throw new UserError(`functions are run again for that, and ${opened.why}.`)
}

function answerTo(
  question: Exclude<(typeof QUESTIONS)[number], 'report' | 'trace' | 'mark' | 'unmark'>,
  asked: Asked,
  subject: string | undefined,
  { text, limit = DEFAULT_LIMIT }: QueryOptions,
): Answer {
  const wanted = (what: string): string => {
    if (subject === undefined) throw new UserError(`${question} of what? Give ${what}.`)
    return subject
  }
  const nth = (of: string | undefined): number | undefined => {
    if (of === undefined) return undefined
    if (!/^[1-9]\d*$/.test(of)) throw new UserError(`"${of}": give the number of one, from 1.`)
    return Number(of)
  }
  const lacking = LACKING[question]
  if (lacking && !asked.run.timeline.tracks.has(lacking.track))
    return { ...tracks(asked), question: lacking.title, rows: [], notes: [lacking.why] }
  switch (question) {
    case 'tracks':
      return tracks(asked)
    case 'current':
      return currents(asked)
    case 'stats':
      return statistics(asked, subject)
    case 'list':
      return list(asked, wanted('a track; `tracks` names them'), {
        pattern: text,
        nth: undefined,
        most: limit,
      })
    case 'phase':
      return list(asked, 'phases', { pattern: exactly(subject) ?? text, nth: undefined, most: limit })
    case 'inference': {
      const one = nth(subject)
      if (one !== undefined) return inference(asked, one)
      return list(asked, 'operators', { pattern: text ?? INFERENCE, nth: undefined, most: limit })
    }
    case 'console':
      return list(asked, 'console', { pattern: text, nth: nth(subject), most: limit })
    case 'interrupts':
      return subject === undefined ? interrupts(asked) : worstLatencies(asked, subject, limit)
    case 'at':
      return at(
        asked,
        parseInstant(wanted('a time: 1.5s'), asked.run.report.run.cycles, namedBy(asked.run.marks)),
      )
    case 'markers':
      return markers(asked)
  }
}

/** The measurement is found by the whole run, and compared in the stretch. */
async function measuredCurrent(
  { replay, run }: OpenRun,
  { stretch }: Asked,
  { measured: file = '', align = { by: 'auto' }, column }: QueryOptions,
): Promise<Answer> {
  const measured = await loadMeasured(file, { column })
  const end = run.report.run.cycles
  const again = replay && end <= LONGEST_AGAIN ? replay.stretch(0, end) : undefined
  const timeline = again ?? run.timeline
  const whole = viewOf(timeline, '', 0, end)
  const found = measuredAnswer(
    viewOf(timeline, '', stretch.from, stretch.to),
    run.report,
    measured,
    layOver(whole, run.marks, measured, align),
  )
  return again ? found : { ...found, notes: [...found.notes, AS_FOLDED] }
}

async function changeMarks(
  file: string,
  question: 'mark' | 'unmark',
  name: string | undefined,
  options: QueryOptions,
): Promise<number> {
  const zip = await readInput(file, 'a .boardless file, which run --record writes')
  const changed = question === 'mark' ? marked(zip, file, name, options) : unmarked(zip, file, name, options)
  await writeWhole(file, withMarks(zip, file, changed))
  printNote(`${file}: ${changed.length} ${changed.length === 1 ? 'marker' : 'markers'}`)
  return ExitCode.fine
}

function marked(
  zip: Uint8Array,
  file: string,
  name: string | undefined,
  options: QueryOptions,
): readonly Mark[] {
  if (name === undefined) throw new UserError('mark by what name? Give one: mark NAME --at 1.5s.')
  const { marks, report } = readRun(zip, file)
  const end = report.run.cycles
  const [begin, until] = [options.at ?? options.from, options.to]
  if (begin === undefined && options.in === undefined)
    throw new UserError('mark where? Give --at TIME, or --at FROM --to TO.')
  const named = namedBy(marks)
  const { from, to } =
    options.in !== undefined
      ? parseStretch(options.in, end, named)
      : until !== undefined
        ? parseStretch(`${begin ?? ''}..${until}`, end, named)
        : { from: parseInstant(begin ?? '', end, named), to: null }
  return withMark(marks, { name, fromCycle: from, toCycle: to, note: options.note ?? '' }, end)
}

function unmarked(
  zip: Uint8Array,
  file: string,
  name: string | undefined,
  { all }: QueryOptions,
): readonly Mark[] {
  if (all) return []
  if (name === undefined) throw new UserError('unmark which? Give its name, or --all.')
  return withoutMark(readRun(zip, file).marks, name)
}

const exactly = (name: string | undefined): RegExp | undefined =>
  name === undefined ? undefined : new RegExp(`^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
