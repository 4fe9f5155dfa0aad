import { UserError } from '../errors.ts'
import { shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { SourceFrames } from '../image/source-frames.ts'
import type { FunctionRange } from '../image/symbols.ts'
import { didYouMean } from '../nearest.ts'
import { inlinedCopies, type CopyRange } from './inlined-copies.ts'

const MOST_LISTED = 12

/** A function and its code. */
export interface Chosen {
  readonly name: string
  /** In order: one with code of its own has one piece, one that is only inlined a copy or more in others. */
  readonly ranges: readonly CopyRange[]
  readonly isInlined: boolean
}

export const withCode = (range: FunctionRange): Chosen => ({
  name: shortName(range.name),
  ranges: [{ start: range.start, end: range.end, owner: range }],
  isInlined: false,
})

/**
 * The one function that is meant: by its name, a part of it, a regular expression between slashes, or an address in it.
 * Where no function with code of its own has the name, one that was inlined may.
 * @throws UserError with those that could be meant, where there is not one
 */
export function chooseFunction(wanted: string, image: FirmwareImage, frames: SourceFrames): Chosen {
  const { symbols, file } = image
  if (symbols.isEmpty)
    throw new UserError(
      `${file} has no symbols, so it is not known where its functions begin and end. Give the ELF file that it was made of.`,
    )
  if (/^0x[0-9a-f]{1,8}$/i.test(wanted)) {
    const found = symbols.functionAt(Number(wanted))
    if (!found) throw new UserError(`${wanted} is in no function of ${file}.`)
    return withCode(found)
  }
  const found = matching(wanted, symbols.functions)
  const [only, another] = found
  if (!only) {
    const copies = inlinedCopies(image, frames)
    const names = copies.has(wanted)
      ? [wanted]
      : [...copies.keys()].filter((name) => name.endsWith(`::${wanted}`)).sort()
    const [name] = names
    if (names.length > 1) throw several(names.length, wanted, names.slice(0, MOST_LISTED))
    if (name !== undefined) return { name, ranges: copies.get(name) ?? [], isInlined: true }
    throw new UserError(
      `no function ${wanted} in ${file}.${didYouMean(wanted, new Set([...symbols.functions.map(({ name }) => shortName(name)), ...copies.keys()]))}`,
    )
  }
  if (another) throw several(found.length, wanted, listed(found))
  return withCode(only)
}

function several(count: number, wanted: string, shown: readonly string[]): UserError {
  const more = count - shown.length
  return new UserError(
    `${count} functions match ${wanted}: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}. Say which.`,
  )
}

function matching(wanted: string, functions: readonly FunctionRange[]): readonly FunctionRange[] {
  const [, source, flags] = /^\/(.+)\/([iu]*)$/.exec(wanted) ?? []
  if (source !== undefined) {
    const pattern = expression(source, flags, wanted)
    return functions.filter(({ name }) => pattern.test(name))
  }
  const ways: readonly ((one: FunctionRange) => boolean)[] = [
    ({ mangled, name }) => mangled === wanted || name === wanted,
    ({ name }) => shortName(name) === wanted,
    ({ name }) => shortName(name).endsWith(`::${wanted}`),
    ({ name }) => name.toLowerCase().includes(wanted.toLowerCase()),
  ]
  for (const way of ways) {
    const found = functions.filter(way)
    if (found.length > 0) return found
  }
  return []
}

function expression(source: string, flags: string | undefined, wanted: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (cause) {
    throw new UserError(`${wanted} is no JavaScript regular expression.`, undefined, { cause })
  }
}

/** The first names, or where several have one name, their addresses with them. */
function listed(functions: readonly FunctionRange[]): readonly string[] {
  const names = functions.map(({ name }) => shortName(name))
  return functions.slice(0, MOST_LISTED).map(({ start }, i) => {
    const name = names[i] ?? ''
    return names.filter((one) => one === name).length > 1 ? `${name} (0x${start.toString(16)})` : name
  })
}
