/** How figures of a comparison are written, wherever they are shown. */
import { count, grouped, microseconds } from '../../report/show/format.ts'
import { nameOfReason } from '../../report/show/words/reasons.ts'
import { current, life } from '../../report/show/words/power.ts'
import type { Because, Comparison, Explained, Figure, Pair, ReasonChange } from '../comparison.ts'

export type Unit = Figure['unit'] | ''

/** Sums that are divided by inferences are no whole numbers. */
const counted = (value: number): string => grouped(value, Number.isInteger(value) ? 0 : 1)

const writers: Readonly<Record<Unit, (value: number) => string>> = {
  '': counted,
  cycles: counted,
  B: grouped,
  uA: current,
  uC: current,
  h: life,
  points: (value) => value.toFixed(1),
}

export type Tone = 'worse' | 'better' | 'none'

/** Of what is worse where it is more. */
export const toneOf = (difference: number, isOpen = false): Tone =>
  isOpen || difference === 0 ? 'none' : difference > 0 ? 'worse' : 'better'

export const toneOfFigure = ({ verdict }: Figure): Tone =>
  verdict === 'worse' || verdict === 'better' ? verdict : 'none'

/** Without its unit; empty for what there is none of. */
export const shown = (value: number | null, unit: Unit): string =>
  value === null ? '' : writers[unit](value)

/** A unit as it stands behind a figure; of life the figure has it. */
export const unitName = (unit: Unit): string => (unit === 'h' ? '' : unit === 'points' ? '%' : unit)

export function changed(difference: number, unit: Unit): string {
  if (difference === 0) return 'same'
  const text = writers[unit](Math.abs(difference))
  // What is not nothing, and less than its digits show.
  return /[1-9]/.test(text) ? `${difference > 0 ? '+' : '-'}${text}` : '~0'
}

export function relative(one: Pair): string {
  if (one.difference === 0) return ''
  if (one.a === null) return 'new'
  if (one.b === null) return 'gone'
  if (one.a === 0) return ''
  const percent = (100 * one.difference) / Math.abs(one.a)
  const text = grouped(Math.abs(percent), Math.abs(percent) < 1 ? 2 : 1)
  return /[1-9]/.test(text) ? `${percent > 0 ? '+' : '-'}${text} %` : '~0 %'
}

/** Of reasons, the few that most of a change is of. */
const MOST_REASONS = 3
const LEAST_SHARE = 0.1

export function why(reasons: readonly ReasonChange[], most = MOST_REASONS): string {
  const all = Math.max(...reasons.map(({ difference }) => Math.abs(difference)), 0)
  return reasons
    .filter(({ difference }) => Math.abs(difference) >= LEAST_SHARE * all && Math.round(difference) !== 0)
    .slice(0, most)
    .map(({ reason, difference }) => `${changed(Math.round(difference), '')} ${nameOfReason(reason)}`)
    .join(', ')
}

/** What is worse or better by how much: "inference +3 210 cycles, +8.8 % (36 507 to 39 717)". */
export function figureLine(one: Figure): string {
  const unit = unitName(one.unit)
  const percent = relative(one)
  const change = `${changed(one.difference, one.unit)}${unit === '' ? '' : ` ${unit}`}`
  return `${one.name} ${change}${percent === '' ? '' : `, ${percent}`} (${shown(one.a, one.unit)} to ${shown(one.b, one.unit)})`
}

export function becauseLine(because: readonly Because[], unit: Unit): string {
  return because
    .map(
      ({ name, difference }) =>
        `${name} ${changed(Math.abs(difference) >= 100 ? Math.round(difference) : Math.round(100 * difference) / 100, unit)}`,
    )
    .join(' · ')
}

/** The one line to remember of an inference. */
export function speedLine({ a, b, interpreters: [one] }: Comparison): string | undefined {
  const [before, after] = [one?.invocation.medianCycles.a ?? 0, one?.invocation.medianCycles.b ?? 0]
  if (before === 0 || after === 0 || before === after) return undefined
  const time = (name: string, cycles: number, clockHz: number): string =>
    `${name} ${microseconds((1e6 * cycles) / clockHz)} us`
  const times = before / after
  const found = times >= 1 ? `${times.toFixed(2)} times as fast` : `${(1 / times).toFixed(2)} times as slow`
  return `Inference: ${time(a.name, before, a.clockHz)}, ${time(b.name, after, b.clockHz)}: ${found}`
}

const countsLine = ({ headline: { counts } }: Comparison): string =>
  [
    `${counts.worse} worse`,
    `${counts.better} better`,
    `${counts.same} the same`,
    ...(counts.open > 0 ? [`${counts.open} may be either, as far as currents are known`] : []),
  ].join(', ')

/** What the comparison comes to, in a few lines, each with what it is. */
export function headlines(comparison: Comparison): readonly (readonly [what: string, line: string])[] {
  const { headline, isSame, a, b, figures } = comparison
  if (isSame) return [['same', `no difference: every figure of ${a.name} and ${b.name} is the same`]]
  const of = (what: string, one: Explained | null): readonly (readonly [string, string])[] =>
    one === null
      ? []
      : [
          [what, figureLine(one.figure)],
          ...(one.because.length === 0 ? [] : [['from', becauseLine(one.because, one.figure.unit)] as const]),
        ]
  return [
    ...of('worst', headline.worst),
    ...of('best', headline.best),
    ['figures', figures.length === 0 ? 'none that both have' : countsLine(comparison)],
  ]
}

/** What cycles of functions and lines are of. */
export const perText = ({ per, a, b }: Comparison): string =>
  per.what === 'run'
    ? 'of the run'
    : `of an inference on average: ${a.name} ran ${grouped(per.a)}, ${b.name} ${grouped(per.b)}`

/** Facts that both have alike once, others of each. */
export function bothFacts({ a, b }: Comparison): readonly (readonly [name: string, text: string])[] {
  const textOf = (run: typeof a, name: string): string =>
    run.facts
      .filter((fact) => fact.name === name)
      .flatMap(({ lines }) => lines)
      .join('\n')
  const names = [...new Set([...a.facts, ...b.facts].map(({ name }) => name))].filter((name) => name !== '')
  return names.flatMap((name): (readonly [string, string])[] => {
    const [x, y] = [textOf(a, name), textOf(b, name)]
    if (x === y) return [[name, x]]
    return [
      [`${name}, ${a.name}`, x || 'none'],
      [`${name}, ${b.name}`, y || 'none'],
    ]
  })
}

export const lineName = (file: string, { a, b }: { readonly a: number | null; readonly b: number | null }) =>
  `${file.split(/[/\\]/).at(-1) ?? file}:${a !== null && b !== null && a !== b ? `${a} → ${b}` : (b ?? a)}`

export function predictionLines({
  predictions,
  a,
  b,
}: Comparison): readonly (readonly [name: string, text: string])[] {
  if (!predictions) return []
  const { total, labelled, correct, compared, alike } = predictions
  const score = (which: 'a' | 'b'): string => {
    const judged = labelled[which] ?? 0
    const right = correct[which]
    const all = count(total[which] ?? 0, 'prediction')
    return right === null || judged === 0
      ? `${all}, none judged`
      : `${all}, ${grouped(right)} of ${grouped(judged)} that are judged right (${((100 * right) / judged).toFixed(1)} %)`
  }
  return [
    [a.name, score('a')],
    [b.name, score('b')],
    ['alike', `${grouped(alike)} of ${grouped(compared)}`],
  ]
}
