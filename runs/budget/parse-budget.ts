import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import {
  NAMED_FIGURES,
  PLAIN_FIGURES,
  SEVERITIES,
  STATISTICS,
  type Severity,
  type Statistic,
} from './config.ts'
import { statisticName } from './figures.ts'
import { parseQuantity, type Quantity, type Unit } from './quantity.ts'

/** What one budget asks for. */
export type Asked =
  | { readonly kind: 'limit'; readonly bound: '<=' | '>='; readonly value: number }
  /** How much worse than the baseline it may be. */
  | { readonly kind: 'change'; readonly by: number; readonly isPercent: boolean }
  | { readonly kind: 'matches'; readonly pattern: string }
  | { readonly kind: 'lacks'; readonly pattern: string }

/** One limit of one figure. */
export interface ParsedBudget {
  /** As the config has it. */
  readonly key: string
  readonly of: Statistic
  readonly unit: Unit
  readonly severity: Severity
  readonly end: 'estimate' | 'worse'
  readonly asked: Asked
}

/** Of what several times happens, the statistic is in its name. */
export const budgetName = ({ key, of }: Pick<ParsedBudget, 'key' | 'of'>): string => statisticName(key, of)

/** @param where for messages @throws UserError */
export function parseBudgets(value: unknown, where: string, clockHz: number): readonly ParsedBudget[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(`${where}: give budgets by figure, such as { inference: 40000, flash: '64 kB' }.`)
  const found = Object.entries(value).flatMap(([key, given]) => {
    const trimmed = key.trim()
    checkName(trimmed, where)
    const place = `${where}: ${trimmed}`
    return (Array.isArray(given) ? (given as unknown[]) : [given]).flatMap((one) =>
      parseLimit(trimmed, one, place, clockHz),
    )
  })
  if (found.length === 0) throw new UserError(`${where}: budgets: there is none, and nothing is checked.`)
  return found
}

function checkName(key: string, where: string): void {
  if (PLAIN_FIGURES.some((one) => one === key)) return
  if (NAMED_FIGURES.some((one) => key.startsWith(`${one} `) && key.length > one.length + 1)) return
  const bare = NAMED_FIGURES.find((one) => one === key)
  if (bare !== undefined) throw new UserError(`${where}: ${key}: of which? Give ${key} NAME.`)
  const [first = '', ...rest] = key.split(' ')
  const meant =
    rest.length > 0 && didYouMean(key, PLAIN_FIGURES) === ''
      ? didYouMean(first, NAMED_FIGURES).replace('?', ` ${rest.join(' ')}?`)
      : didYouMean(key, PLAIN_FIGURES)
  throw new UserError(
    `${where}: there is no figure ${key}.${meant === '' ? ' docs/budgets.md lists them.' : meant}`,
  )
}

/** What a figure of that name is counted in. */
export function unitOf(key: string, of: Statistic): Unit {
  if (of === 'count') return ''
  const begins = (...names: readonly string[]): boolean =>
    names.some((name) => key === name || key.startsWith(`${name} `))
  if (key === 'energy of an inference') return 'uJ'
  if (begins('charge of')) return 'uC'
  if (key === 'battery life') return 'h'
  if (key === 'accuracy') return '%'
  if (key === 'seconds') return 's'
  if (key.endsWith('current') || begins('part')) return 'uA'
  if (begins('flash', 'static RAM', 'arena', 'stack', 'heap', 'section', 'symbol')) return 'B'
  const counts = [
    'instructions',
    'predictions',
    'unmodelled accesses',
    'problems',
    'faults',
    'resets',
    'interrupt',
  ]
  return begins(...counts, 'console') ? '' : 'cycles'
}

/** Those that are better where they are more. */
const MORE = ['battery life', 'accuracy', 'predictions']
const HAS_INTERVAL = /current$|^part |^charge of |^energy of |^battery life$/
const KNOWN = ['max', 'min', 'change', 'of', 'severity', 'end', 'matches', 'lacks']

