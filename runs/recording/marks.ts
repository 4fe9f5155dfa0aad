/** Moments and stretches of a run that somebody has given names to. docs/recorded-run.md. */
import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { visible } from '../report/show/visible.ts'

export interface Mark {
  readonly name: string
  readonly fromCycle: number
  /** null for a moment. */
  readonly toCycle: number | null
  readonly note: string
}

const VERSION = 1
const MOST_MARKS = 1000
const LONGEST_NOTE = 1000
/** So that it can be told from a time and stands in `A..B` and `A+20ms`. */
const NAME = /^\p{L}[\p{L}\p{N}_-]{0,63}$/u
const RESERVED = /^end(?:-|$)/

/** @throws UserError for one that could not be asked for afterwards */
export function checkMarkName(name: string): void {
  if (!NAME.test(name))
    throw new UserError(
      `"${visible(name)}": a marker's name begins with a letter and has letters, digits, - and _ only, at most 64.`,
    )
  if (RESERVED.test(name)) throw new UserError(`"${name}" is a time; give the marker another name.`)
}

/** With one more, by name where one of the name is there. @throws UserError */
export function withMark(marks: readonly Mark[], mark: Mark, end: number): readonly Mark[] {
  checkMarkName(mark.name)
  const { fromCycle, toCycle } = mark
  const isWithin = fromCycle >= 0 && fromCycle <= end && (toCycle ?? 0) <= end
  if (!isWithin || (toCycle !== null && toCycle <= fromCycle))
    throw new UserError(`${mark.name} would not lie in the run, or would end before it begins.`)
  if (mark.note.length > LONGEST_NOTE) throw new UserError(`a note has at most ${LONGEST_NOTE} characters.`)
  const others = marks.filter(({ name }) => name !== mark.name)
  if (others.length >= MOST_MARKS) throw new UserError(`a run has at most ${MOST_MARKS} markers.`)
  return [...others, mark].sort((a, b) => a.fromCycle - b.fromCycle || (a.name < b.name ? -1 : 1))
}

/** @throws UserError for a name that is not there */
export function withoutMark(marks: readonly Mark[], name: string): readonly Mark[] {
  markNamed(marks, name)
  return marks.filter((mark) => mark.name !== name)
}

/** @throws UserError; the nearest is offered */
export function markNamed(marks: readonly Mark[], wanted: string): Mark {
  const found = marks.find(({ name }) => name === wanted)
  if (found) return found
  const names = marks.map(({ name }) => name)
  const all = names.length === 0 ? 'The run has none.' : `There are ${names.join(', ')}.`
  throw new UserError(`no marker "${visible(wanted)}".${didYouMean(wanted, names, all)}`)
}

export const marksJson = (marks: readonly Mark[]): string =>
  `${JSON.stringify({ version: VERSION, marks }, undefined, 2)}\n`

/** @param end of the run @throws UserError for what was not written by `marksJson` */
export function parseMarks(text: string, file: string, end: number): readonly Mark[] {
  const damaged = (): UserError =>
    new UserError(`${file}: its markers cannot be read. Take them out: boardless query ${file} unmark --all.`)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw damaged()
  }
  if (typeof parsed !== 'object' || parsed === null || !('version' in parsed)) throw damaged()
  if (parsed.version !== VERSION)
    throw new UserError(
      `${file}: its markers are of version ${JSON.stringify(parsed.version)}, and this tool reads version ${VERSION}.`,
    )
  const marks: unknown = 'marks' in parsed ? parsed.marks : undefined
  if (!Array.isArray(marks) || marks.length > MOST_MARKS) throw damaged()
  const names = new Set<string>()
  return (marks as unknown[]).map((one) => {
    if (!isMark(one, end) || names.has(one.name)) throw damaged()
    names.add(one.name)
    const { name, fromCycle, toCycle, note } = one
    return { name, fromCycle, toCycle, note }
  })
}

function isMark(one: unknown, end: number): one is Mark {
  if (typeof one !== 'object' || one === null) return false
  const { name, fromCycle, toCycle, note } = one as Readonly<Record<string, unknown>>
  const isCycle = (value: unknown): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= end
  return (
    typeof name === 'string' &&
    NAME.test(name) &&
    !RESERVED.test(name) &&
    typeof note === 'string' &&
    note.length <= LONGEST_NOTE &&
    isCycle(fromCycle) &&
    (toCycle === null || (isCycle(toCycle) && toCycle > fromCycle))
  )
}

/** Names where times are expected: `parseInstant`, `parseStretch`. */
export const namedBy =
  (marks: readonly Mark[]) =>
  (written: string): { readonly from: number; readonly to: number | null } | undefined => {
    if (!NAME.test(written) || marks.length === 0) return undefined
    const { fromCycle, toCycle } = markNamed(marks, written)
    return { from: fromCycle, to: toCycle }
  }
