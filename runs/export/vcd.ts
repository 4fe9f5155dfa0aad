/**
 * Value change dump (IEEE 1364-2005, 18). Pins are wires, levels reals, states strings, spans a string for each depth,
 * marks an event and a string, which
 * is over where the mark is. Strings are GTKWave's extension, which other readers know. The timescale is 1 ps: a
 * cycle is 15 625 of them, so every time is exact.
 */
import { displayedIn } from './displayed.ts'
import { gathered } from './output.ts'
import type { Piece } from './output.ts'
import { picoseconds } from './time.ts'
import type { FoldedSpans, LevelTrack, MarkTrack, SpanPiece, SpanTrack, StateTrack } from './timeline-view.ts'
import type { TimelineView, Track } from './timeline-view.ts'
import { wireOf, wirePiece } from './wires.ts'

interface Change {
  readonly cycle: number
  /** As it stands in the file. */
  readonly text: string
}

interface Variable {
  readonly group: string
  readonly type: 'wire' | 'real' | 'string' | 'event'
  readonly name: string
  readonly code: string
}

interface Signals {
  readonly variables: readonly Variable[]
  changes(): Iterable<Change>
}

export function* vcd(view: TimelineView): Generator<Piece> {
  const codes = new Codes()
  const signals = view.tracks.map((track) => signalsOf(track, view, codes))
  yield* gathered(header(view, signals))
  yield* gathered(body(view, signals))
}

function* header({ title }: TimelineView, signals: readonly Signals[]): Generator<string> {
  yield `$version boardless $end\n$comment ${word(title)} $end\n$timescale 1 ps $end\n`
  const variables = signals.flatMap((one) => one.variables)
  for (const group of new Set(variables.map((one) => one.group))) {
    const scopes = group.split('/').filter((part) => part !== '')
    for (const scope of scopes) yield `$scope module ${word(scope)} $end\n`
    for (const { type, name, code } of variables.filter((one) => one.group === group))
      yield `$var ${type} ${type === 'real' ? 64 : 1} ${code} ${name} $end\n`
    for (let depth = scopes.length; depth > 0; depth--) yield '$upscope $end\n'
  }
  yield '$enddefinitions $end\n'
}

function* body({ from, to }: TimelineView, signals: readonly Signals[]): Generator<string> {
  let now = NaN
  for (const { cycle, text } of inOrder(signals.map((one) => one.changes()))) {
    const at = Math.max(cycle, from)
    if (at > to) continue
    if (at !== now) yield `#${picoseconds(at)}\n`
    now = at
    yield text
  }
  if (now !== to) yield `#${picoseconds(to)}\n`
}

/** Of several streams that are each in the order of time, one. */
function* inOrder(streams: readonly Iterable<Change>[]): Generator<Change> {
  const heads = streams.flatMap((stream) => {
    const rest = stream[Symbol.iterator]()
    const first = rest.next()
    return first.done === true ? [] : [{ rest, change: first.value }]
  })
  while (heads.length > 0) {
    let at = 0
    for (let other = 1; other < heads.length; other++)
      if ((heads[other]?.change.cycle ?? Infinity) < (heads[at]?.change.cycle ?? Infinity)) at = other
    const head = heads[at]
    if (!head) return
    yield head.change
    const next = head.rest.next()
    if (next.done === true) heads.splice(at, 1)
    else head.change = next.value
  }
}

function signalsOf(track: Track, { from, to }: TimelineView, codes: Codes): Signals {
  const pin = wireOf(track)
  if (pin) return wire(pin, from, to, codes)
  switch (track.kind) {
    case 'level':
      return level(track, from, to, codes)
    case 'state':
      return states(track, from, to, codes)
    case 'spans':
      return spans(track, from, to, codes)
    case 'marks':
      return marks(track, from, to, codes)
  }
}

function wire(track: StateTrack, from: number, to: number, codes: Codes): Signals {
  const variable = codes.variable(track, 'wire')
  return {
    variables: [variable],
    *changes() {
      for (const piece of track.pieces(from, to)) {
        const { begin, wasLow, wasHigh } = wirePiece(piece)
        const bit = wasLow && wasHigh ? 'x' : wasHigh ? '1' : wasLow ? '0' : 'z'
        yield { cycle: begin, text: `${bit}${variable.code}\n` }
      }
    },
  }
}

