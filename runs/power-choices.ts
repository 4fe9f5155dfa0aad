import { BOARDS } from '../emulator/boards/index.ts'
import type { BoardDescription } from '../emulator/boards/board.ts'
import { CR2032, lipo, TWO_AAA } from '../emulator/power/battery.ts'
import type { Cell } from '../emulator/power/battery.ts'
import { CoefficientError, mergeCurrents } from '../emulator/power/coefficients.ts'
import type { PartCurrents } from '../emulator/power/coefficients.ts'
import { CURRENTS } from '../emulator/power/currents.ts'
import { UserError } from './errors.ts'
import { didYouMean } from './nearest.ts'

const SHORT_NAMES: Readonly<Record<string, string>> = {
  nano33ble: 'nano33blesense',
  xiao: 'xiaonrf52840sense',
}

/** @throws UserError naming the boards there are */
export function boardNamed(name: string): BoardDescription {
  const board = BOARDS[SHORT_NAMES[name] ?? name]
  if (board && Object.hasOwn(BOARDS, SHORT_NAMES[name] ?? name)) return board
  throw new UserError(
    `--board ${name}: unknown board.${didYouMean(name, boardNames, `Give ${boardNames.join(', ')}.`)}`,
  )
}

const boardNames = Object.keys(BOARDS).map(
  (name) => Object.entries(SHORT_NAMES).find(([, long]) => long === name)?.[0] ?? name,
)

/** `CR2032`, `2xAAA`, or `lipo:500` in mAh. @throws UserError */
export function cellNamed(name: string): Cell {
  const named = [CR2032, TWO_AAA].find((cell) => cell.name.toLowerCase() === name.toLowerCase())
  if (named) return named
  const [, capacity] = /^lipo:(.*)$/i.exec(name) ?? []
  if (capacity === undefined)
    throw new UserError(
      `--cell ${name}: unknown cell.${didYouMean(name, ['CR2032', '2xAAA', 'lipo:500'], 'Give CR2032, 2xAAA, or lipo:500 for 500 mAh.')}`,
    )
  if (/^\d+(\.\d+)?$/.test(capacity) && Number(capacity) > 0) return lipo(Number(capacity))
  throw new UserError(`--cell ${name}: a capacity in mAh is a positive number, as in lipo:500.`)
}

/**
 * Coefficients of a user's: parts with states as in emulator/power, in JSON.
 * @param file for messages @throws UserError for the first coefficient that cannot be read
 */
export function parseCurrents(text: string, file: string): Readonly<Record<string, PartCurrents>> {
  const parts = parse(file, text)
  try {
    mergeCurrents(CURRENTS, parts)
  } catch (cause) {
    if (!(cause instanceof CoefficientError)) throw cause
    throw new UserError(`${file}: ${cause.message.replace(/^currents: /, '')}.`, undefined, { cause })
  }
  checkNames(file, parts)
  return parts
}

/** A name that no part or state has would change nothing, in silence. @throws UserError */
function checkNames(file: string, parts: Readonly<Record<string, PartCurrents>>): void {
  const known = knownStates()
  for (const [part, { states }] of Object.entries(parts)) {
    // As the ledger looks them up: UARTE0 by UARTE, where there is no row of its own.
    const own =
      known.get(part) ?? known.get(part.replace(/\d+$/, '')) ?? known.get(part.split(' ')[0] ?? part)
    if (!own)
      throw new UserError(`${file}: no part is called ${part}.${didYouMean(part, known.keys(), LIST)}`)
    for (const state of Object.keys(states))
      if (!own.has(state))
        throw new UserError(
          `${file}: ${part} has no state ${state}.${didYouMean(state, own, `Give one of: ${[...own].join('; ')}.`)}`,
        )
  }
}

const LIST = 'power --coefficients FILE lists them all.'

/** States of each part of the chip and of all boards. */
function knownStates(): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>()
  for (const parts of [CURRENTS.parts, ...Object.values(BOARDS).map(({ currents = {} }) => currents)])
    for (const [name, { states }] of Object.entries(parts))
      known.set(name, new Set([...(known.get(name) ?? []), ...Object.keys(states)]))
  return known
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(file: string, text: string): Readonly<Record<string, PartCurrents>> {
  const malformed = (where: string, what: string): UserError =>
    new UserError(
      `${file}: ${where}${what}. Give {"LED power": {"states": {"on": {"microamps": 900, ...}}}}.`,
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('', 'is not JSON')
  }
  if (!isRecord(value)) throw malformed('', 'does not hold parts by name')
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const known = [name, name.split(' ')[0] ?? name]
        .filter((one) => Object.hasOwn(CURRENTS.parts, one))
        .map((one) => CURRENTS.parts[one])[0]
      if (!isRecord(part) || !isRecord(part['states'])) throw malformed(`${name}: `, 'has no states')
      for (const [state, row] of Object.entries(part['states']))
        if (!isRecord(row)) throw malformed(`${name}, ${state}: `, 'is not a coefficient')
      const defaults = { group: known?.group ?? 'board', regulated: known?.regulated ?? false }
      return [name, { ...defaults, ...part } as PartCurrents]
    }),
  )
}
