import type { RunReport } from '../report/run-report.ts'
import { awareLines } from '../report/show/words/aware.ts'
import { runFacts } from '../report/show/words/header.ts'
import { TOOL_VERSION } from '../version.ts'
import type { ComparedRun, Comparison, Pair, Per } from './comparison.ts'
import { pairEach, reasonChanges, timesOf } from './pair.ts'
import { currentChanges } from './parts/current.ts'
import { interpreterChanges, passageChanges } from './parts/cycles.ts'
import { functionChanges } from './parts/functions.ts'
import { givenDifferences, isSumAlike } from './parts/given.ts'
import { figuresOf, headlineOf } from './parts/headline.ts'
import { lineChanges } from './parts/lines.ts'
import { memoryChange } from './parts/memory.ts'
import { predictionsChange } from './parts/predictions.ts'
import type { Side } from './side.ts'

/** How b differs from a. Pure: the same reports give the same comparison. */
export function compareRuns(a: Side, b: Side): Comparison {
  const [first, second] = [a.report, b.report]
  const per = perOf(first, second)
  const found = {
    per,
    phases: passageChanges(first.phases, second.phases),
    measures: passageChanges(first.measures, second.measures),
    interpreters: interpreterChanges(first, second),
    reasons: reasonChanges(first.reasons, second.reasons, timesOf(per)).filter(
      ({ reason }) => reason !== 'sleep',
    ),
    functions: functionChanges(a, b, per),
    lines: a.details?.lines && b.details?.lines ? lineChanges(a.details.lines, b.details.lines, per) : null,
    memory: memoryChange(a, b),
    current: currentChanges(first, second),
    predictions: predictionsChange(first, second),
  }
  const figures = figuresOf(found, awakeOf(first, second, per))
  return {
    schemaVersion: 1,
    kind: 'comparison',
    tool: { name: 'boardless', version: TOOL_VERSION },
    a: comparedRun(a),
    b: comparedRun(b),
    isSame: plain(first) === plain(second),
    given: givenDifferences(first, second),
    headline: headlineOf(figures, found),
    figures,
    ...found,
    unknown: unknownOf(a, b),
  }
}

function comparedRun({ name, report }: Side): ComparedRun {
  const { firmware, board, run, fault } = report
  return {
    name,
    file: firmware.file,
    sha256: firmware.sha256,
    board: board.name,
    clockHz: board.clockHz,
    facts: [
      { name: 'board', lines: [boardLine(report)] },
      ...runFacts(report).map(([fact, text]) => ({ name: fact, lines: text.split('\n') })),
    ],
    aware: [...(fault ? [fault.summary] : []), ...awareLines(report)],
    seconds: run.seconds,
    cycles: run.cycles,
    instructions: run.instructions,
    stop: run.stop,
  }
}

const boardLine = ({ board }: RunReport): string =>
  `${board.name} · ${board.chip}, ${board.processor} at ${board.clockHz / 1e6} MHz · instruction cache ${board.instructionCache}`

/** Without names of files, of which none is a figure. */
const plain = (report: RunReport): string =>
  JSON.stringify(report, (key, value: unknown) => (key === 'file' ? undefined : value))

/** Of an unequal number of inferences sums say nothing: what one costs does. */
function perOf(a: RunReport, b: RunReport): Per {
  const count = ({ interpreters }: RunReport): number => interpreters[0]?.count ?? 0
  return count(a) === count(b) || count(a) === 0 || count(b) === 0
    ? { what: 'run' }
    : { what: 'inference', a: count(a), b: count(b) }
}

/** null where the runs are of unequal time without doing the same work. */
function awakeOf(a: RunReport, b: RunReport, per: Per): Pair | null {
  if (!isSumAlike(a, b) && per.what === 'run') return null
  const of = ({ run }: RunReport): number => run.cycles - run.sleepCycles
  return pairEach(of(a), of(b), timesOf(per))
}

function unknownOf(a: Side, b: Side): readonly string[] {
  const why = (side: Side, what: string, missing: string | undefined): readonly string[] =>
    missing === undefined || missing === '' ? [] : [`${what} of ${side.name}: ${missing}`]
  return [a, b].flatMap((side) => [
    ...(side.details
      ? why(side, 'source lines', side.details.lines === null ? side.details.noLines : undefined)
      : why(side, 'source lines and symbols', side.noDetails ?? 'a report alone does not have them')),
    ...(side.report.calls === null && (a.report.calls ?? b.report.calls) !== null
      ? [`calls of ${side.name}: it ran without --functions`]
      : []),
    ...(side.report.functions.length === 0 ? [`functions of ${side.name}: it ran without a profile`] : []),
  ])
}
