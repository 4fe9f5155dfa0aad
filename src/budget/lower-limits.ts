import { basename } from 'node:path'
import type { ParsedBudget } from '../../runs/budget/parse-budget.ts'
import type { ParsedConfig } from '../../runs/budget/parse-config.ts'
import { UserError } from '../../runs/errors.ts'
import { readConfig, type LoadedConfig } from './load-config.ts'

/** A limit that can be tighter. */
export interface Lower {
  readonly target: string
  readonly budget: ParsedBudget
  /** In the figure's unit. */
  readonly measured: number
}

export interface Lowered {
  readonly text: string
  readonly done: readonly Lower[]
  /** Those whose place in the text cannot be told. */
  readonly byHand: readonly Lower[]
}

/** The config's text with tighter limits: each change is read again, and taken only where it changes that limit alone. */
export async function lowerLimits(config: LoadedConfig, wanted: readonly Lower[]): Promise<Lowered> {
  let lowered: Lowered = { text: config.text, done: [], byHand: [] }
  let now: ParsedConfig = config
  for (const one of wanted) {
    const found = await lowerOne(config, lowered.text, now, one)
    lowered = found
      ? { ...lowered, text: found.text, done: [...lowered.done, one] }
      : { ...lowered, byHand: [...lowered.byHand, one] }
    now = found?.config ?? now
  }
  return lowered
}

/** No tighter than what was measured. */
function limitOf({ budget, measured }: Lower): number {
  if (Number.isInteger(measured)) return measured
  const up = budget.asked.kind === 'limit' && budget.asked.bound === '<='
  return (up ? Math.ceil(measured * 1000) : Math.floor(measured * 1000)) / 1000
}

async function lowerOne(
  { file }: LoadedConfig,
  text: string,
  before: ParsedConfig,
  one: Lower,
): Promise<{ readonly text: string; readonly config: ParsedConfig } | undefined> {
  const limit = limitOf(one)
  const wanted = shape(before, one, limit)
  for (const candidate of candidates(text, one.budget, limit)) {
    const config = await readConfig(candidate, file, basename(file)).catch((error: unknown) => {
      if (error instanceof UserError) return undefined
      throw error
    })
    if (config && shape(config) === wanted) return { text: candidate, config }
  }
  return undefined
}

/** All that a config says, with one limit in place of another. */
function shape({ targets, baseline }: ParsedConfig, lower?: Lower, limit?: number): string {
  return JSON.stringify([
    baseline,
    targets.map(({ name, config, budgets }) => [
      name,
      config,
      budgets.map((budget) =>
        budget === lower?.budget && name === lower.target
          ? { ...budget, asked: { ...budget.asked, value: limit } }
          : budget,
      ),
    ]),
  ])
}

/** The text with the limit in each place that may be its. */
function* candidates(text: string, { key, unit, asked }: ParsedBudget, limit: number): Generator<string> {
  const name = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const bound = asked.kind === 'limit' && asked.bound === '>=' ? 'min' : 'max'
  const places = new RegExp(
    `(?<lead>['"]?${name}['"]?\\s*:\\s*(?:\\{[^{}]*?['"]?\\b${bound}['"]?\\s*:\\s*)?)(?<value>[\\d_.]+|'[^'\\n]*'|"[^"\\n]*")`,
    'g',
  )
  for (const { index, groups } of text.matchAll(places)) {
    const { lead = '', value = '' } = groups ?? {}
    const [, quote = '', sign = ''] = /^(['"]?)\s*((?:<=|>=)?\s*)/.exec(value) ?? []
    const written = quote === '' ? String(limit) : `${quote}${sign}${limit} ${unit}`.trimEnd() + quote
    const from = index + lead.length
    yield text.slice(0, from) + written + text.slice(from + value.length)
  }
}