function parseLimit(key: string, given: unknown, where: string, clockHz: number): readonly ParsedBudget[] {
  if (key === 'console' && typeof given === 'string')
    return parseLimit(key, { matches: given }, where, clockHz)
  if (typeof given === 'number' || typeof given === 'string') {
    const unit = unitOf(key, 'median')
    const asked = simple(key, unit, given, where, clockHz)
    return [{ key, of: 'median', unit, severity: 'hard', end: 'estimate', asked }]
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new UserError(
      `${where}: give a number, text such as '64 kB' or '+1 %', or { max, min, change, of ... }.`,
    )
  const limit = given as Readonly<Record<string, unknown>>
  const unknown = Object.keys(limit).find((one) => !KNOWN.includes(one))
  if (unknown !== undefined)
    throw new UserError(
      `${where}: there is no ${unknown}.${didYouMean(unknown, KNOWN, `There are ${KNOWN.join(', ')}.`)}`,
    )
  const of = choice(limit['of'], STATISTICS, 'median', `${where}: of`)
  const severity = choice(limit['severity'], SEVERITIES, 'hard', `${where}: severity`)
  const end = choice(limit['end'], ['estimate', 'worse'] as const, 'estimate', `${where}: end`)
  if (end === 'worse' && !HAS_INTERVAL.test(key))
    throw new UserError(
      `${where}: end: ${key} has no interval: currents, charge, energy and battery life have. Leave it out.`,
    )
  if (end === 'worse' && limit['change'] !== undefined)
    throw new UserError(
      `${where}: a change is of the estimate: both ends of the interval move with it. Leave end out.`,
    )
  const unit = unitOf(key, of)
  const asked = askedOf(key, unit, limit, where, clockHz)
  if (asked.length === 0)
    throw new UserError(`${where}: nothing is asked for. Give max, min, change, matches or lacks.`)
  return asked.map((one) => ({ key, of, unit, severity, end, asked: one }))
}

function askedOf(
  key: string,
  unit: Unit,
  limit: Readonly<Record<string, unknown>>,
  where: string,
  clockHz: number,
): readonly Asked[] {
  const patterns = (['matches', 'lacks'] as const).filter((kind) => limit[kind] !== undefined)
  const bounds = (['max', 'min', 'change'] as const).filter((kind) => limit[kind] !== undefined)
  if (key !== 'console' && patterns.length > 0)
    throw new UserError(`${where}: ${patterns[0]} is of the console alone. Give max, min or change.`)
  if (key === 'console' && bounds.length > 0)
    throw new UserError(`${where}: ${bounds[0]}: the console is text. Give matches or lacks.`)
  return [
    ...patterns.map((kind) => ({ kind, pattern: pattern(limit[kind], `${where}: ${kind}`) })),
    ...bounds.map((kind): Asked => {
      const found = read(limit[kind], unit, `${where}: ${kind}`, clockHz)
      if (kind === 'change') return { kind, by: found.value, isPercent: found.isPercent }
      if (found.isChange || found.bound !== undefined)
        throw new UserError(`${where}: ${kind}: give a number with nothing in front.`)
      return { kind: 'limit', bound: kind === 'max' ? '<=' : '>=', value: found.value }
    }),
  ]
}

function simple(key: string, unit: Unit, given: number | string, where: string, clockHz: number): Asked {
  const { bound, isChange, isPercent, value } = read(given, unit, where, clockHz)
  if (isChange) return { kind: 'change', by: value, isPercent }
  return { kind: 'limit', bound: bound ?? (MORE.includes(key) ? '>=' : '<='), value }
}

function read(given: unknown, unit: Unit, where: string, clockHz: number): Quantity {
  if (typeof given === 'number' && Number.isFinite(given) && given >= 0)
    return { bound: undefined, isChange: false, value: given, isPercent: false }
  const found =
    typeof given === 'string'
      ? parseQuantity(given, unit, clockHz)
      : 'give a number that is not negative, or text.'
  if (typeof found === 'string') throw new UserError(`${where}: ${found}`)
  return found
}

function pattern(given: unknown, where: string): string {
  if (typeof given !== 'string' || given === '')
    throw new UserError(`${where}: give a JavaScript regular expression.`)
  try {
    new RegExp(given)
  } catch {
    throw new UserError(`${where}: ${given} is no JavaScript regular expression.`)
  }
  return given
}

function choice<T extends string>(given: unknown, known: readonly T[], otherwise: T, where: string): T {
  if (given === undefined) return otherwise
  const found = known.find((one) => one === given)
  if (found === undefined)
    throw new UserError(
      `${where}: give ${known.join(' or ')}.${typeof given === 'string' ? didYouMean(given, known) : ''}`,
    )
  return found
}
