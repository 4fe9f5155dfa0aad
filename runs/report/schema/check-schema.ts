import { count, list, map, nullable, object, oneOf, text, type Schema } from './schema-parts.ts'

const number: Schema = { type: 'number' }
const place = nullable(object({ file: text, line: count }))
const unit = oneOf('cycles', 'B', 'uA', 'uC', 'uJ', 'h', '%', 's', '')
const commit = nullable({ type: 'string', pattern: '^[0-9a-f]{40,64}$' })

const cause = object({
  kind: oneOf('operator', 'reason', 'function', 'line', 'symbol', 'part'),
  name: text,
  difference: number,
  unit,
  detail: text,
  place,
})

const row = object({
  budget: text,
  figure: nullable(text),
  unit,
  severity: oneOf('hard', 'soft', 'trial'),
  outcome: oneOf('passed', 'failed', 'warned', 'tried'),
  value: nullable(number),
  low: nullable(number),
  high: nullable(number),
  better: oneOf('less', 'more'),
  limit: nullable(number),
  limitText: text,
  baseline: nullable(number),
  difference: nullable(number),
  isImproved: { type: 'boolean' },
  beyond: nullable(number),
  message: text,
  because: list(cause),
  unknown: nullable(text),
  declared: object({ file: text, line: count }),
  reproduce: text,
})

/** What `boardless check --reporter json` writes. */
export const checkSchema: Schema = object({
  schemaVersion: { const: 1 },
  kind: { const: 'check' },
  tool: object({ name: { const: 'boardless' }, version: text }),
  config: text,
  head: object({ commit, modifiedFiles: count }),
  base: nullable(object({ kind: oneOf('file', 'commit'), name: text, commit })),
  targets: list(
    object({
      name: text,
      board: text,
      firmware: object({ file: text, sha256: text }),
      seconds: number,
      notes: list(text),
      rows: list(row),
      findings: list(object({ kind: oneOf('fault', 'unmodelled', 'problem'), message: text, place })),
    }),
  ),
  worst: nullable(object({ target: text, budget: text })),
  counts: object({ passed: count, failed: count, warned: count, tried: count, improved: count }),
})

/** What `boardless history --format json` writes. */
export const historySchema: Schema = object({
  schemaVersion: { const: 1 },
  kind: { const: 'history' },
  tool: object({ name: { const: 'boardless' }, version: text }),
  target: text,
  commits: list(
    object({
      commit: text,
      date: text,
      subject: text,
      cannot: nullable(text),
      isMeasured: { type: 'boolean' },
    }),
  ),
  figures: list(
    object({
      name: text,
      unit,
      better: oneOf('less', 'more'),
      values: list(nullable(number)),
      spread: number,
    }),
  ),
  moves: list(
    object({
      figure: text,
      unit,
      commit: text,
      since: text,
      from: nullable(number),
      to: nullable(number),
      difference: number,
      because: list(cause),
    }),
  ),
})

/** What a baseline's file holds. */
export const baselineSchema: Schema = object({
  schemaVersion: { const: 1 },
  kind: { const: 'baseline' },
  targets: map(
    object({
      tool: text,
      board: text,
      timing: text,
      played: text,
      compiler: text,
      firmware: text,
      figures: map(number),
    }),
  ),
})
