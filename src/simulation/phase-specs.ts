import type { PhasePoint, PhaseTrigger } from '../../emulator/probes/phase-triggers.ts'
import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { shortName } from '../image/demangle.ts'
import type { FunctionRange, SymbolTable } from '../image/symbols.ts'

/** `--phase NAME=FROM..TO` as it was given. */
export interface PhaseSpec {
  readonly name: string
  readonly from: PointSpec
  readonly to: PointSpec
}

export type PointSpec =
  | { readonly kind: 'line'; readonly pattern: RegExp }
  /** A function, `FUNCTION+0x12`, `FUNCTION@return` or an address. */
  | { readonly kind: 'place'; readonly text: string }

const EXAMPLES =
  'Give NAME=FUNCTION, NAME=FROM..TO with functions, FUNCTION@return or 0xADDRESS, or NAME=/line/../line/'

/** @throws UserError for what is no such thing */
export function parsePhase(text: string): PhaseSpec {
  const equals = text.indexOf('=')
  const name = text.slice(0, equals).trim()
  const rest = text.slice(equals + 1).trim()
  if (equals < 0 || name === '' || rest === '') throw new UserError(`${EXAMPLES}.`)
  const [from, to, ...others] = pointsOf(rest)
  if (from === undefined || others.length > 0) throw new UserError(`${EXAMPLES}.`)
  if (to !== undefined) return { name, from: pointSpec(from), to: pointSpec(to) }
  if (from.startsWith('/') || /@return$/.test(from))
    throw new UserError(`Where ${name} begins is given, where it ends is not. ${EXAMPLES}.`)
  return { name, from: pointSpec(from), to: pointSpec(`${from}@return`) }
}

/** Splits at `..`, but neither within /.../ nor at the `...` of a variadic function. */
function pointsOf(text: string): readonly string[] {
  const points: string[] = []
  let rest = text
  while (rest !== '') {
    const [whole = '', point = ''] =
      /^(\/(?:\\.|[^/\\])+\/[iu]*)(?:\.\.|$)/.exec(rest) ?? /^(.+?)(?<!\.)(?:\.\.(?!\.)|$)/.exec(rest) ?? []
    if (whole === '') throw new UserError(`${EXAMPLES}.`)
    points.push(point.trim())
    if (whole.length === rest.length && whole.endsWith('..')) throw new UserError(`${EXAMPLES}.`)
    rest = rest.slice(whole.length)
  }
  return points
}

function pointSpec(text: string): PointSpec {
  const [, source, flags] = /^\/(.+)\/([iu]*)$/.exec(text) ?? []
  if (source === undefined) return { kind: 'place', text }
  try {
    return { kind: 'line', pattern: new RegExp(source, flags) }
  } catch {
    throw new UserError(`${text} is no JavaScript regular expression.`)
  }
}

/** @throws UserError for a name that is given twice, and for a function that the firmware does not have, or has several of */
export function resolvePhases(specs: readonly PhaseSpec[], symbols: SymbolTable): readonly PhaseTrigger[] {
  const twice = specs.find(({ name }, n) => specs.findIndex((one) => one.name === name) < n)
  if (twice) throw new UserError(`--phase ${twice.name} is given twice. Give each a name of its own.`)
  return specs.map(({ name, from, to }) => ({
    name,
    from: resolve(from, name, symbols),
    to: resolve(to, name, symbols),
  }))
}

function resolve(point: PointSpec, phase: string, symbols: SymbolTable): PhasePoint {
  if (point.kind === 'line') return point
  const [, place = '', atReturn] = /^(.*?)(@return)?$/.exec(point.text) ?? []
  const address = addressOf(place, phase, symbols)
  return { kind: atReturn === undefined ? 'address' : 'return', address }
}

function addressOf(place: string, phase: string, symbols: SymbolTable): number {
  const [, name = '', offset = '0'] = /^(.*?)(?:\+(0x[0-9a-f]+|\d+))?$/i.exec(place) ?? []
  if (/^0x[0-9a-f]{1,8}$/i.test(name)) return (Number(name) + Number(offset)) & ~1
  if (symbols.isEmpty)
    throw new UserError(
      `--phase ${phase}: ${place} cannot be found, the firmware has no symbols. Give 0xADDRESS.`,
    )
  const found = functionsNamed(name, symbols)
  const [only, another] = found
  if (!only)
    throw new UserError(
      `--phase ${phase}: no function ${name} in the firmware.${didYouMean(name, namesOf(symbols))}`,
    )
  if (another)
    throw new UserError(
      `--phase ${phase}: ${found.length} functions are called ${name}. Give one of ` +
        `${found
          .slice(0, 4)
          .map((one) => one.name)
          .join(', ')}, or 0x${only.start.toString(16)} and the like.`,
    )
  return (only.start + Number(offset)) & ~1
}

const namesOf = ({ functions }: SymbolTable): readonly string[] =>
  functions.flatMap(({ name, mangled }) => (mangled === name ? [name] : [shortName(name), mangled]))

/** By the symbol, the whole name, or the name without its parameters. */
function functionsNamed(name: string, { functions }: SymbolTable): readonly FunctionRange[] {
  const exactly = functions.filter((one) => one.mangled === name || one.name === name)
  return exactly.length > 0 ? exactly : functions.filter((one) => shortName(one.name) === name)
}
