import type {
  Because,
  Comparison,
  Explained,
  Figure,
  Headline,
  InterpreterChange,
  Pair,
  PassageChange,
  UncertainPair,
  Verdict,
} from '../comparison.ts'
import { nameOfReason } from '../../report/show/words/reasons.ts'
import { byDifference } from '../pair.ts'

type Compared = Pick<
  Comparison,
  | 'interpreters'
  | 'phases'
  | 'measures'
  | 'memory'
  | 'current'
  | 'predictions'
  | 'reasons'
  | 'functions'
  | 'lines'
  | 'per'
>

const MOST_BECAUSE = 4
/** Of what all that moved the same way come to, a cause is worth a word from here on. */
const LEAST_SHARE = 0.05

/** What can be worse or better. */
export function figuresOf(found: Compared, awake: Pair | null): readonly Figure[] {
  const cycles = (name: string, one: Pair): Figure => figure(name, 'cycles', one)
  const { current, memory } = found
  return [
    ...found.interpreters.map((one) => cycles(inferenceOf(one, found), one.invocation.medianCycles)),
    ...[
      ...found.phases.map((one) => cycles(phaseOf(one), one.medianCycles)),
      ...found.measures.map((one) => cycles(measuredOf(one), one.medianCycles)),
    ].filter(isInBoth),
    ...(awake ? [cycles('cycles awake', awake)] : []),
    ...memory.figures.filter(isInBoth).map(({ name, ...bytes }) => figure(name, 'B', bytes)),
    ...(current
      ? [
          uncertain('board’s current', 'uA', current.board),
          ...current.phases
            .filter(({ phase }) => phase === 'inference')
            .filter(isInBoth)
            .map((one) => uncertain('charge of an inference', 'uC', one)),
          ...(current.battery
            ? [uncertain(`life of ${current.battery.cell}`, 'h', current.battery, -1)]
            : []),
        ]
      : []),
    ...accuracy(found.predictions),
  ]
}

/** What figures of cycles are called. */
const inferenceOf = ({ name }: InterpreterChange, { interpreters }: Compared): string =>
  interpreters.length > 1 ? `inference of ${name}` : 'inference'
const phaseOf = ({ name }: PassageChange): string => `phase ${name}`
const measuredOf = ({ name }: PassageChange): string => `measured ${name}`

const isInBoth = ({ a, b }: Pair): boolean => a !== null && b !== null

const relativeOf = ({ a, difference }: Pair): number | null => (a === null || a === 0 ? null : difference / a)

/** @param worse the sign of what is worse: 1 where less is better */
function figure(name: string, unit: Figure['unit'], one: Pair, worse: 1 | -1 = 1): Figure {
  const { a, b, difference } = one
  const verdict: Verdict = difference === 0 ? 'same' : difference * worse > 0 ? 'worse' : 'better'
  return { name, unit, a, b, difference, verdict, relative: relativeOf(one) }
}

const uncertain = (name: string, unit: Figure['unit'], one: UncertainPair, worse: 1 | -1 = 1): Figure =>
  one.isOpen ? { ...figure(name, unit, one, worse), verdict: 'open' } : figure(name, unit, one, worse)

/** In points, where both judged the same number of windows. */
function accuracy(predictions: Comparison['predictions']): readonly Figure[] {
  if (!predictions) return []
  const { correct, labelled } = predictions
  if (!correct.a && correct.a !== 0) return []
  if (correct.b === null || !labelled.a || !labelled.b) return []
  const [a, b] = [(100 * correct.a) / labelled.a, (100 * correct.b) / labelled.b]
  return [figure('accuracy', 'points', { a, b, difference: b - a }, -1)]
}

/** The worst row and the best, each with what moved with it. */
export function headlineOf(figures: readonly Figure[], found: Compared): Headline {
  const first = (verdict: Verdict): Explained | null => {
    const [most] = figures
      .filter((one) => one.verdict === verdict)
      .sort(
        byDifference(
          // What was nothing before has no share: it comes last.
          ({ relative }) => relative ?? 0,
          ({ name }) => name,
        ),
      )
    return most ? { figure: most, because: becauseOf(most, found) } : null
  }
  const count = (verdict: Verdict): number => figures.filter((one) => one.verdict === verdict).length
  return {
    worst: first('worse'),
    best: first('better'),
    counts: { worse: count('worse'), better: count('better'), same: count('same'), open: count('open') },
  }
}

