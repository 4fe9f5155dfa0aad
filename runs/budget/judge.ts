import type { RunReport } from '../report/run-report.ts'
import type { BudgetRow, Outcome, Place } from './check-report.ts'
import type { Severity } from './config.ts'
import { figuresOf, type Figure, type FiguresSource } from './figures.ts'
import { findFigure } from './find-figure.ts'
import { budgetName, type ParsedBudget } from './parse-budget.ts'
import { change, percentOf, quantity, type Unit } from './quantity.ts'

/** By name. */
export type BaseFigures = ReadonlyMap<string, number>

export interface Judged extends FiguresSource {
  readonly budgets: readonly ParsedBudget[]
  /** undefined: there is no baseline at all. */
  readonly base: BaseFigures | undefined
  /** The command that shows one row. */
  readonly reproduce: (budget: string) => string
  /** Where the config has a budget, by its key. */
  readonly declared: (key: string) => Place
}

type Row = Omit<BudgetRow, 'because' | 'unknown'>

const OUTCOMES: Readonly<Record<Severity, Outcome>> = { hard: 'failed', soft: 'warned', trial: 'tried' }

/** A row for each budget, in their order, behind one for a run that did not end well. Pure. */
export function judge({ budgets, base, reproduce, declared, ...source }: Judged): readonly BudgetRow[] {
  const figures = figuresOf(source)
  const bad = badEnd(source.report)
  const rows = budgets.map((budget): Row => {
    const row =
      budget.asked.kind === 'matches' || budget.asked.kind === 'lacks'
        ? judgeConsole(budget, source.report)
        : judgeFigure(budget, figures, base)
    return { ...row, declared: declared(budget.key), reproduce: reproduce(budgetName(budget)) }
  })
  return [
    ...(bad === undefined ? [] : [{ ...endRow(bad), declared: declared(''), reproduce: reproduce('run') }]),
    ...rows,
  ].map((row) => ({ ...row, because: [], unknown: null }))
}

/** Why no figure of the run means anything. */
function badEnd({ run }: RunReport): string | undefined {
  if (run.gaveUp !== null) return `the firmware gave up: ${run.gaveUp}`
  if (['fault', 'breakpoint', 'reset-loop', 'unmodelled'].includes(run.stop)) return run.stopDetail
  if (run.until !== null && run.until.metCycle === null)
    return `until ${run.until.pattern} was not met: ${run.stopDetail}`
  if (run.exitCode !== null && run.exitCode !== 0) return `the firmware itself exited with ${run.exitCode}`
  return undefined
}

type Judgement = Omit<Row, 'reproduce' | 'declared'>

const endRow = (why: string): Judgement => ({
  budget: 'run',
  figure: null,
  unit: '',
  severity: 'hard',
  outcome: 'failed',
  value: null,
  low: null,
  high: null,
  better: 'less',
  limit: null,
  limitText: 'ends well',
  baseline: null,
  difference: null,
  isImproved: false,
  beyond: null,
  message: why.replace(/\.$/, ''),
})

function judgeFigure(
  budget: ParsedBudget,
  figures: readonly Figure[],
  base: BaseFigures | undefined,
): Judgement {
  const { key, of, unit, severity } = budget
  const name = budgetName(budget)
  const found = findFigure(key, of, figures)
  const common = { budget: name, unit, severity, better: 'less' as const }
  if ('why' in found)
    return {
      ...common,
      figure: null,
      // What measured nothing would otherwise never say so again.
      outcome: severity === 'trial' ? 'tried' : 'failed',
      ...NOTHING,
      limitText: limitText(budget, null, 'less'),
      message: `${name}: ${found.why}`,
    }
  const { figure } = found
  const before = base?.get(figure.name) ?? null
  const difference = before === null ? null : figure.value - before
  const direction = figure.better === 'less' ? 1 : -1
  const limit = limitOf(budget, before, direction)
  const measured = valueOf(budget, figure)
  const over = limit === null ? null : (measured - limit) * (boundOf(budget, figure) === '<=' ? 1 : -1)
  const fails = over === null || over > 0
  return {
    ...common,
    figure: figure.name,
    better: figure.better,
    outcome: fails ? (over === null && severity === 'soft' ? 'failed' : OUTCOMES[severity]) : 'passed',
    value: figure.value,
    low: figure.low,
    high: figure.high,
    limit,
    limitText: limitText(budget, before, figure.better),
    baseline: before,
    difference,
    isImproved: difference !== null && difference * direction < 0,
    beyond:
      over === null || limit === null ? null : over <= 0 ? 0 : limit === 0 ? null : over / Math.abs(limit),
    message:
      limit === null
        ? `${name}: ${quantity(figure.value, unit)}, and no baseline has it: check --update writes one`
        : messageOf(name, figure, { limit, over: over ?? 0, before, measured }, budget),
  }
}