function level(track: LevelTrack, from: number, to: number, codes: Codes): Signals {
  const { asciiUnit, scaled } = displayedIn(track.info.unit)
  const variable = codes.variable(track, 'real', asciiUnit)
  return {
    variables: [variable],
    *changes() {
      for (const { begin, average } of track.pieces(from, to))
        yield { cycle: begin, text: `r${scaled(average)} ${variable.code}\n` }
    },
  }
}

function states(track: StateTrack, from: number, to: number, codes: Codes): Signals {
  const variable = codes.variable(track, 'string')
  return {
    variables: [variable],
    *changes() {
      for (const { begin, states: held } of track.pieces(from, to))
        yield { cycle: begin, text: string(held.map(({ state }) => state).join('|'), variable) }
    },
  }
}

function spans(track: SpanTrack, from: number, to: number, codes: Codes): Signals {
  const deepest = depthOf(track.pieces(from, to))
  const variables = Array.from({ length: deepest + 1 }, (_, depth) =>
    codes.variable(track, 'string', deepest === 0 ? '' : String(depth)),
  )
  return {
    variables,
    *changes() {
      for (const variable of variables) yield { cycle: from, text: string(NOTHING, variable) }
      let open: readonly (SpanPiece | FoldedSpans)[] = []
      const closed = function* (until: number): Generator<Change> {
        const over = open.filter(({ end }) => end <= until).sort((a, b) => a.end - b.end)
        open = open.filter(({ end }) => end > until)
        for (const { end, depth } of over) {
          const variable = variables[depth]
          if (variable) yield { cycle: end, text: string(NOTHING, variable) }
        }
      }
      for (const piece of track.pieces(from, to)) {
        yield* closed(piece.begin)
        const variable = variables[piece.depth]
        if (variable) yield { cycle: piece.begin, text: string(labelOf(piece), variable) }
        open = [...open.filter(({ depth }) => depth !== piece.depth), piece]
      }
      yield* closed(to)
    },
  }
}

function marks(track: MarkTrack, from: number, to: number, codes: Codes): Signals {
  const event = codes.variable(track, 'event', 'event')
  const text = codes.variable(track, 'string')
  return {
    variables: [event, text],
    *changes() {
      let over: number | undefined
      for (const piece of track.pieces(from, to)) {
        const { begin, end } = piece
        if (over !== undefined && over <= begin) yield { cycle: over, text: string(NOTHING, text) }
        yield { cycle: begin, text: `1${event.code}\n${string(labelOf(piece), text)}` }
        over = end > begin ? end : undefined
      }
      if (over !== undefined) yield { cycle: over, text: string(NOTHING, text) }
    },
  }
}

const depthOf = (pieces: Iterable<SpanPiece | FoldedSpans>): number => {
  let deepest = 0
  for (const { depth } of pieces) deepest = Math.max(deepest, depth)
  return deepest
}

const labelOf = (piece: SpanPiece | FoldedSpans): string =>
  piece.kind === 'folded'
    ? `${piece.count}x${piece.name}`
    : [piece.name, piece.text].filter((part) => part !== undefined && part !== '').join(' ')

/** No span. */
const NOTHING = '-'

const string = (text: string, { code }: Variable): string => `s${word(text)} ${code}\n`

/** One word of printable ASCII: blanks would end it, and $end the declaration. */
const word = (text: string): string =>
  text
    .replace(/[^\u0021-\u007e]+/g, '_')
    .replace(/\$/g, '_')
    .slice(0, 512) || '_'

const FIRST_CODE = 33
const LAST_CODE = 126

/** Identifier codes of printable characters, the shortest first. */
class Codes {
  #next = 0
  readonly #names = new Set<string>()

  variable({ info: { group, name } }: Track, type: Variable['type'], suffix = ''): Variable {
    const plain = word(suffix === '' ? name : `${name}_${suffix}`)
    let unique = plain
    for (let n = 2; this.#names.has(`${group}/${unique}`); n++) unique = `${plain}_${n}`
    this.#names.add(`${group}/${unique}`)
    return { group, type, name: unique, code: this.#code() }
  }

  #code(): string {
    const base = LAST_CODE - FIRST_CODE + 1
    let rest = this.#next++
    let code = ''
    do {
      code += String.fromCharCode(FIRST_CODE + (rest % base))
      rest = Math.floor(rest / base) - 1
    } while (rest >= 0)
    return code
  }
}