type Cause = Omit<Because, 'kind'>

/** Causes that moved the same way, most first of each kind. */
function becauseOf(figure: Figure, found: Compared): readonly Because[] {
  const most = (kind: Because['kind'], rows: readonly Cause[], limit: number): readonly Because[] => {
    const alike = rows.filter((row) => row.difference * figure.difference > 0)
    const all = sumOf(alike)
    return alike
      .filter((row) => Math.abs(row.difference) >= LEAST_SHARE * all)
      .sort(
        byDifference(
          (row) => row.difference,
          (row) => row.name,
        ),
      )
      .slice(0, limit)
      .map((row) => ({ kind, ...row }))
  }
  if (figure.unit === 'cycles') return cycleCauses(figure, found, most)
  if (figure.name === 'flash' || figure.name === 'static RAM') {
    const of = figure.name === 'flash' ? 'flashBytes' : 'ramBytes'
    const symbols = found.memory.symbols ?? []
    return most(
      'symbol',
      symbols.map((one) => ({ name: one.name, difference: one[of] })),
      MOST_BECAUSE,
    )
  }
  if (figure.name === 'board’s current')
    return most(
      'part',
      (found.current?.parts ?? []).map((one) => ({ name: one.part, difference: one.difference })),
      MOST_BECAUSE,
    )
  return []
}

const sumOf = (rows: readonly Cause[]): number => rows.reduce((sum, row) => sum + Math.abs(row.difference), 0)

function cycleCauses(
  figure: Figure,
  found: Compared,
  most: (kind: Because['kind'], rows: readonly Cause[], limit: number) => readonly Because[],
): readonly Because[] {
  const { interpreters, phases, measures } = found
  const invoked = interpreters.find((one) => figure.name === inferenceOf(one, found))
  // The phase of that name is that of the only interpreter.
  const interpreter =
    invoked ?? (figure.name === 'phase inference' && interpreters.length === 1 ? interpreters[0] : undefined)
  const passage =
    invoked?.invocation ??
    phases.find((one) => figure.name === phaseOf(one)) ??
    measures.find((one) => figure.name === measuredOf(one))
  const each = found.per.what === 'run' ? 1 : found.per.b
  const times = (passage?.passages.b ?? each) / each
  const ofPassage = (one: Cause): Cause => ({ ...one, difference: one.difference / Math.max(times, 1) })
  const functions = found.functions
    .map((one) => ({ name: one.name, difference: one.selfCycles.difference }))
    .map(ofPassage)
  const moved = sumOf(functions.filter((row) => row.difference * figure.difference > 0))
  // Functions and lines are of the whole run: they explain only what most of its change is of.
  const isMost = Math.abs(figure.difference) >= moved / 2
  return [
    ...(interpreter
      ? most(
          'operator',
          [...interpreter.operators, { ...interpreter.own, index: null }].map((one) => ({
            name: `${one.index?.b ?? one.index?.a ?? ''} ${one.name}`.trim(),
            difference: one.medianCycles.difference,
          })),
          2,
        )
      : []),
    ...most('reason', (passage?.reasons ?? found.reasons).map(named), 3),
    ...(isMost
      ? [
          ...most('function', functions, 2),
          ...most('line', (found.lines ?? []).map(placed).map(ofPassage), 2),
        ]
      : []),
  ]
}

const named = ({ reason, difference }: Comparison['reasons'][number]): Cause => ({
  name: nameOfReason(reason),
  difference,
})

const placed = ({ file, line, cycles }: NonNullable<Comparison['lines']>[number]): Cause => ({
  name: `${file.split(/[/\\]/).at(-1) ?? file}:${line.b ?? line.a}`,
  difference: cycles.difference,
})
