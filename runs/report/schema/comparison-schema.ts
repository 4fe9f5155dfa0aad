import { count, list, nullable, object, oneOf, text, type Schema } from './schema-parts.ts'

const number: Schema = { type: 'number' }
const figures = { a: nullable(number), b: nullable(number), difference: number }
const pair = object(figures)
const uncertain = { ...figures, low: number, high: number, isOpen: { type: 'boolean' } }
const uncertainPair = object(uncertain)
const either = (schema: Schema): Schema => object({ a: nullable(schema), b: nullable(schema) })

const run = object({
  name: text,
  file: text,
  sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  board: text,
  clockHz: count,
  facts: list(object({ name: text, lines: list(text) })),
  aware: list(text),
  seconds: number,
  cycles: count,
  instructions: count,
  stop: text,
})

const reasons = list(object({ reason: text, ...figures }))

const passage = {
  name: text,
  passages: pair,
  minimumCycles: pair,
  medianCycles: pair,
  maximumCycles: pair,
  reasons,
}

const figure = object({
  name: text,
  unit: oneOf('cycles', 'B', 'uA', 'uC', 'h', 'points'),
  ...figures,
  verdict: oneOf('worse', 'better', 'same', 'open'),
  relative: nullable(number),
})

const explained = object({
  figure,
  because: list(
    object({
      kind: oneOf('operator', 'reason', 'function', 'line', 'symbol', 'part'),
      name: text,
      difference: number,
    }),
  ),
})

const operator = object({
  ...passage,
  index: either(text),
  match: oneOf('aligned', 'moved', 'added', 'removed'),
  kernel: either(text),
  outputShape: nullable(list({ type: 'integer' })),
  macs: pair,
})

const changedFunction = object({
  name: text,
  was: nullable(text),
  file: nullable(text),
  match: oneOf('name', 'code', 'added', 'removed'),
  address: either(count),
  selfCycles: pair,
  instructions: pair,
  entries: pair,
  bytes: nullable(pair),
  calls: nullable(object({ count: pair, totalCycles: pair, medianCycles: pair })),
  reasons,
})

const line = object({
  file: text,
  line: either(count),
  function: nullable(text),
  cycles: pair,
  executions: pair,
  reasons,
})

const memory = object({
  figures: list(object({ name: text, ...figures })),
  sections: list(object({ name: text, flashBytes: pair, ramBytes: pair })),
  symbols: nullable(
    list(
      object({
        name: text,
        kind: oneOf('function', 'data', 'unnamed'),
        file: nullable(text),
        line: nullable(count),
        section: either(text),
        change: oneOf('added', 'removed', 'grown', 'shrunk', 'moved'),
        bytes: pair,
        flashBytes: { type: 'integer' },
        ramBytes: { type: 'integer' },
      }),
    ),
  ),
  shifted: nullable(count),
})

const current = object({
  board: uncertainPair,
  chip: uncertainPair,
  parts: list(object({ part: text, group: oneOf('chip', 'board'), ...uncertain })),
  phases: list(object({ phase: text, ...uncertain })),
  battery: nullable(object({ cell: text, ...uncertain })),
  otherCoefficients: list(text),
})

/** What `boardless compare --format json` writes. */
export const comparisonSchema: Schema = object({
  schemaVersion: { const: 1 },
  kind: { const: 'comparison' },
  tool: object({ name: { const: 'boardless' }, version: text }),
  a: run,
  b: run,
  isSame: { type: 'boolean' },
  given: list(object({ what: text, a: text, b: text, undermines: nullable(text) })),
  headline: object({
    worst: nullable(explained),
    best: nullable(explained),
    counts: object({ worse: count, better: count, same: count, open: count }),
  }),
  figures: list(figure),
  per: {
    anyOf: [object({ what: { const: 'run' } }), object({ what: { const: 'inference' }, a: count, b: count })],
  },
  phases: list(object(passage)),
  measures: list(object(passage)),
  interpreters: list(
    object({
      name: text,
      invocation: object(passage),
      own: object(passage),
      operators: list(operator),
    }),
  ),
  reasons,
  functions: list(changedFunction),
  lines: nullable(list(line)),
  memory,
  current: nullable(current),
  predictions: nullable(
    object({ total: pair, labelled: pair, correct: pair, compared: count, alike: count }),
  ),
  unknown: list(text),
})
