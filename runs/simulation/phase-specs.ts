import type { Trigger, TriggerPoint } from '../../emulator/probes/trigger-points.ts'
import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import { SourceFrames } from '../image/source-frames.ts'
import type { FunctionRange, SymbolTable } from '../image/symbols.ts'

/** `--phase NAME=FROM..TO` or `--measure NAME=FROM..TO` as it was given. */
export interface PhaseSpec {
  readonly name: string
  readonly from: PointSpec
  readonly to: PointSpec
}

export type PointSpec =
  | { readonly kind: 'line'; readonly pattern: RegExp }
  /** A function, `FUNCTION+0x12`, `FUNCTION@return`, an address or `FILE:LINE`. */
  | { readonly kind: 'place'; readonly text: string }

const EXAMPLES =
  'Give NAME=FUNCTION, NAME=FROM..TO with functions, FUNCTION@return, FILE:LINE or 0xADDRESS, or NAME=/line/../line/'

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

/** `FUNCTION`, `FROM..TO`, or either with a name of its own in front. @throws UserError for what is no such thing */
export function parseMeasure(text: string): PhaseSpec {
  const isNamed = /^[^=/]+=/.test(text) && !/^[^=]*operator=/.test(text)
  return parsePhase(isNamed ? text : `${text.trim()}=${text}`)
}

/** What points are looked up in. */
export interface PointSources {
  readonly symbols: SymbolTable
  readonly frames: () => SourceFrames
}

/** Of an image; its debug information is read when a line is asked for. */
export function pointSources(image: FirmwareImage): PointSources {
  let frames: SourceFrames | undefined
  return { symbols: image.symbols, frames: () => (frames ??= new SourceFrames(image)) }
}

/**
 * @param option that named them
 * @throws UserError for a name that is given twice, and for a place that the firmware does not have, or has several of
 */
export function resolvePhases(
  specs: readonly PhaseSpec[],
  sources: PointSources,
  option: '--phase' | '--measure' = '--phase',
): readonly Trigger[] {
  const twice = specs.find(({ name }, n) => specs.findIndex((one) => one.name === name) < n)
  if (twice) throw new UserError(`${option} ${twice.name} is given twice. Give each a name of its own.`)
  return specs.map(({ name, from, to }) => {
    const place = new Place(`${option} ${name}`, sources)
    return { name, from: place.resolve(from), to: place.resolve(to) }
  })
}

/**
 * Of a function, `FILE:LINE` or an address.
 * @param whose what named it, for messages @throws UserError for a place that the firmware does not have
 */
export function addressesOf(text: string, sources: PointSources, whose: string): readonly number[] {
  const point = new Place(whose, sources).resolve({ kind: 'place', text })
  if (point.kind === 'address') return point.addresses
  throw new UserError(`${whose}: ${text} is no place in the code. Give FUNCTION, FILE:LINE or 0xADDRESS.`)
}

class Place {
  constructor(
    private readonly whose: string,
    private readonly sources: PointSources,
  ) {}

  resolve(point: PointSpec): TriggerPoint {
    if (point.kind === 'line') return point
    const [, file, line] = /^([^:]+\.\w+):(\d+)$/.exec(point.text) ?? []
    if (file !== undefined) return { kind: 'address', addresses: this.#ofLine(file, Number(line)) }
    const [, place = '', atReturn] = /^(.*?)(@return)?$/.exec(point.text) ?? []
    const address = this.#address(place)
    return atReturn === undefined ? { kind: 'address', addresses: [address] } : { kind: 'return', address }
  }

  /** `FILE` is a path or its end. */
  #ofLine(file: string, line: number): readonly number[] {
    const frames = this.sources.frames()
    const isFile = (path: string): boolean => path === file || path.endsWith(`/${file}`)
    const found = frames.startsOf(isFile, line)
    if (found.length > 0) return found
    const next = frames.nextLine(isFile, line)
    throw new UserError(
      `${this.whose}: no code at ${file}:${line}. ` +
        (next === undefined
          ? 'Is it the name of a source file, and was the firmware compiled with -g?'
          : `The next line that has some is ${next}.`),
    )
  }

  #address(place: string): number {
    const { symbols } = this.sources
    const [, name = '', offset = '0'] = /^(.*?)(?:\+(0x[0-9a-f]+|\d+))?$/i.exec(place) ?? []
    if (/^0x[0-9a-f]{1,8}$/i.test(name)) return (Number(name) + Number(offset)) & ~1
    if (symbols.isEmpty)
      throw new UserError(
        `${this.whose}: ${place} cannot be found, the firmware has no symbols. Give 0xADDRESS.`,
      )
    const found = functionsNamed(name, symbols)
    const [only, another] = found
    if (!only)
      throw new UserError(
        `${this.whose}: no function ${name} in the firmware.${didYouMean(name, namesOf(symbols))}`,
      )
    if (another)
      throw new UserError(
        `${this.whose}: ${found.length} functions are called ${name}. Give one of ` +
          `${found
            .slice(0, 4)
            .map((one) => one.name)
            .join(', ')}, or 0x${only.start.toString(16)} and the like.`,
      )
    return (only.start + Number(offset)) & ~1
  }
}

const namesOf = ({ functions }: SymbolTable): readonly string[] =>
  functions.flatMap(({ name, mangled }) => (mangled === name ? [name] : [shortName(name), mangled]))

/** By the symbol, the whole name, or the name without its parameters. */
function functionsNamed(name: string, { functions }: SymbolTable): readonly FunctionRange[] {
  const exactly = functions.filter((one) => one.mangled === name || one.name === name)
  return exactly.length > 0 ? exactly : functions.filter((one) => shortName(one.name) === name)
}