const NOTHING = {
  value: null,
  low: null,
  high: null,
  limit: null,
  baseline: null,
  difference: null,
  isImproved: false,
  beyond: null,
}

/** What is held against the limit: the estimate, or the end of its interval that is worse. */
const valueOf = (budget: ParsedBudget, figure: Figure): number =>
  budget.end === 'estimate' ? figure.value : boundOf(budget, figure) === '<=' ? figure.high : figure.low

const boundOf = ({ asked }: ParsedBudget, { better }: Figure): '<=' | '>=' =>
  asked.kind === 'limit' ? asked.bound : better === 'less' ? '<=' : '>='

function limitOf({ asked }: ParsedBudget, before: number | null, direction: number): number | null {
  if (asked.kind === 'limit') return asked.value
  if (asked.kind !== 'change' || before === null) return null
  return before + direction * (asked.isPercent ? (Math.abs(before) * asked.by) / 100 : asked.by)
}

function limitText(
  { asked, unit, end }: ParsedBudget,
  before: number | null,
  better: Figure['better'],
): string {
  if (asked.kind === 'matches' || asked.kind === 'lacks')
    return `${asked.kind === 'matches' ? 'a' : 'no'} line matches ${asked.pattern}`
  if (asked.kind === 'limit')
    return `${asked.bound === '<=' ? 'at most' : 'at least'} ${quantity(asked.value, unit)}${end === 'worse' ? ' at the worse end' : ''}`
  const by = asked.isPercent ? `${asked.by} %` : quantity(asked.by, unit)
  const more = better === 'less' ? 'more' : 'less'
  const than = before === null ? 'the baseline' : `the baseline’s ${quantity(before, unit)}`
  return asked.by === 0 ? `no ${more} than ${than}` : `at most ${by} ${more} than ${than}`
}

function messageOf(
  name: string,
  figure: Figure,
  { limit, over, before, measured }: { limit: number; over: number; before: number | null; measured: number },
  budget: ParsedBudget,
): string {
  const { unit } = figure
  const own = quantity(figure.value, unit)
  const held = measured === figure.value ? own : `${own}, up to ${quantity(measured, unit)}`
  const since =
    before === null || before === figure.value
      ? ''
      : `; ${withPercent(figure.value - before, before, unit)} since the baseline`
  if (over <= 0) return `${name}: ${held}, ${limitText(budget, before, figure.better)}${since}`
  if (budget.asked.kind === 'change')
    return `${name}: ${held}, ${withPercent(figure.value - (before ?? 0), before ?? 0, unit)} since the baseline; ${limitText(budget, before, figure.better).replace(/ than the baseline.*$/, '')} is allowed`
  const beyond = percentOf(over, limit).replace(/^\+/, '')
  const side = boundOf(budget, figure) === '<=' ? 'over' : 'below'
  return `${name}: ${held}, ${quantity(over, unit)}${beyond === '' ? '' : ` or ${beyond}`} ${side} its limit of ${quantity(limit, unit)}${since}`
}

export const withPercent = (difference: number, base: number, unit: Unit): string => {
  const percent = percentOf(difference, base)
  return percent === '' ? change(difference, unit) : `${change(difference, unit)}, ${percent}`
}

function judgeConsole(budget: ParsedBudget, { console: printed }: RunReport): Judgement {
  const { asked, severity } = budget
  const pattern = asked.kind === 'matches' || asked.kind === 'lacks' ? asked.pattern : ''
  const lines = printed.text.split(/\r?\n/)
  const line = lines.find((one) => new RegExp(pattern).test(one))
  const holds = (line !== undefined) === (asked.kind === 'matches')
  const last = lines.filter((one) => one.trim() !== '').at(-1)
  const isEmpty = last === undefined
  const why =
    asked.kind === 'lacks'
      ? `it printed "${line}"`
      : isEmpty
        ? 'it printed nothing'
        : `its last line is "${last}"`
  const limit = limitText(budget, null, 'less')
  return {
    budget: 'console',
    figure: 'console',
    unit: '',
    severity,
    better: 'less',
    // Silence says nothing of what is not in it.
    outcome: holds && !(asked.kind === 'lacks' && isEmpty) ? 'passed' : OUTCOMES[severity],
    ...NOTHING,
    limitText: limit,
    message:
      holds && !isEmpty
        ? `console: ${limit}`
        : `console: ${limit} is asked for, and ${isEmpty ? 'it printed nothing' : why}`,
  }
}
