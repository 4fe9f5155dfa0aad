import { ExitCode, UserError } from '../../../runs/errors.ts'
import { didYouMean } from '../../../runs/nearest.ts'
import { parseInstant, parseStretch } from '../../../runs/recording/instant.ts'
import { replayOf, type OpenRun } from '../../../runs/recording/open-run.ts'
import { loadRun } from '../../files/recorded-run.ts'
import { answerJson, type Answer } from '../../../runs/recording/query/answer.ts'
import { renderAnswer } from '../../../runs/recording/show/render-answer.ts'
import {
  at,
  currents,
  inference,
  interrupts,
  list,
  statistics,
  tracks,
  type Asked,
} from '../../../runs/recording/query/questions.ts'
import { trace } from '../../../runs/recording/query/trace.ts'
import { renderReport } from '../../../runs/report/show/render.ts'
import { printReport, showsReport, writeOutput } from '../output.ts'
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
] as const

export interface QueryOptions {
  readonly in?: string
  readonly text?: RegExp
  readonly limit?: number
  readonly json?: string
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
      `no question "${question}".${didYouMean(question ?? '', QUESTIONS, ` There are ${QUESTIONS.join(', ')}.`)}`,
    )
  const opened = await loadRun(file, { isRunAgain: isRunAgain(known, options) })
  const end = opened.run.report.run.cycles
  if (known === 'report') {
    printReport(renderReport(opened.run.report, styleFor(process.stdout)))
    return ExitCode.fine
  }
  const asked: Asked = {
    run: opened.run,
    stretch: options.in === undefined ? { from: 0, to: end } : parseStretch(options.in, end),
    get detail() {
      return opened.replay
    },
    why: opened.why,
  }
  const found = known === 'trace' ? traced(opened, asked, options) : answerTo(known, asked, subject, options)
  if (options.json !== undefined) await writeOutput(options.json, answerJson(found))
  if (showsReport()) printReport(renderAnswer(found, styleFor(process.stdout)))
  return ExitCode.fine
}

/** What is asked of the whole run has no ends that could be folded, and is in the file. */
const isRunAgain = (question: (typeof QUESTIONS)[number], options: QueryOptions): boolean =>
  options.in === undefined
    ? !['report', 'tracks', 'current', 'stats', 'interrupts'].includes(question)
    : !['report', 'tracks'].includes(question)

const DEFAULT_LIMIT = 50

function traced(
  opened: OpenRun,
  { stretch }: Asked,
  { in: wanted, limit = DEFAULT_LIMIT }: QueryOptions,
): Answer {
  if (wanted === undefined) throw new UserError('trace of which stretch? Give one: --in 1s+20us.')
  return trace(replayOf(opened, 'a stretch'), stretch, limit)
}

function answerTo(
  question: Exclude<(typeof QUESTIONS)[number], 'report' | 'trace'>,
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
      return list(asked, 'operators', { pattern: text ?? /^interpreter \d+$/, nth: undefined, most: limit })
    }
    case 'console':
      return list(asked, 'console', { pattern: text, nth: nth(subject), most: limit })
    case 'interrupts':
      return interrupts(asked)
    case 'at':
      return at(asked, parseInstant(wanted('a time: 1.5s'), asked.run.report.run.cycles))
  }
}

const exactly = (name: string | undefined): RegExp | undefined =>
  name === undefined ? undefined : new RegExp(`^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
