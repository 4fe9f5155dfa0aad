/**
 * speedscope's file format (https://www.speedscope.app/file-format-schema.json). Its units have no cycles: `none` is a
 * plain number, and its name says what it counts.
 */
import type { CallEvent, CallTree, Frame } from './call-tree.ts'
import { gathered } from './output.ts'
import type { Piece } from './output.ts'

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json'

/** Events in the order of time where the tree has them, else weights by stack. */
export function* speedscope(tree: CallTree, exporter: string): Generator<Piece> {
  const { title, frames, unit, from, to, events } = tree
  const name = `${title} (${unit})`
  const head = { $schema: SCHEMA, exporter, name, activeProfileIndex: 0 }
  yield `${JSON.stringify(head).slice(0, -1)},"shared":{"frames":[`
  yield* gathered(separated(mapped(frames, (frame) => JSON.stringify(ordered(frame)))))
  yield ']},"profiles":['
  if (events === undefined) yield* sampled(tree, name)
  else {
    const profile = { type: 'evented', name, unit: 'none', startValue: from, endValue: to }
    yield `${JSON.stringify(profile).slice(0, -1)},"events":[`
    yield* gathered(separated(mapped(balanced(events, to), written)))
    yield ']}'
  }
  yield ']}\n'
}

function* sampled({ weights }: CallTree, name: string): Generator<Piece> {
  const all = [...weights]
  const endValue = all.reduce((sum, { weight }) => sum + weight, 0)
  const profile = { type: 'sampled', name, unit: 'none', startValue: 0, endValue }
  yield `${JSON.stringify(profile).slice(0, -1)},"samples":[`
  yield* gathered(separated(mapped(all, ({ stack }) => JSON.stringify(stack))))
  yield '],"weights":['
  yield* gathered(separated(mapped(all, ({ weight }) => String(weight))))
  yield ']}'
}

/** What is still open at the end is closed there: the schema wants every frame closed. */
function* balanced(events: Iterable<CallEvent>, to: number): Generator<CallEvent> {
  const open: number[] = []
  for (const event of events) {
    if (event.kind === 'open') open.push(event.frame)
    else open.pop()
    yield event
  }
  for (const frame of open.reverse()) yield { kind: 'close', frame, cycle: to }
}

const written = ({ kind, frame, cycle }: CallEvent): string =>
  `{"type":"${kind === 'open' ? 'O' : 'C'}","frame":${frame},"at":${cycle}}`

const ordered = ({ name, file, line }: Frame): Frame => ({
  name,
  ...(file !== undefined && { file }),
  ...(line !== undefined && { line }),
})

function* mapped<T>(all: Iterable<T>, text: (one: T) => string): Generator<string> {
  for (const one of all) yield text(one)
}

function* separated(texts: Iterable<string>): Generator<string> {
  let first = true
  for (const text of texts) {
    yield first ? text : `,\n${text}`
    first = false
  }
}
