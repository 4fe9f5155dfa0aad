/** How a coefficient came to be known. `derived` is arithmetic on published rows, shown in its source. */
export type Evidence = 'published' | 'measured' | 'derived' | 'estimate'

/** What a state draws, beyond the shared resources that it requests. */
export interface StateCurrent {
  /** At 3.0 V, regulator REG1 in DC/DC mode. */
  readonly microamps: number
  /** With REG1 as LDO; when not given `microamps` is multiplied by the table's `ldoFactor` if the part is regulated. */
  readonly ldoMicroamps?: number
  /** Ends of the interval that the true value is believed to lie in; for a DC/DC supply. */
  readonly range: readonly [low: number, high: number]
  /** Resources that run while any part requests them, and are charged once. */
  readonly requests?: readonly string[]
  readonly conditions: string
  readonly source: string
  readonly evidence: Evidence
}

export interface EventCharge {
  readonly picocoulombs: number
  readonly range: readonly [low: number, high: number]
  readonly conditions: string
  readonly source: string
  readonly evidence: Evidence
}

export interface PartCurrents {
  /** Chip: inside the nRF52840; board: around it. */
  readonly group: 'chip' | 'board'
  /** Behind REG1: an LDO there draws `ldoFactor` as much as the DC/DC converter. */
  readonly regulated: boolean
  /** A state `off` or `stopped` that is not listed draws nothing. */
  readonly states: Readonly<Record<string, StateCurrent>>
  readonly events?: Readonly<Record<string, EventCharge>>
}

export interface CurrentTable {
  readonly ldoFactor: number
  /** By part name; else by the name without its number (TIMER3: TIMER), else by its first word (LED red: LED). */
  readonly parts: Readonly<Record<string, PartCurrents>>
}

/** What a part goes by: LED red by LED, where it has no row of its own. */
export const currentsOf = ({ parts }: Pick<CurrentTable, 'parts'>, name: string): PartCurrents | undefined =>
  parts[name] ?? parts[name.replace(/\d+$/, '')] ?? parts[name.split(' ')[0] ?? name]

/** A coefficient that cannot be: names part, state and what is wrong. */
export class CoefficientError extends Error {
  constructor(where: string, message: string) {
    super(`currents: ${where}: ${message}`)
    this.name = 'CoefficientError'
  }
}

/** No part of a board this size draws more; a larger number is a slip of units. */
const LARGEST_MICROAMPS = 1e6
const EVIDENCE: readonly string[] = ['published', 'measured', 'derived', 'estimate']

const checkNumber = (where: string, value: unknown, largest: number): number => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new CoefficientError(where, `${String(value)} is not a number`)
  }
  if (value < 0) throw new CoefficientError(where, `${value} is negative`)
  if (value > largest) throw new CoefficientError(where, `${value} is more than ${largest}: wrong unit?`)
  return value
}

type Loose<T> = { readonly [K in keyof T]?: unknown }

const checkCommon = (where: string, row: Loose<StateCurrent>, value: number): void => {
  const range: unknown = row.range
  if (!Array.isArray(range) || range.length !== 2) throw new CoefficientError(where, 'range needs two ends')
  const [low, high] = range.map((end) => checkNumber(`${where}, range`, end, Infinity))
  if (low === undefined || high === undefined || low > value || high < value) {
    throw new CoefficientError(where, `${value} lies outside its range ${low} to ${high}`)
  }
  if (typeof row.source !== 'string' || row.source === '') throw new CoefficientError(where, 'no source')
  if (!EVIDENCE.includes(String(row.evidence))) {
    throw new CoefficientError(where, `evidence must be one of ${EVIDENCE.join(', ')}`)
  }
}

const checkState = (where: string, row: Loose<StateCurrent>): void => {
  const value = checkNumber(`${where}, microamps`, row.microamps, LARGEST_MICROAMPS)
  if (row.ldoMicroamps !== undefined) {
    checkNumber(`${where}, ldoMicroamps`, row.ldoMicroamps, LARGEST_MICROAMPS)
  }
  checkCommon(where, row, value)
}

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const requestsOf = (where: string, row: Loose<StateCurrent>): readonly string[] => {
  const requests: unknown = row.requests ?? []
  if (Array.isArray(requests) && requests.every((one) => typeof one === 'string')) return requests
  throw new CoefficientError(where, 'requests is not a list of names')
}

/** @throws CoefficientError for the first row that is negative, not a number, out of its range or without a source. */
export const checkCurrents = (table: CurrentTable): CurrentTable => {
  if (checkNumber('ldoFactor', table.ldoFactor, 10) < 1) {
    throw new CoefficientError('ldoFactor', 'an LDO does not draw less than a DC/DC converter')
  }
  for (const [part, { states, events, group }] of Object.entries(table.parts)) {
    if (events !== undefined && !isRecord(events)) throw new CoefficientError(part, 'events are not by name')
    const groupName: string = group
    if (groupName !== 'chip' && groupName !== 'board')
      throw new CoefficientError(part, 'group must be chip or board')
    for (const [state, row] of Object.entries(states)) {
      checkState(`${part}, ${state}`, row)
      for (const resource of requestsOf(`${part}, ${state}`, row)) {
        if (!Object.hasOwn(table.parts, resource) || !table.parts[resource]?.states['on']) {
          throw new CoefficientError(`${part}, ${state}`, `requests ${resource}, which has no state "on"`)
        }
      }
    }
    for (const [event, row] of Object.entries(events ?? {})) {
      const where = `${part}, ${event}`
      if (!isRecord(row)) throw new CoefficientError(where, 'is not a coefficient')
      checkCommon(where, row, checkNumber(`${where}, picocoulombs`, row.picocoulombs, 1e12))
    }
  }
  return table
}

/**
 * Rows of `overrides` replace or join those of `base`, part by part and state by state; one that does not say what it
 * requests requests what the row it replaces did. @throws CoefficientError
 */
export const mergeCurrents = (
  base: CurrentTable,
  ...overrides: readonly Readonly<Record<string, PartCurrents>>[]
): CurrentTable => {
  // Without a prototype, for names such as "constructor".
  const parts = Object.assign(Object.create(null) as Record<string, PartCurrents>, base.parts)
  for (const override of overrides) {
    for (const [name, part] of Object.entries(override)) {
      const known = parts[name]
      const states = Object.assign(Object.create(null) as Record<string, StateCurrent>, known?.states)
      for (const [state, row] of Object.entries(part.states)) {
        const requests = row.requests ?? states[state]?.requests
        states[state] = requests ? { ...row, requests } : row
      }
      parts[name] = { ...known, ...part, states }
    }
  }
  return checkCurrents({ ...base, parts })
}
