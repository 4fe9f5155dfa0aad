import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { parseBudgets, type ParsedBudget } from './parse-budget.ts'
import type { TargetConfig } from './config.ts'

export const DEFAULT_BASELINE = 'boardless.baseline.json'

/** A config that was read: whole, every name known, every limit understood. */
export interface ParsedConfig {
  readonly baseline: string
  readonly targets: readonly ParsedTarget[]
}

export interface ParsedTarget {
  readonly name: string
  /** With the defaults. */
  readonly config: Omit<TargetConfig, 'budgets'>
  readonly budgets: readonly ParsedBudget[]
}

type Kind = 'text' | 'texts' | 'text or texts' | 'flag' | 'numbers' | readonly string[] | 'arena'

const CHOICES: Readonly<Record<keyof Omit<TargetConfig, 'budgets'>, Kind>> = {
  firmware: 'text or texts',
  app: 'text',
  build: 'text',
  sources: 'text',
  model: 'text',
  kernels: ['reference', 'cmsis-nn'],
  resolver: ['all', 'mutable'],
  optimise: ['Os', 'O2', 'O3'],
  arena: 'arena',
  preprocess: ['loop', 'unrolled', 'cmsis-dsp', 'folded'],
  board: 'text',
  at: 'text',
  boot: 'text',
  recording: 'text',
  columns: 'text',
  rate: 'text',
  audio: 'text',
  end: ['stop', 'loop', 'hold'],
  stdin: 'text',
  wire: 'texts',
  cell: 'text',
  currents: 'text',
  onFault: ['stop', 'handler'],
  timing: ['nrf52840', 'zero-wait'],
  set: 'numbers',
  for: 'text',
  until: 'text',
  phase: 'texts',
  measure: 'texts',
}

const OF_APPS = ['sources', 'model', 'kernels', 'resolver', 'optimise', 'arena', 'preprocess'] as const

/** What a config file came to. @param file for messages @throws UserError naming the place */
export function parseConfig(value: unknown, file: string): ParsedConfig {
  const top = record(value, file, 'a config: { targets: { NAME: { firmware, budgets } } }')
  checkNames(top, ['$schema', 'baseline', 'defaults', 'targets'], file)
  const { baseline = DEFAULT_BASELINE, defaults = {}, targets } = top
  if (typeof baseline !== 'string' || baseline === '')
    throw new UserError(`${file}: baseline: give the name of a file.`)
  const shared = record(defaults, `${file}: defaults`, 'what all targets have')
  const wrong = ['firmware', 'app', 'budgets'].find((name) => Object.hasOwn(shared, name))
  if (wrong !== undefined)
    throw new UserError(`${file}: defaults: ${wrong} is of each target. Give it there.`)
  checkChoices(shared, `${file}: defaults`)
  const named = Object.entries(record(targets, `${file}: targets`, 'one by name at least'))
  if (named.length === 0)
    throw new UserError(`${file}: targets: there is none, and nothing is checked. Give one.`)
  return { baseline, targets: named.map(([name, one]) => parseTarget(name, one, shared, file)) }
}

function parseTarget(name: string, value: unknown, shared: object, file: string): ParsedTarget {
  const where = `${file}: ${name}`
  if (!/^[^\s,=]+$/.test(name))
    throw new UserError(`${file}: "${name}": a target's name has neither spaces nor commas nor =.`)
  const { budgets, ...own } = record(value, where, '{ firmware, budgets }')
  checkChoices(own, where)
  const config = { ...shared, ...own } as Omit<TargetConfig, 'budgets'>
  const [given, another] = (['firmware', 'app'] as const).filter((one) => config[one] !== undefined)
  if (given === undefined) throw new UserError(`${where}: what is run? Give firmware, a file, or app.`)
  if (another !== undefined) throw new UserError(`${where}: firmware and app are both what is run. Give one.`)
  const useless = OF_APPS.find((one) => Object.hasOwn(own, one))
  if (given === 'firmware' && useless !== undefined)
    throw new UserError(`${where}: firmware is built already: ${useless} would change nothing. Leave it out.`)
  const parsed = parseBudgets(budgets, where, CYCLES_PER_SECOND)
  return { name, config, budgets: parsed }
}

function checkChoices(given: Readonly<Record<string, unknown>>, where: string): void {
  checkNames(given, [...Object.keys(CHOICES), 'budgets'], where)
  for (const [name, value] of Object.entries(given)) {
    const kind = CHOICES[name as keyof typeof CHOICES]
    const give = whyNot(kind, value)
    if (give !== undefined) throw new UserError(`${where}: ${name}: ${give}`)
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && !value.includes('\0')
const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isText(one))

function whyNot(kind: Kind, value: unknown): string | undefined {
  switch (kind) {
    case 'text':
      return isText(value) ? undefined : 'give text.'
    case 'texts':
      return areTexts(value) ? undefined : 'give a list of text.'
    case 'text or texts':
      return isText(value) || areTexts(value) ? undefined : 'give text, or a list of it.'
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'give true or false.'
    case 'numbers':
      return isRecord(value) && Object.values(value).every((one) => typeof one === 'number')
        ? undefined
        : 'give numbers by name.'
    case 'arena':
      return value === 'auto' || (Number.isInteger(value) && Number(value) > 0)
        ? undefined
        : 'give a number of bytes, or auto.'
    default:
      return kind.some((one) => one === value)
        ? undefined
        : `give ${kind.join(' or ')}.${typeof value === 'string' ? didYouMean(value, kind) : ''}`
  }
}

export function checkNames(given: object, known: readonly string[], where: string): void {
  const name = Object.keys(given).find((one) => !known.includes(one))
  if (name !== undefined)
    throw new UserError(
      `${where}: there is no ${name}.${didYouMean(name, known, `There are ${known.join(', ')}.`)}`,
    )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function record(value: unknown, where: string, give: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new UserError(`${where}: give ${give}.`)
  return value
}
